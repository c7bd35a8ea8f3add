//! Which attempt a result belongs to.

use super::support::{Command, Said, Site, answer, codes, mid};
use wudun_ota::upgrade::{AlertCode, Disposition, MatchedBy, State};

/// Attempt 1 for `ems_II` and attempt 2 for `ems_I`, both sent.
fn two_sources(first: Command, second: Command) -> Site {
    let mut site = Site::with_sent(first);
    let second = Command {
        source: "ems_I",
        ..second
    };
    site.open(&second);
    site.send(&second.mid);
    site
}

/// A rollout gives its trace id to every device: each result still finds its own.
#[test]
fn a_trace_id_shared_by_devices_points_to_each_ones_attempt() {
    let mut site = Site::with_sent(Command {
        trace_id: Some("rollout"),
        ..Command::of(1)
    });
    site.open(&Command {
        trace_id: Some("rollout"),
        device: "gw-2",
        ..Command::of(2)
    });
    site.send(&mid(2));
    let heard = site.hear(&Said::status(10, 4).with("trace_id", "rollout").from("gw-2"));
    assert_eq!(
        answer(&heard),
        (Disposition::Advanced, Some(MatchedBy::TraceId))
    );
    assert_eq!(site.state(2), State::Succeeded);
    assert_eq!(site.state(1), State::Sent);
}

#[test]
fn a_trace_id_of_several_devices_elsewhere_points_nowhere() {
    let mut site = Site::with_sent(Command {
        trace_id: Some("rollout"),
        ..Command::of(1)
    });
    for (n, device) in [(2, "gw-2"), (3, "gw-3")] {
        let trace_id = (n == 2).then_some("rollout");
        site.open(&Command {
            trace_id,
            device,
            ..Command::of(n)
        });
        site.send(&mid(n));
    }
    // Attempts 1 and 2 carry it, and gw-3's does not: its result goes on to rule 4.
    let heard = site.hear(&Said::status(10, 4).with("trace_id", "rollout").from("gw-3"));
    assert_eq!(
        answer(&heard),
        (Disposition::Advanced, Some(MatchedBy::Subject))
    );
    assert_eq!(heard.attempt_id, Some(mid(3)));
}

/// The first rule that points somewhere decides, even if a later one would find an attempt here.
#[test]
fn a_mid_of_another_device_is_not_made_good_by_a_trace_id() {
    let mut site = Site::with_sent(Command {
        trace_id: Some("t"),
        ..Command::of(1)
    });
    site.open(&Command {
        device: "gw-2",
        ..Command::of(2)
    });
    site.send(&mid(2));
    let heard = site.hear(&Said::status(2, 4).with("trace_id", "t"));
    assert_eq!(
        answer(&heard),
        (Disposition::WrongSubject, Some(MatchedBy::Mid))
    );
    assert_eq!(heard.attempt_ids, [mid(2)]);
    assert_eq!((site.state(1), site.state(2)), (State::Sent, State::Sent));
}

#[test]
fn what_a_device_rolled_back_to_does_not_tell_attempts_apart() {
    let mut site = two_sources(
        Command::of(1).expecting("1.0"),
        Command::of(2).expecting("1.1"),
    );
    let back = Said::status(10, 5).data("final_version", "1.0");
    assert_eq!(site.hear(&back).disposition, Disposition::Ambiguous);
    let heard = site.hear(&back.data("target_version", "1.1"));
    assert_eq!(heard.attempt_id, Some(mid(2)));
    assert_eq!(site.state(2), State::RolledBack);
}

#[test]
fn a_target_tells_attempts_apart_in_phase_1() {
    let mut site = two_sources(
        Command::of(1).expecting("1.0"),
        Command::of(2).expecting("1.1"),
    );
    let heard = site.hear(&Said::status(10, 2).data("target_version", "v1.1"));
    assert_eq!(
        answer(&heard),
        (Disposition::Advanced, Some(MatchedBy::Subject))
    );
    assert_eq!(heard.attempt_id, Some(mid(2)));
}

/// Rule 4 is off for attempt 1, but an answer without a source may still be the other operator's.
#[test]
fn where_rule_4_is_off_it_is_not_sure_for_the_others_either() {
    let mut site = two_sources(Command::of(1), Command::of(2).expecting("1.1"));
    let foreign = site.hear_command(&Command::of(50), false);
    assert_eq!(codes(&foreign), [AlertCode::ForeignCommand]);
    assert!(site.attempt(1).row.foreign_command_seen);
    let unclear = site.hear(&Said::status(10, 4));
    assert_eq!(unclear.disposition, Disposition::Ambiguous);
    let clear = site.hear(&Said::status(11, 4).data("final_version", "1.1"));
    assert_eq!(clear.attempt_id, Some(mid(2)));
    let alone = site.hear(&Said::status(12, 4));
    assert_eq!(alone.disposition, Disposition::Unsolicited);
}

/// Among several, an attempt with rule 4 off is not chosen for its expectation: the operator decides.
#[test]
fn where_rule_4_is_off_an_expectation_does_not_turn_it_on() {
    let mut site = two_sources(Command::of(1).expecting("1.1"), Command::of(2));
    site.hear_command(&Command::of(50), false);
    let result = Said::status(10, 4).data("final_version", "1.1");
    let heard = site.hear(&result);
    assert_eq!(heard.disposition, Disposition::Ambiguous);
    assert_eq!(heard.attempt_ids, [mid(1), mid(2)]);
    assert_eq!([site.state(1), site.state(2)], [State::Sent, State::Sent]);
    let assigned = site
        .tracker
        .assign(heard.result_id.unwrap(), &mid(1), site.now);
    assert_eq!(assigned.unwrap().disposition, Disposition::Advanced);
}

#[test]
fn our_mid_on_another_devices_topic_is_no_echo() {
    let mut site = Site::with_sent(Command::of(1));
    let elsewhere = Command {
        device: "gw-2",
        ..Command::of(1)
    };
    assert_eq!(
        site.hear_command(&elsewhere, false).disposition,
        Disposition::ForeignCommand
    );
    assert!(!site.attempt(1).row.foreign_command_seen);
}

/// Cancelled, but the device has reported its ending: it waits for nothing any more.
#[test]
fn an_outcome_beside_cancelled_ends_its_candidacy() {
    let mut site = Site::with_sent(Command::of(1));
    site.tracker.cancel(&mid(1), site.now).unwrap();
    site.hear(&Said::status(10, 4).reply(1));
    site.open(&Command::of(2));
    site.send(&mid(2));
    let heard = site.hear(&Said::status(11, 2));
    assert_eq!(heard.attempt_id, Some(mid(2)));
}
