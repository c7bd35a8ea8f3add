//! From opening to an ending.

use super::support::{Command, Said, Site, answer, codes, mid};
use wudun_ota::upgrade::{Disposition, MatchedBy, Phase1, State, Verification};

#[test]
fn a_verified_success() {
    let mut site = Site::with_sent(Command::of(1).expecting("v1.1.0"));
    let prepared = site.pass(1000).hear(&Said::status(10, 2));
    assert_eq!(
        answer(&prepared),
        (Disposition::Advanced, Some(MatchedBy::Subject))
    );
    assert_eq!(site.state(1), State::Prepared);
    let succeeded = site
        .pass(1000)
        .hear(&Said::status(11, 4).data("final_version", "1.1.0"));
    assert_eq!(
        answer(&succeeded),
        (Disposition::Advanced, Some(MatchedBy::Subject))
    );
    assert_eq!(codes(&succeeded), []);
    let after = succeeded.after.unwrap();
    assert_eq!(after.state, State::Succeeded);
    assert_eq!(after.verification, Some(Verification::Verified));
    assert_eq!(after.phase1, Some(Phase1::Reported));
    assert_eq!(succeeded.attempt_id, Some(mid(1)));
    assert_eq!(site.tracker.counts().verified, 1);
    assert_eq!(site.tracker.next_deadline(), None);
}
