//! Opening, sending, ending by us.

use super::support::{Command, Said, Site, T0, answer, codes, mid};
use wudun_ota::upgrade::{
    AlertCode, Disposition, EntryKind, MatchedBy, Phase1, RefusalReason, State, Verification,
};
use wudun_ota::{Code, Status};

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
    assert_eq!(
        site.attempt(1).row.running.unwrap().version.as_deref(),
        Some("1.1.0")
    );
}

#[test]
fn the_id_is_the_mid_in_either_case() {
    let mut site = Site::new();
    let upper = "ABCDEF00-0000-4000-8000-000000000001";
    let command = Command {
        mid: upper.to_owned(),
        ..Command::of(1)
    };
    assert_eq!(site.open(&command), upper);
    assert!(site.tracker.attempt(&upper.to_lowercase()).is_some());
    let again = Command {
        mid: upper.to_lowercase(),
        source: "other",
        ..Command::of(1)
    };
    assert_eq!(site.try_open(&again), Err(Code::MidInUse));
}

#[test]
fn what_cannot_be_opened_changes_nothing() {
    let mut site = Site::with_sent(Command::of(1));
    let before = site.tracker.save();
    assert_eq!(site.try_open(&Command::of(2)), Err(Code::NeedsSupersede));
    let mut short = Command::of(2).superseding();
    short.expected.commit = Some("abcdef".to_owned());
    assert_eq!(site.try_open(&short), Err(Code::ExpectedCommitShort));
    let wrong = Command {
        mid: "1".to_owned(),
        ..Command::of(2).superseding()
    };
    assert_eq!(site.try_open(&wrong), Err(Code::MidForm));
    assert_eq!(site.tracker.save(), before);
}

#[test]
fn supersede_takes_the_place_of_what_the_device_may_still_carry_out() {
    let mut site = Site::with_sent(Command::of(1));
    site.open(&Command::of(2).superseding());
    assert_eq!(site.state(1), State::Cancelled);
    let last = site.attempt(1).timeline.pop().unwrap();
    assert_eq!(last.kind, EntryKind::Superseded);
    assert_eq!(last.mid, Some(mid(2)));
    assert_eq!(last.alerts[0].code, AlertCode::Superseded);
    assert!(
        last.text.text().en.contains("may still act"),
        "{}",
        last.text.text().en
    );
    // The one that waits to be sent is in the way as well; nobody else has it.
    assert_eq!(site.try_open(&Command::of(3)), Err(Code::SubjectBusy));
    site.open(&Command::of(3).superseding());
    assert_eq!(site.state(2), State::Cancelled);
    assert_eq!(codes_of_last(&site, 2), []);
}

fn codes_of_last(site: &Site, n: u32) -> Vec<AlertCode> {
    let entry = site.attempt(n).timeline.pop().unwrap();
    entry.alerts.into_iter().map(|alert| alert.code).collect()
}

#[test]
fn only_the_last_sent_attempt_asks_for_supersede() {
    let mut site = Site::with_sent(Command::of(1));
    site.open(&Command::of(2).superseding());
    site.send(&mid(2));
    site.hear(&Said::status(10, 4).reply(2));
    assert_eq!(site.try_open(&Command::of(3)), Ok(mid(3)));
}

#[test]
fn what_the_broker_did_not_take_asks_for_no_supersede() {
    let mut site = Site::with_sent(Command::of(1));
    let change = site.tracker.acknowledged(&mid(1), 0x87, site.now).unwrap();
    assert_eq!(change.after.state, State::Refused);
    assert_eq!(site.try_open(&Command::of(2)), Ok(mid(2)));
}

#[test]
fn behind_a_denied_attempt_stands_the_one_before() {
    let mut site = Site::with_sent(Command::of(1));
    site.open(&Command::of(2).superseding());
    site.send(&mid(2));
    site.tracker.acknowledged(&mid(2), 0x87, site.now).unwrap();
    assert_eq!(site.try_open(&Command::of(3)), Err(Code::NeedsSupersede));
}

/// A lost connection does not tell whether the broker has the command.
#[test]
fn what_the_broker_may_have_taken_asks_for_supersede() {
    let mut site = Site::with_sent(Command::of(1));
    let change = site
        .tracker
        .refused(&mid(1), RefusalReason::ConnectionLost, site.now)
        .unwrap();
    assert_eq!(change.after.state, State::Refused);
    assert_eq!(site.try_open(&Command::of(2)), Err(Code::NeedsSupersede));
    site.open(&Command::of(2).superseding());
    assert_eq!(site.state(1), State::Cancelled);
    site.send(&mid(2));
    // It counts among the candidates now: an answer without reference could be its own.
    let heard = site.hear(&Said::status(10, 4));
    assert_eq!(heard.disposition, Disposition::Ambiguous);
}

