//! "No result completes an attempt of an ambiguous owner (rules 2–4)." Who the owner is, is found out a
//! second time here, from what was put in and nothing that the tracker says.

use proptest::prelude::*;
use proptest::sample::select;
use wudun_ota::upgrade::{AlertCode, Disposition, Expected, MatchedBy, Snapshot};

use super::support::{Command, Said, Site, codes, mid};

const SOURCES: [&str; 3] = ["ems_I", "ems_II", "ems_III"];
const VERSIONS: [Option<&str>; 3] = [None, Some("1.0"), Some("1.1")];
const TRACES: [Option<&str>; 3] = [None, Some("a"), Some("b")];

/// One of several attempts at one device, all of them sent, none of them answered.
#[derive(Clone, Debug)]
struct Waiting {
    source: &'static str,
    trace: Option<&'static str>,
    expected: Option<&'static str>,
    then: Then,
}

/// What has become of it since. Whichever it is, the device may still answer it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Then {
    Nothing,
    Cancelled,
    TimedOut,
}

fn waiting() -> impl Strategy<Value = Waiting> {
    let then = [
        Then::Nothing,
        Then::Nothing,
        Then::Cancelled,
        Then::TimedOut,
    ];
    (
        select(&SOURCES[..]),
        select(&TRACES[..]),
        select(&VERSIONS[..]),
        select(then.to_vec()),
    )
        .prop_map(|(source, trace, expected, then)| Waiting {
            source,
            trace,
            expected,
            then,
        })
}

/// A result that names no attempt, by what it carries besides.
#[derive(Clone, Debug)]
struct Anonymous {
    status: Option<u8>,
    source: Option<&'static str>,
    trace: Option<&'static str>,
    target: Option<&'static str>,
    last: Option<&'static str>,
    retained: bool,
}

fn anonymous() -> impl Strategy<Value = Anonymous> {
    (
        proptest::option::weighted(0.9, 1..=6_u8),
        proptest::option::weighted(0.3, select(&SOURCES[..])),
        select(&TRACES[..]),
        select(&VERSIONS[..]),
        select(&VERSIONS[..]),
        proptest::bool::weighted(0.2),
    )
        .prop_map(
            |(status, source, trace, target, last, retained)| Anonymous {
                status,
                source,
                trace,
                target,
                last,
                retained,
            },
        )
}

impl Anonymous {
    fn said(&self, own: u32) -> Said {
        let mut said = Said::nothing(own);
        let fields = [
            ("source", self.source),
            ("target_version", self.target),
            ("final_version", self.last),
        ];
        for (field, value) in fields {
            if let Some(value) = value {
                said = said.data(field, value);
            }
        }
        if let Some(status) = self.status {
            said = said.data("status", status);
        }
        if let Some(trace) = self.trace {
            said = said.with("trace_id", trace);
        }
        said.retained = self.retained;
        said
    }

    /// The attempts that it may belong to, if these are several and nothing says which.
    fn several(&self, attempts: &[Waiting]) -> Option<Vec<usize>> {
        let all = |is: &dyn Fn(&Waiting) -> bool| -> Vec<usize> {
            let numbers = (0..attempts.len()).filter(|n| is(&attempts[*n]));
            numbers.collect()
        };
        let carriers = all(&|one| self.trace.is_some() && one.trace == self.trace);
        if carriers.len() == 1 {
            return None;
        }
        let candidates = all(&|one| self.source.is_none_or(|source| source == one.source));
        // What runs is what was asked for unless the update failed.
        let ran = self.last.filter(|_| matches!(self.status, None | Some(4)));
        let speaks_of = |n: &&usize| {
            let wanted = attempts[**n].expected;
            wanted.is_some() && (wanted == self.target || wanted == ran)
        };
        let chosen = candidates.iter().filter(speaks_of).count();
        (candidates.len() > 1 && chosen != 1).then_some(candidates)
    }
}

