//! What never advances an attempt.

use super::support::{Command, DEADLINES, Said, Site, T0, answer, codes, mid, result_topic};
use wudun_ota::Code;
use wudun_ota::upgrade::{AlertCode, Disposition, LogKind, MatchedBy, State, Tracker};

/// Two sent attempts between which an answer without source cannot choose.
fn two_sources() -> Site {
    let mut site = Site::with_sent(Command::of(1));
    site.open(&Command {
        source: "ems_I",
        ..Command::of(2)
    });
    site.send(&mid(2));
    site
}

#[test]
fn redelivery_of_what_is_held_back_is_noted_once() {
    let mut site = two_sources();
    let said = Said::status(10, 4);
    let first = site.hear(&said);
    let length = site.attempt(1).timeline.len();
    let second = site.pass(5).hear(&said);
    assert_eq!(first.result_id, second.result_id);
    assert_eq!(second.disposition, Disposition::Ambiguous);
    assert_eq!(site.attempt(1).timeline.len(), length);
    assert_eq!(site.tracker.log(LogKind::Suspect).entries.len(), 1);
}

#[test]
fn an_assigned_result_is_used_up() {
    let mut site = two_sources();
    let said = Said::status(10, 4);
    let held = site.hear(&said).result_id.unwrap();
    let assigned = site.tracker.assign(held, &mid(2), site.now).unwrap();
    assert_eq!(
        answer(&assigned),
        (Disposition::Advanced, Some(MatchedBy::Operator))
    );
    assert_eq!(
        (site.state(1), site.state(2)),
        (State::Sent, State::Succeeded)
    );
    assert_eq!(site.hear(&said).disposition, Disposition::Duplicate);
    let again = site.tracker.assign(held, &mid(1), site.now).unwrap_err();
    assert_eq!(again.code(), Code::ResultUnknown);
    assert_eq!(site.state(1), State::Sent);
}

#[test]
fn a_result_is_assigned_at_its_own_address_and_sub_device_only() {
    let mut site = two_sources();
    let held = site.hear(&Said::status(10, 4)).result_id.unwrap();
    site.open(&Command {
        device: "gw-2",
        ..Command::of(3)
    });
    site.send(&mid(3));
    site.open(&Command {
        sub_device: Some("hub"),
        ..Command::of(4)
    });
    site.send(&mid(4));
    for elsewhere in [3, 4] {
        let error = site
            .tracker
            .assign(held, &mid(elsewhere), site.now)
            .unwrap_err();
        assert_eq!(error.code(), Code::ResultElsewhere);
        assert_eq!(site.state(elsewhere), State::Sent);
    }
}

#[test]
fn only_suspect_and_ambiguous_results_are_assigned() {
    let mut site = two_sources();
    let retained = site
        .hear(&Said::status(10, 4).retained())
        .result_id
        .unwrap();
    let unsolicited = site.hear(&Said::status(11, 4).reply(99)).result_id.unwrap();
    let invalid = site
        .hear_bytes(&result_topic("gw-1"), b"{}", false)
        .result_id
        .unwrap();
    for result in [retained, unsolicited, invalid, 12_345] {
        let error = site.tracker.assign(result, &mid(1), site.now).unwrap_err();
        assert_eq!(error.code(), Code::ResultUnknown);
    }
    assert_eq!(site.state(1), State::Sent);
}

#[test]
fn a_result_seen_before_the_sending_is_not_even_assigned() {
    let mut site = two_sources();
    let said = Said::status(10, 4);
    let held = site.hear(&said).result_id.unwrap();
    let later = Command {
        source: "ems_III",
        ..Command::of(3)
    };
    site.open(&later);
    for sent in [false, true] {
        if sent {
            site.send(&mid(3));
        }
        let before = site.state(3);
        let assigned = site.tracker.assign(held, &mid(3), site.now).unwrap();
        assert_eq!(
            answer(&assigned),
            (Disposition::Recorded, Some(MatchedBy::Operator))
        );
        assert_eq!(codes(&assigned), [AlertCode::EarlyResult]);
        assert_eq!(site.state(3), before);
    }
    // It may still go where it belongs.
    site.tracker.assign(held, &mid(1), site.now).unwrap();
    assert_eq!(site.state(1), State::Succeeded);
}

/// First retained and tied by its trace id alone, then live: the attempt was sent in between.
#[test]
fn a_held_result_does_not_ripen_by_sending() {
    let mut site = Site::new();
    let command = Command {
        trace_id: Some("t"),
        ..Command::of(1)
    };
    site.open(&command);
    let said = Said::status(10, 4).with("trace_id", "t");
    assert_eq!(
        site.hear(&said.clone().retained()).disposition,
        Disposition::Retained
    );
    assert_eq!(site.state(1), State::Unpublished);
    // Not even as proof that it was sent.
    let live = site.hear(&said);
    assert_eq!(
        answer(&live),
        (Disposition::Recorded, Some(MatchedBy::TraceId))
    );
    assert_eq!(codes(&live), [AlertCode::EarlyResult]);
    assert_eq!(site.state(1), State::Unpublished);
    site.send(&mid(1));
    assert_eq!(site.hear(&said).disposition, Disposition::Duplicate);
    assert_eq!(site.state(1), State::Sent);
}