#[test]
fn no_echo_is_only_a_fact() {
    let mut site = Site::with_sent(Command::of(1));
    let change = site
        .tracker
        .refused(&mid(1), RefusalReason::NoEcho, site.now)
        .unwrap();
    assert_eq!(change.after.state, State::Sent);
    assert_eq!(
        site.attempt(1).timeline.pop().unwrap().kind,
        EntryKind::NoEcho
    );
}

#[test]
fn a_device_that_has_answered_is_not_refused_for_a_lost_connection() {
    let mut site = Site::with_sent(Command::of(1));
    site.hear(&Said::status(10, 2).reply(1));
    site.tracker
        .refused(&mid(1), RefusalReason::ConnectionLost, site.now)
        .unwrap();
    assert_eq!(site.state(1), State::Prepared);
}

/// The page says what becomes of results for `timed_out` and `cancelled`; here the other two follow
/// `cancelled`: they stay, with the device's word beside them.
#[test]
fn a_result_for_what_was_never_sent_stands_beside_it() {
    let mut site = Site::new();
    site.open(&Command::of(1));
    site.pass(30_000).tick();
    assert_eq!(site.state(1), State::NotSent);
    let heard = site.hear(&Said::status(10, 4).reply(1));
    assert_eq!(codes(&heard), [AlertCode::ActedThoughUnsent]);
    assert_eq!(site.state(1), State::NotSent);
    assert_eq!(site.outcome(1), Some(Status::Succeeded));
    assert_eq!(site.tracker.counts().unverified, 0);
}

#[test]
fn an_echo_and_an_acknowledgement_prove_the_sending() {
    let mut site = Site::new();
    site.open(&Command::of(1));
    let heard = site.hear_command(&Command::of(1), false);
    assert_eq!(heard.disposition, Disposition::Echo);
    assert_eq!(site.state(1), State::Sent);
    let mut site = Site::new();
    site.open(&Command::of(1));
    site.tracker.acknowledged(&mid(1), 0x10, site.now).unwrap();
    assert_eq!(site.state(1), State::Sent);
}

#[test]
fn cancelling_what_has_ended_changes_nothing() {
    let mut site = Site::with_sent(Command::of(1));
    site.pass(600_000).tick();
    assert_eq!(site.state(1), State::TimedOut);
    site.tracker.cancel(&mid(1), site.now).unwrap();
    assert_eq!(site.state(1), State::TimedOut);
}

#[test]
fn tick_gives_each_expiry_once_whoever_noticed_it() {
    let mut site = Site::with_sent(Command::of(1));
    site.open(&Command {
        source: "other",
        ..Command::of(2)
    });
    site.pass(600_000);
    // This call expires both, before it does its own work.
    site.hear(&Said::nothing(10).from("gw-2"));
    assert_eq!(site.state(1), State::TimedOut);
    assert_eq!(site.tracker.next_deadline(), Some(site.now));
    let expired = site.tick();
    let ends: Vec<(String, State)> = expired
        .into_iter()
        .map(|change| (change.attempt_id, change.after.state))
        .collect();
    assert_eq!(ends, [(mid(2), State::NotSent), (mid(1), State::TimedOut)]);
    assert_eq!(site.tick(), []);
    assert_eq!(site.tracker.next_deadline(), None);
}

#[test]
fn an_attempt_ends_at_its_deadline_however_late_that_is_noticed() {
    let mut site = Site::with_sent(Command::of(1));
    let due = site.attempt(1).row.deadline.unwrap().at;
    site.pass(9_000_000).tick();
    let attempt = site.attempt(1);
    assert_eq!(attempt.row.ended_at, Some(due));
    assert_eq!(attempt.timeline.last().unwrap().at, due);
}

