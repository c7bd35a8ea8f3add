//! What holds for every course of events. The promises made of the tracker, and where each is tried
//! (`upgrade_proof` beside that holds all of §7 against the page, over every short course):
//!
//! - the outcome does not depend on the order of arrival where §7 says so:
//!   [`the_outcome_does_not_depend_on_the_order`];
//! - nor on how often, or in which batches, messages and ticks are delivered:
//!   [`it_does_not_matter_how_often_the_clock_is_looked_at`], and for batches of messages
//!   `tests/node/core-tracker.test.ts`;
//! - redelivery changes nothing: [`redelivery_changes_nothing`];
//! - no result completes an attempt of another address or sub-device:
//!   [`a_result_moves_nothing_at_another_address_or_sub_device`];
//! - nor, under rules 2–4, of an ambiguous owner:
//!   [`super::ambiguous::no_result_completes_an_attempt_of_an_ambiguous_owner`];
//! - a mismatch never counts as success: [`a_contradiction_is_never_verified`];
//! - every open attempt reaches an ending when time passes: [`every_open_attempt_ends_when_time_passes`].

use proptest::prelude::*;
use wudun_ota::Status;
use wudun_ota::upgrade::{
    AttemptRow, AttemptView, Disposition, Expected, Ingested, PageQuery, RefusalReason, State,
    Tracker, Verification,
};

use super::support::{Command, DEADLINES, Said, Site, mid};

const DEVICES: [&str; 2] = ["gw-1", "gw-2"];
const SOURCES: [&str; 2] = ["ems_I", "ems_II"];
const SUB_DEVICES: [Option<&str>; 2] = [None, Some("hub")];
const VERSIONS: [Option<&str>; 4] = [None, Some("1.0"), Some("v1.1"), Some("1.1")];
const TRACES: [Option<&str>; 3] = [None, Some("a"), Some("b")];

/// Something that happens; attempts and deliveries are named by small numbers that may not exist.
#[derive(Clone, Debug)]
enum Step {
    Open(u32, Command),
    Sent(u32),
    Acknowledged(u32, u8),
    NoEcho(u32),
    Lost(u32),
    Cancel(u32),
    Forget(u32),
    Assign(u64, u32),
    Hear(Said),
    Again(usize, bool),
    HearCommand(Command, bool),
    Garbage(usize),
    Pass(u64),
    Tick,
}

fn pick<T: Copy + std::fmt::Debug + 'static>(from: &'static [T]) -> impl Strategy<Value = T> {
    proptest::sample::select(from)
}

fn command() -> impl Strategy<Value = Command> {
    let expected = pick(&VERSIONS).prop_map(|version| Expected {
        version: version.map(str::to_owned),
        commit: None,
    });
    (
        1..9_u32,
        pick(&DEVICES),
        pick(&SUB_DEVICES),
        pick(&SOURCES),
        pick(&TRACES),
        expected,
        any::<bool>(),
    )
        .prop_map(
            |(n, device, sub_device, source, trace_id, expected, supersede)| Command {
                device,
                sub_device,
                source,
                trace_id,
                expected,
                supersede,
                ..Command::of(n)
            },
        )
}

fn said() -> impl Strategy<Value = Said> {
    let reference = (0..3_u8, 1..9_u32, 100..140_u32);
    let time = prop_oneof![8 => Just(0_i64), 1 => Just(-900_000), 1 => Just(9_000_000)];
    (
        pick(&DEVICES),
        pick(&SUB_DEVICES),
        proptest::option::of(pick(&SOURCES)),
        pick(&TRACES),
        reference,
        proptest::option::weighted(0.9, 1..=6_u8),
        (pick(&VERSIONS), pick(&VERSIONS)),
        time,
        any::<bool>(),
    )
        .prop_map(
            |(
                device,
                sub_device,
                source,
                trace,
                (kind, n, own),
                status,
                versions,
                time,
                retained,
            )| {
                let mut said = Said::nothing(if kind == 1 { n } else { own }).from(device);
                let fields = [
                    ("source", source),
                    ("final_version", versions.0),
                    ("target_version", versions.1),
                ];
                for (field, value) in fields {
                    if let Some(value) = value {
                        said = said.data(field, value);
                    }
                }
                if let Some(status) = status {
                    said = said.data("status", status);
                }
                if kind == 2 {
                    said = said.reply(n);
                }
                for (field, value) in [("sub_device_uid", sub_device), ("trace_id", trace)] {
                    if let Some(value) = value {
                        said = said.with(field, value);
                    }
                }
                let timestamp = said.message["timestamp"].as_i64().unwrap() + time;
                said.retained = retained && own % 4 == 0;
                said.with("timestamp", timestamp)
            },
        )
}