#[test]
fn an_earlier_runs_retained_result_never_counts_for_a_later_attempt() {
    let mut site = Site::new();
    let said = Said::status(10, 4);
    assert_eq!(
        site.hear(&said.clone().retained()).disposition,
        Disposition::Retained
    );
    site.open(&Command::of(1));
    site.send(&mid(1));
    assert_eq!(
        site.hear(&said.clone().retained()).disposition,
        Disposition::Retained
    );
    let live = site.hear(&said);
    assert_eq!(live.disposition, Disposition::Recorded);
    assert_eq!(codes(&live), [AlertCode::EarlyResult]);
    assert_eq!(site.state(1), State::Sent);
}

#[test]
fn the_bytes_of_an_old_success_do_not_upgrade_a_new_attempt() {
    let mut site = Site::with_sent(Command::of(1));
    let said = Said::status(10, 4);
    site.hear(&said);
    site.tracker.forget(&mid(1)).unwrap();
    site.open(&Command::of(2));
    site.send(&mid(2));
    assert_eq!(site.hear(&said).disposition, Disposition::Duplicate);
    assert_eq!(site.state(2), State::Sent);
}

#[test]
fn a_suspect_and_retained_result_gives_both_reasons() {
    let mut site = Site::with_sent(Command::of(1));
    let said = Said::status(10, 4)
        .with("timestamp", T0 - 600_001)
        .retained();
    let heard = site.hear(&said);
    assert_eq!(heard.disposition, Disposition::Retained);
    assert_eq!(codes(&heard), [AlertCode::SuspectTime]);
}

#[test]
fn what_is_no_topic_of_ours_is_logged() {
    let mut site = Site::with_sent(Command::of(1));
    let heard = site.hear_bytes("some/where/else", b"{}", false);
    assert_eq!(heard.disposition, Disposition::Invalid);
    assert!(heard.attempt_ids.is_empty());
    let log = site.tracker.log(LogKind::Invalid);
    assert_eq!(log.entries[0].topic, "some/where/else");
}

#[test]
fn logs_are_bounded() {
    let mut site = Site::new();
    let long = vec![b' '; 5_000];
    site.hear_bytes(&result_topic("gw-1"), &long, false);
    assert_eq!(
        site.tracker.log(LogKind::Invalid).entries[0].payload.len(),
        4_096
    );
    for n in 0..600 {
        site.hear(&Said::status(n, 4));
    }
    let log = site.tracker.log(LogKind::Unsolicited);
    assert_eq!((log.entries.len(), log.dropped), (512, 88));
}

#[test]
fn a_timeline_is_bounded_but_no_change_is_lost() {
    let mut site = Site::with_sent(Command::of(1));
    for n in 100..500 {
        site.hear(&Said::nothing(n));
    }
    let full = site.attempt(1).timeline.len();
    assert_eq!(full, 256);
    site.hear(&Said::status(10, 4));
    assert_eq!(site.state(1), State::Succeeded);
    assert_eq!(site.attempt(1).timeline.len(), full + 1);
}

#[test]
fn a_retained_copy_does_not_keep_the_live_one_from_being_assigned() {
    let mut site = two_sources();
    let said = Said::status(10, 4);
    let held = site.hear(&said).result_id.unwrap();
    site.hear(&said.retained());
    site.tracker.assign(held, &mid(2), site.now).unwrap();
    assert_eq!(site.state(2), State::Succeeded);
}

#[test]
fn the_same_again_is_told_the_same_warnings() {
    let mut site = Site::with_sent(Command::of(1));
    let plain = Said::status(9, 2).message.to_string();
    let warned = plain.replace(r#""data""#, r#""extra":1,"reply":"none","data""#);
    let topic = result_topic("gw-1");
    for (payload, warnings) in [(plain, 0), (warned, 1)] {
        let mut hear = || site.hear_bytes(&topic, payload.as_bytes(), false);
        let first = hear();
        assert_eq!(first.diagnostics.len(), warnings);
        let again = hear();
        assert_eq!(again.disposition, Disposition::Duplicate);
        assert_eq!(again.result_id, first.result_id);
        assert_eq!(again.diagnostics, first.diagnostics);
        // What was read is not saved with it.
        site.tracker = Tracker::restore(&site.tracker.save(), DEADLINES, site.now).unwrap();
        let restored = site.hear_bytes(&topic, payload.as_bytes(), false);
        assert_eq!(restored.diagnostics, first.diagnostics);
        assert_eq!(restored.disposition, Disposition::Duplicate);
    }
}