/// "The tracker uses the greatest `now` it has seen, so time never runs backwards."
#[test]
fn a_clock_that_is_set_back_changes_nothing() {
    let mut site = Site::with_sent(Command::of(1));
    site.pass(599_999).tick();
    let (due, latest) = (T0 + 600_000, site.now);
    site.now = T0 - 86_400_000;
    assert!(site.tick().is_empty());
    let said = Said::status(10, 2).reply(1).with("timestamp", latest);
    assert_eq!(site.hear(&said).disposition, Disposition::Advanced);
    let attempt = site.attempt(1).row;
    assert_eq!(attempt.prepared_at, Some(latest));
    assert_eq!(attempt.deadline.unwrap().at, latest + 3_600_000);
    assert!(site.attempt(1).timeline.is_sorted_by_key(|entry| entry.at));
    // What is due is so for good, and no deadline is the farther off for the clock.
    site.now = due + 3_600_000;
    assert_eq!(site.tick().len(), 1);
    site.now = T0;
    assert!(site.tick().is_empty());
    assert_eq!(site.state(1), State::TimedOut);
}

#[test]
fn unknown_ids_are_told() {
    let mut site = Site::new();
    let unknown = |error: wudun_ota::Error| assert_eq!(error.code(), Code::AttemptUnknown);
    unknown(site.tracker.sent(&mid(1), 0).unwrap_err());
    unknown(site.tracker.acknowledged("no uuid", 0, 0).unwrap_err());
    unknown(site.tracker.no_echo(&mid(1), 0).unwrap_err());
    unknown(
        site.tracker
            .refused(&mid(1), RefusalReason::ConnectionLost, 0)
            .unwrap_err(),
    );
    unknown(site.tracker.cancel(&mid(1), 0).unwrap_err());
    unknown(site.tracker.assign(1, &mid(1), 0).unwrap_err());
    unknown(site.tracker.forget(&mid(1)).unwrap_err());
    unknown(site.tracker.explain(&mid(1)).unwrap_err());
}

#[test]
fn only_what_has_ended_is_forgotten() {
    let mut site = Site::with_sent(Command::of(1));
    assert_eq!(
        site.tracker.forget(&mid(1)).unwrap_err().code(),
        Code::AttemptOpen
    );
    site.tracker.cancel(&mid(1), site.now).unwrap();
    site.tracker.forget(&mid(1)).unwrap();
    assert!(site.tracker.attempt(&mid(1)).is_none());
    assert_eq!(site.tracker.counts().total, 0);
    assert_eq!(site.tracker.counts().alerts, 0);
    assert_eq!(site.try_open(&Command::of(1)), Ok(mid(1)));
}

#[test]
fn a_device_that_answers_after_all_has_the_command() {
    let mut site = Site::with_sent(Command::of(1));
    site.tracker.acknowledged(&mid(1), 0x87, site.now).unwrap();
    site.hear(&Said::status(10, 2).reply(1));
    assert_eq!(site.state(1), State::Refused);
    assert_eq!(site.try_open(&Command::of(2)), Err(Code::NeedsSupersede));
}

#[test]
fn the_alert_for_acting_after_cancelling_comes_with_news_only() {
    let mut site = Site::with_sent(Command::of(1));
    site.tracker.cancel(&mid(1), site.now).unwrap();
    let succeeded = site.hear(&Said::status(10, 4).reply(1));
    assert_eq!(codes(&succeeded), [AlertCode::ActedAfterCancel]);
    let prepared = site.hear(&Said::status(11, 2).reply(1));
    assert_eq!(codes(&prepared), []);
    let again = site.hear(&Said::status(12, 4).reply(1));
    assert_eq!(codes(&again), []);
}

#[test]
fn a_device_that_refuses_and_then_acts_after_cancelling_raises_the_alert() {
    for (status, differs) in [(2, None), (4, Some(AlertCode::OutcomeDiffers))] {
        let mut site = Site::with_sent(Command::of(1));
        site.tracker.cancel(&mid(1), site.now).unwrap();
        assert_eq!(codes(&site.hear(&Said::status(10, 1).reply(1))), []);
        let acts = codes(&site.hear(&Said::status(11, status).reply(1)));
        let alerts = differs.into_iter().chain([AlertCode::ActedAfterCancel]);
        assert_eq!(acts, alerts.collect::<Vec<_>>());
    }
}

#[test]
fn what_is_forgotten_is_not_told_as_expired() {
    let mut site = Site::with_sent(Command::of(1));
    site.pass(600_000);
    site.hear(&Said::nothing(10).from("gw-2"));
    site.tracker.forget(&mid(1)).unwrap();
    assert_eq!(site.tracker.next_deadline(), None);
    assert_eq!(site.tick(), []);
}