fn step() -> impl Strategy<Value = Step> {
    let id = 1..9_u32;
    prop_oneof![
        6 => (id.clone(), command()).prop_map(|(n, command)| Step::Open(n, command)),
        6 => id.clone().prop_map(Step::Sent),
        1 => (id.clone(), pick(&[0, 0x10, 0x87])).prop_map(|(n, code)| Step::Acknowledged(n, code)),
        1 => id.clone().prop_map(Step::NoEcho),
        1 => id.clone().prop_map(Step::Lost),
        1 => id.clone().prop_map(Step::Cancel),
        1 => id.clone().prop_map(Step::Forget),
        2 => (1..60_u64, id).prop_map(|(result, n)| Step::Assign(result, n)),
        12 => said().prop_map(Step::Hear),
        3 => (0..20_usize, any::<bool>()).prop_map(|(at, retained)| Step::Again(at, retained)),
        1 => (command(), any::<bool>()).prop_map(|(command, retained)| Step::HearCommand(command, retained)),
        1 => (0..DEVICES.len()).prop_map(Step::Garbage),
        2 => pick(&[1_u64, 29_999, 30_000, 600_000, 3_600_000]).prop_map(Step::Pass),
        1 => Just(Step::Tick),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec(step(), 1..40)
}

/// A site with what it has heard.
struct Course {
    site: Site,
    heard: Vec<Said>,
}

impl Course {
    fn new() -> Course {
        Course {
            site: Site::new(),
            heard: Vec::new(),
        }
    }

    /// Takes a step; gives all that the tracker says to it, as text.
    fn take(&mut self, step: &Step) -> String {
        let Course { site, heard } = self;
        let now = site.now;
        match step {
            Step::Open(n, command) => format!(
                "{:?}",
                site.try_open(&Command {
                    mid: mid(*n),
                    ..command.clone()
                })
            ),
            Step::Sent(n) => format!("{:?}", site.tracker.sent(&mid(*n), now)),
            Step::Acknowledged(n, code) => {
                format!("{:?}", site.tracker.acknowledged(&mid(*n), *code, now))
            }
            Step::NoEcho(n) => format!("{:?}", site.tracker.no_echo(&mid(*n), now)),
            Step::Lost(n) => format!(
                "{:?}",
                site.tracker
                    .refused(&mid(*n), RefusalReason::ConnectionLost, now)
            ),
            Step::Cancel(n) => format!("{:?}", site.tracker.cancel(&mid(*n), now)),
            Step::Forget(n) => format!("{:?}", site.tracker.forget(&mid(*n))),
            Step::Assign(result, n) => format!("{:?}", site.tracker.assign(*result, &mid(*n), now)),
            Step::Hear(said) => {
                heard.push(said.clone());
                format!("{:?}", site.hear(said))
            }
            Step::Again(at, retained) => {
                let again = heard.get(*at).cloned();
                format!(
                    "{:?}",
                    again.map(|said| site.hear(&Said {
                        retained: *retained,
                        ..said
                    }))
                )
            }
            Step::HearCommand(command, retained) => {
                format!("{:?}", site.hear_command(command, *retained))
            }
            Step::Garbage(at) => {
                let topic = super::support::result_topic(DEVICES[*at]);
                format!("{:?}", site.hear_bytes(&topic, b"{", false))
            }
            Step::Pass(ms) => {
                site.pass(*ms);
                String::new()
            }
            Step::Tick => format!("{:?}", site.tick()),
        }
    }

    fn after(steps: &[Step]) -> Course {
        let mut course = Course::new();
        for step in steps {
            course.take(step);
        }
        course
    }

    fn attempts(&self) -> Vec<AttemptView> {
        all(&self.site.tracker)
    }
}

/// Every attempt of a tracker, whole; its row is the one on the page.
fn all(tracker: &Tracker) -> Vec<AttemptView> {
    let query = PageQuery {
        limit: usize::MAX,
        ..PageQuery::default()
    };
    let rows = tracker.page(&query).unwrap().attempts.into_iter();
    let whole = |row: AttemptRow| {
        let attempt = tracker.attempt(&row.id).unwrap();
        assert_eq!(format!("{:?}", attempt.row), format!("{row:?}"));
        assert_eq!(attempt.timeline.len(), row.entries);
        attempt
    };
    rows.map(whole).collect()
}

fn json(attempts: &[AttemptView]) -> String {
    serde_json::to_string(attempts).unwrap()
}

/// How bad an ending is, written down a second time, from the page.
fn rank(status: Status) -> usize {
    let order: [&[Status]; 4] = [
        &[Status::Succeeded],
        &[Status::Forbidden, Status::PrepareFailed],
        &[Status::RolledBack],
        &[Status::RollbackFailed],
    ];
    order
        .iter()
        .position(|same| same.contains(&status))
        .unwrap()
}

/// Results that reply to attempt 1, each a message of its own.
fn replies() -> impl Strategy<Value = Vec<Said>> {
    proptest::collection::vec((1..=6_u8, pick(&VERSIONS), pick(&VERSIONS)), 1..6).prop_map(|list| {
        let said = |(n, (status, last, target)): (u32, (u8, Option<&str>, Option<&str>))| {
            let mut said = Said::status(n, status).reply(1);
            for (field, value) in [("final_version", last), ("target_version", target)] {
                if let Some(value) = value {
                    said = said.data(field, value);
                }
            }
            said
        };
        (100..).zip(list).map(said).collect()
    })
}

/// The same replies in two orders.
fn two_orders() -> impl Strategy<Value = (Vec<Said>, Vec<Said>)> {
    replies().prop_flat_map(|replies| (Just(replies.clone()), Just(replies).prop_shuffle()))
}

/// With pauses between them in which deadlines may pass.
fn hear_all(replies: &[Said], pause: u64, cancel: bool) -> AttemptView {
    let mut site = Site::with_sent(Command::of(1).expecting("1.1"));
    if cancel {
        site.tracker.cancel(&mid(1), site.now).unwrap();
    }
    for said in replies {
        site.pass(pause).hear(said);
    }
    site.attempt(1)
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn the_outcome_does_not_depend_on_the_order(
        (one, other) in two_orders(),
        pauses in (pick(&[0, 700_000]), pick(&[0, 700_000])),
        cancel in any::<bool>(),
    ) {
        let (one, other) = (hear_all(&one, pauses.0, cancel), hear_all(&other, pauses.1, cancel));
        // Of two equally bad endings the first stands.
        prop_assert_eq!(one.row.snapshot.outcome.map(rank), other.row.snapshot.outcome.map(rank));
        prop_assert_eq!(one.row.snapshot.verification, other.row.snapshot.verification);
        if one.row.snapshot.outcome.is_some() && !cancel {
            prop_assert!(!matches!(one.row.snapshot.state, State::TimedOut | State::Sent | State::Prepared));
        }
    }

    #[test]
    fn a_contradiction_is_never_verified(replies in replies()) {
        let attempt = hear_all(&replies, 0, false);
        let bare = |value: &serde_json::Value| value.as_str().map(|text| text.trim_start_matches('v').to_owned());
        let contradicts = replies.iter().any(|said| {
            let data = &said.message["data"];
            let (last, target) = (bare(&data["final_version"]), bare(&data["target_version"]));
            let wrong = |version: &Option<String>| version.as_deref().is_some_and(|version| version != "1.1");
            wrong(&target) || data["status"] != 2 && wrong(&last)
        });
        let worst = attempt.row.snapshot.outcome;
        if contradicts || worst != Some(Status::Succeeded) {
            prop_assert_ne!(attempt.row.snapshot.verification, Some(Verification::Verified));
        }
        if contradicts && worst.is_some() {
            prop_assert_eq!(attempt.row.snapshot.verification, Some(Verification::Mismatched));
        }
    }

    #[test]
    fn redelivery_changes_nothing(steps in steps()) {
        let mut course = Course::after(&steps);
        let Some(said) = course.heard.last().cloned() else { return Ok(()) };
        let first = course.site.hear(&said);
        let before = course.attempts();
        let again = [course.site.hear(&said), course.site.hear(&said)];
        prop_assert_eq!(json(&course.attempts()), json(&before));
        let retained = course.site.hear(&said.retained());
        for (old, new) in before.iter().zip(course.attempts()) {
            prop_assert_eq!(old.row.snapshot, new.row.snapshot);
        }
        for again in again.iter().chain([&retained]) {
            prop_assert_eq!(first.result_id, again.result_id);
            let held = matches!(
                again.disposition,
                Disposition::Retained | Disposition::Suspect | Disposition::Ambiguous
            );
            prop_assert!(held || again.disposition == Disposition::Duplicate);
        }
    }

    #[test]
    fn a_result_moves_nothing_at_another_address_or_sub_device(steps in steps(), said in said()) {
        let mut course = Course::after(&steps);
        course.site.tick();
        let snapshots = |course: &Course| {
            let elsewhere = |attempt: &AttemptView| {
                attempt.row.device != said.device || attempt.row.sub_device.as_deref() != said.message["sub_device_uid"].as_str()
            };
            let attempts = course.attempts().into_iter().filter(elsewhere);
            attempts.map(|attempt| (attempt.row.id, attempt.row.snapshot, attempt.row.running)).collect::<Vec<_>>()
        };
        let before = snapshots(&course);
        course.site.hear(&said);
        prop_assert_eq!(snapshots(&course), before);
    }

    #[test]
    fn a_held_back_result_moves_nothing(steps in steps(), said in said()) {
        let mut course = Course::after(&steps);
        course.site.tick();
        let snapshots = |course: &Course| {
            course.attempts().into_iter().map(|attempt| (attempt.row.id, attempt.row.snapshot)).collect::<Vec<_>>()
        };
        let before = snapshots(&course);
        let Ingested { disposition, matched_by, .. } = course.site.hear(&said);
        let may_move = matches!(disposition, Disposition::Advanced | Disposition::Recorded);
        if !may_move {
            prop_assert_eq!(snapshots(&course), before);
        }
        if said.retained {
            let named = matches!(
                matched_by,
                Some(wudun_ota::upgrade::MatchedBy::Reply | wudun_ota::upgrade::MatchedBy::Mid)
            );
            prop_assert!(named || !may_move);
        }
    }

    #[test]
    fn every_open_attempt_ends_when_time_passes(steps in steps()) {
        let mut course = Course::after(&steps);
        let longest = DEADLINES.send_ms.max(DEADLINES.first_result_ms).max(DEADLINES.final_result_ms);
        course.site.pass(longest);
        course.site.tick();
        prop_assert_eq!(course.site.tracker.counts().open, 0);
        prop_assert_eq!(course.site.tracker.next_deadline(), None);
        prop_assert!(course.attempts().iter().all(|attempt| !attempt.row.open && attempt.row.ended_at.is_some()));
    }

    #[test]
    fn states_only_move_forward(steps in steps()) {
        let mut course = Course::new();
        for step in &steps {
            let before = course.attempts();
            course.take(step);
            for old in &before {
                let Some(new) = course.site.tracker.attempt(&old.row.id) else { continue };
                prop_assert_eq!(new.topic == old.topic && new.row.opened_at == old.row.opened_at, true);
                let (was, is) = (old.row.snapshot, new.row.snapshot);
                prop_assert!(is.outcome.map(rank) >= was.outcome.map(rank));
                prop_assert!(old.row.open || !new.row.open);
                prop_assert!(new.row.sent_at.is_some() || old.row.sent_at.is_none());
                prop_assert!(was.verification != Some(Verification::Mismatched) || is.verification == was.verification);
                prop_assert!(was.verification != Some(Verification::Verified) || is.verification != Some(Verification::Unverified));
                if was.state == State::Cancelled {
                    prop_assert_eq!(is.state, State::Cancelled);
                }
                if was.state == State::TimedOut && is.state != was.state {
                    prop_assert!(is.outcome.is_some() || is.state == State::Cancelled);
                }
                prop_assert!(new.timeline.starts_with(&old.timeline));
                prop_assert_eq!(new.row.deadline.is_some(), new.row.open);
                prop_assert_eq!(new.row.ended_at.is_some(), !new.row.open);
            }
        }
    }

    #[test]
    fn one_open_attempt_per_subject(steps in steps()) {
        let attempts = Course::after(&steps).attempts();
        let mut subjects: Vec<_> = attempts.iter().filter(|attempt| attempt.row.open)
            .map(|attempt| (&attempt.row.address, &attempt.row.sub_device, &attempt.row.source)).collect();
        subjects.sort();
        let open = subjects.len();
        subjects.dedup();
        prop_assert_eq!(subjects.len(), open);
    }

    #[test]
    fn counts_are_those_of_the_attempts(steps in steps()) {
        let course = Course::after(&steps);
        let (counts, attempts) = (course.site.tracker.counts(), course.attempts());
        let number = |is: &dyn Fn(&AttemptView) -> bool| attempts.iter().filter(|attempt| is(attempt)).count();
        prop_assert_eq!(counts.total, attempts.len());
        prop_assert_eq!(counts.open, number(&|attempt| attempt.row.open));
        for state in State::ALL {
            prop_assert_eq!(counts.by_state[&state], number(&|attempt| attempt.row.snapshot.state == state));
        }
        let verified = |attempt: &AttemptView| {
            attempt.row.snapshot.state == State::Succeeded && attempt.row.snapshot.verification == Some(Verification::Verified)
        };
        prop_assert_eq!(counts.verified, number(&verified));
        let told = |attempt: &AttemptView| -> usize { attempt.timeline.iter().map(|entry| entry.alerts.len()).sum() };
        prop_assert!(attempts.iter().all(|attempt| attempt.row.alerts == told(attempt)));
        prop_assert_eq!(counts.alerts, attempts.iter().map(told).sum::<usize>());
    }

    #[test]
    fn it_does_not_matter_how_often_the_clock_is_looked_at(steps in steps()) {
        // Forgetting looks at no clock: whether an attempt is still open then depends on others' looking.
        let clocked = |step: &&Step| !matches!(step, Step::Tick | Step::Forget(_));
        let rarely: Vec<Step> = steps.iter().filter(clocked).cloned().collect();
        let often: Vec<Step> = rarely.iter().flat_map(|step| match step {
            Step::Pass(ms) => vec![Step::Pass(ms / 2), Step::Tick, Step::Pass(ms - ms / 2), Step::Tick],
            other => vec![other.clone()],
        }).collect();
        let (mut rarely, mut often) = (Course::after(&rarely), Course::after(&often));
        rarely.site.tick();
        often.site.tick();
        prop_assert_eq!(json(&rarely.attempts()), json(&often.attempts()));
    }
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn restoring_at_every_step_changes_nothing(steps in steps()) {
        let (mut whole, mut broken) = (Course::new(), Course::new());
        for step in &steps {
            let saved = broken.site.tracker.save();
            broken.site.tracker = Tracker::restore(&saved, DEADLINES, 0).unwrap();
            prop_assert_eq!(whole.take(step), broken.take(step));
        }
        prop_assert_eq!(json(&whole.attempts()), json(&broken.attempts()));
        prop_assert_eq!(whole.site.tracker.save(), broken.site.tracker.save());
    }
}
