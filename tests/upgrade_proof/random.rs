//! The tracker and the page agree on every course of events, also those that the exhaustive
//! search is too narrow for: several devices, sub-devices, sources, operators, expectations.

use proptest::prelude::*;
use proptest::sample::select;

use super::history::STATUSES;
use super::pair::{Pair, T0};
use super::words::{Command, Message, Place, What};

/// Something that may happen; what is heard again is named by its number.
#[derive(Clone, Debug)]
enum Step {
    Do(What),
    Again(usize, bool),
    AssignHeard(usize, u32),
    Pass(u64),
    SetBack(u64),
}

fn place() -> impl Strategy<Value = Place> {
    (
        prop_oneof![4 => Just(1_u8), 1 => Just(2)],
        prop_oneof![4 => Just(None), 1 => Just(Some(1_u8))],
    )
        .prop_map(|(device, sub_device)| Place { device, sub_device })
}

fn maybe(of: &'static [u8]) -> impl Strategy<Value = Option<u8>> {
    proptest::option::of(select(of))
}

fn command(mids: std::ops::Range<u32>) -> impl Strategy<Value = Command> {
    let time = prop_oneof![8 => Just(0), 1 => Just(900_000_u64)];
    (
        mids,
        place(),
        select(&[1_u8, 1, 1, 2][..]),
        maybe(&[1, 2]),
        time,
        maybe(&[1, 2]),
        maybe(&[1, 2]),
    )
        .prop_map(
            |(mid, place, source, trace, time, expected_version, expected_commit)| Command {
                mid,
                place,
                source,
                trace,
                timestamp: T0 + time,
                expected_version,
                expected_commit,
            },
        )
}

fn message() -> impl Strategy<Value = Message> {
    let named = prop_oneof![
        3 => (100..110_u32).prop_map(|mid| (mid, None)),
        1 => (1..9_u32).prop_map(|mid| (mid, None)),
        2 => (100..110_u32, 1..9_u32).prop_map(|(mid, reply)| (mid, Some(reply))),
    ];
    let time = prop_oneof![10 => (0..4_u64).prop_map(|n| T0 + n), 1 => Just(T0 - 600_001), 1 => Just(T0 + 5_000_000)];
    let versions = (
        maybe(&[1, 2]),
        maybe(&[1, 2]),
        maybe(&[1, 2]),
        maybe(&[1, 2]),
    );
    let plain = (
        named,
        place(),
        maybe(&[1, 2]),
        time,
        proptest::option::weighted(0.3, select(&[1_u8, 1, 2][..])),
    );
    (
        plain,
        select(&STATUSES[..]),
        versions,
        proptest::bool::weighted(0.5),
        proptest::bool::weighted(0.03),
    )
        .prop_map(
            |(((mid, reply), place, trace, timestamp, source), status, versions, bare, broken)| {
                let said = |version| if bare { None } else { version };
                Message {
                    mid,
                    place,
                    reply,
                    trace,
                    timestamp,
                    source,
                    status,
                    final_version: said(versions.0),
                    target_version: said(versions.1),
                    final_commit: said(versions.2),
                    target_commit: said(versions.3),
                    broken,
                }
            },
        )
}

fn step() -> impl Strategy<Value = Step> {
    let id = || 1..9_u32;
    let retained = || proptest::bool::weighted(0.15);
    prop_oneof![
        6 => (command(1..9), proptest::bool::weighted(0.6)).prop_map(|(command, supersede)| Step::Do(What::Open { command, supersede })),
        6 => id().prop_map(|n| Step::Do(What::Sent(n))),
        1 => (id(), select(&[0_u8, 0x10, 0x7f, 0x80, 0x87][..])).prop_map(|(n, code)| Step::Do(What::Acknowledged(n, code))),
        1 => id().prop_map(|n| Step::Do(What::Lost(n))),
        1 => id().prop_map(|n| Step::Do(What::Cancel(n))),
        1 => id().prop_map(|n| Step::Do(What::Forget(n))),
        16 => (message(), retained()).prop_map(|(message, retained)| Step::Do(What::Hear { message, retained })),
        4 => (0..20_usize, retained()).prop_map(|(n, retained)| Step::Again(n, retained)),
        2 => (0..20_usize, id()).prop_map(|(n, id)| Step::AssignHeard(n, id)),
        2 => (command(1..12), retained()).prop_map(|(command, retained)| Step::Do(What::HearCommand { command, retained })),
        3 => select(&[1_u64, 29_999, 30_000, 599_999, 600_000, 3_599_999, 3_600_000][..]).prop_map(Step::Pass),
        1 => select(&[1_u64, 600_000, 86_400_000][..]).prop_map(Step::SetBack),
        1 => Just(Step::Do(What::Tick)),
    ]
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn the_tracker_says_what_the_page_says(steps in proptest::collection::vec(step(), 1..40)) {
        let mut pair = Pair::new();
        let mut heard: Vec<Message> = Vec::new();
        for step in steps {
            let what = match step {
                Step::Do(what) => what,
                Step::Pass(ms) => {
                    pair.wait(ms);
                    continue;
                }
                Step::SetBack(ms) => {
                    pair.set_back(ms);
                    continue;
                }
                Step::Again(n, retained) => match heard.get(n) {
                    Some(message) => What::Hear { message: *message, retained },
                    None => continue,
                },
                Step::AssignHeard(n, id) => match heard.get(n) {
                    Some(message) => What::Assign(*message, id),
                    None => continue,
                },
            };
            if let What::Hear { message, .. } = what {
                heard.push(message);
            }
            // Forgetting looks at no clock.
            if matches!(what, What::Forget(_)) {
                pair.tell(What::Tick);
            }
            pair.tell(what);
            pair.compare_attempts();
        }
    }
}