/// The attempts, opened and sent one after the other. One subject has one open attempt: a later one of
/// the same source cancels the earlier one.
fn site(attempts: &[Waiting]) -> Site {
    let mut site = Site::new();
    for (n, attempt) in (1..).zip(attempts) {
        site.open(&Command {
            source: attempt.source,
            trace_id: attempt.trace,
            expected: Expected {
                version: attempt.expected.map(str::to_owned),
                commit: None,
            },
            supersede: true,
            ..Command::of(n)
        });
        site.send(&mid(n));
        match attempt.then {
            Then::Nothing => {}
            Then::Cancelled => drop(site.tracker.cancel(&mid(n), site.now).unwrap()),
            Then::TimedOut => drop(site.pass(600_000).tick()),
        }
    }
    site
}

fn snapshots(site: &Site, count: usize) -> Vec<Snapshot> {
    let numbers = 1..=count as u32;
    numbers.map(|n| site.attempt(n).row.snapshot).collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_000,
        max_global_rejects: 8_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_result_completes_an_attempt_of_an_ambiguous_owner(
        attempts in proptest::collection::vec(waiting(), 2..5),
        anonymous in anonymous(),
        chosen in any::<proptest::sample::Index>(),
    ) {
        let several = anonymous.several(&attempts);
        prop_assume!(several.is_some());
        let several = several.unwrap();
        let mut site = site(&attempts);
        let before = snapshots(&site, attempts.len());
        let said = anonymous.said(100).with("timestamp", site.now);
        let held = if anonymous.retained { Disposition::Retained } else { Disposition::Ambiguous };
        let on: Vec<String> = several.iter().map(|n| mid(*n as u32 + 1)).collect();
        // However often it comes.
        for _ in 0..3 {
            let ingested = site.pass(1).hear(&said);
            prop_assert_eq!(ingested.disposition, held);
            prop_assert_eq!(ingested.matched_by, None);
            prop_assert_eq!(ingested.attempt_id, None);
            prop_assert_eq!(&ingested.attempt_ids, &on);
            prop_assert_eq!(snapshots(&site, attempts.len()), before.clone());
        }
        // It is on the timeline of each, with an alert, and only the operator may say more.
        let result_id = site.hear(&said).result_id.unwrap();
        for n in &several {
            let timeline = site.attempt(*n as u32 + 1).timeline;
            let entry = timeline.iter().find(|entry| entry.result_id == Some(result_id)).unwrap();
            let alerts: Vec<AlertCode> = entry.alerts.iter().map(|alert| alert.code).collect();
            prop_assert_eq!(alerts, [AlertCode::Ambiguous]);
        }
        let n = several[chosen.index(several.len())];
        let assigned = site.tracker.assign(result_id, &mid(n as u32 + 1), site.now);
        if anonymous.retained {
            prop_assert!(assigned.is_err());
        } else {
            prop_assert_eq!(assigned.unwrap().matched_by, Some(MatchedBy::Operator));
        }
        for (at, (was, is)) in before.iter().zip(snapshots(&site, attempts.len())).enumerate() {
            prop_assert!(at == n && !anonymous.retained || *was == is);
        }
    }
}

/// A `mid` (rule 2) or `trace_id` (rule 3) that an attempt elsewhere carries makes nobody here its owner, and
/// neither does one of several attempts that carry it.
#[test]
fn what_points_elsewhere_or_at_several_completes_nothing() {
    let mut site = Site::new();
    for (n, device, source) in [
        (1, "gw-1", "ems_I"),
        (2, "gw-1", "ems_II"),
        (3, "gw-2", "ems_I"),
    ] {
        let trace = if device == "gw-1" {
            "several"
        } else {
            "elsewhere"
        };
        site.open(&Command {
            device,
            source,
            trace_id: Some(trace),
            ..Command::of(n)
        });
        site.send(&mid(n));
    }
    let before = snapshots(&site, 3);
    let named = site.hear(&Said::status(3, 4));
    assert_eq!(named.disposition, Disposition::WrongSubject);
    let traced = site.hear(&Said::status(10, 4).with("trace_id", "elsewhere"));
    assert_eq!(traced.disposition, Disposition::WrongSubject);
    let several = site.hear(&Said::status(11, 4).with("trace_id", "several"));
    assert_eq!(several.disposition, Disposition::Ambiguous);
    assert_eq!(codes(&several), [AlertCode::Ambiguous]);
    assert_eq!(snapshots(&site, 3), before);
}
