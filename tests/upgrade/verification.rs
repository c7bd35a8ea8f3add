//! What is said against what was expected.

use super::support::{Command, Said, Site, codes};
use wudun_ota::upgrade::{AlertCode, State, Verification};

fn verification(site: &Site) -> Option<Verification> {
    site.attempt(1).row.snapshot.verification
}

fn expecting() -> Site {
    Site::with_sent(Command::of(1).expecting("1.1"))
}

/// A device may fill in what runs now, which at that time is the old version.
#[test]
fn what_runs_while_prepared_says_nothing() {
    let mut site = expecting();
    site.hear(
        &Said::status(10, 2)
            .data("final_version", "1.0")
            .data("target_version", "1.1"),
    );
    assert_eq!(verification(&site), None);
    site.hear(&Said::status(11, 4).data("final_version", "1.1"));
    assert_eq!(verification(&site), Some(Verification::Verified));
}

#[test]
fn what_is_prepared_does_not_verify() {
    let mut site = expecting();
    site.hear(&Said::status(10, 2).data("final_version", "1.1"));
    site.hear(&Said::status(11, 4));
    assert_eq!(verification(&site), Some(Verification::Unverified));
}

/// "`target_…` differs from what was expected" is not forgotten by the time of the ending.
#[test]
fn preparing_something_else_is_held_against_the_ending() {
    let mut site = expecting();
    let prepared = site.hear(&Said::status(10, 2).data("target_version", "1.2"));
    assert_eq!(codes(&prepared), [AlertCode::TargetDiffers]);
    let succeeded = site.hear(&Said::status(11, 4));
    assert_eq!(codes(&succeeded), [AlertCode::VerificationMismatched]);
    assert_eq!(verification(&site), Some(Verification::Mismatched));
    assert_eq!(site.tracker.counts().verified, 0);
    assert_eq!(site.tracker.counts().mismatched, 1);
}

/// A rollout counts what is verified: that must be a success.
#[test]
fn nothing_but_a_success_is_verified() {
    let mut site = expecting();
    site.hear(&Said::status(10, 5).data("final_version", "1.1"));
    assert_eq!(verification(&site), Some(Verification::Unverified));
    let mut site = expecting();
    site.hear(&Said::status(10, 4).data("final_version", "1.1"));
    assert_eq!(verification(&site), Some(Verification::Verified));
    let worse = site.hear(&Said::status(11, 6).reply(1));
    assert_eq!(
        codes(&worse),
        [
            AlertCode::OutcomeWorsened,
            AlertCode::VerificationMismatched
        ]
    );
    assert_eq!(
        (site.state(1), verification(&site)),
        (State::RollbackFailed, Some(Verification::Mismatched))
    );
    assert_eq!(site.tracker.counts().verified, 0);
}

#[test]
fn information_neither_verifies_nor_contradicts() {
    let mut site = expecting();
    site.hear(&Said::nothing(10).data("final_version", "9"));
    site.hear(&Said::status(11, 4));
    site.hear(&Said::nothing(12).reply(1).data("final_version", "1.1"));
    assert_eq!(verification(&site), Some(Verification::Unverified));
}

#[test]
fn a_better_ending_does_not_tell_what_runs_now() {
    let mut site = expecting();
    site.hear(&Said::status(10, 5).data("final_version", "1.0"));
    site.hear(&Said::status(11, 4).reply(1).data("final_version", "1.1"));
    assert_eq!(
        site.attempt(1).row.running.unwrap().version.as_deref(),
        Some("1.0")
    );
    assert_eq!(site.state(1), State::RolledBack);
}

#[test]
fn an_empty_expectation_is_none() {
    let mut site = Site::with_sent(Command::of(1).expecting(""));
    assert_eq!(site.attempt(1).row.expected, None);
    site.hear(&Said::status(10, 4).data("final_version", "1.1"));
    assert_eq!(verification(&site), Some(Verification::Unverified));
}
