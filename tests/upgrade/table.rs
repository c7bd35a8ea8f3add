//! The whole state machine as one table: what becomes of each state by each event.

use wudun_ota::Status;
use wudun_ota::upgrade::State;
use wudun_ota::upgrade::attempt::{Attempt, Event, Report, What, step};

/// Rows: states and how they are reached. Columns: events, in the order of [`events`]; the state
/// that follows, or `.` for the same.
#[rustfmt::skip]
const TABLE: [(&str, &[&str]); 15] = [
    // state                sent         ack          echo         no-echo denied     lost       cancel       supersede    due          foreign info        1                 2            3                 4                 5                 6
    ("unpublished",       &["sent",      "sent",      "sent",      ".",    "refused", "refused", "cancelled", "cancelled", "not_sent",  ".",    "sent",     "forbidden",      "prepared",  "prepare_failed", "succeeded",      "rolled_back",    "rollback_failed"]),
    ("sent",              &[".",         ".",         ".",         ".",    "refused", "refused", "cancelled", "cancelled", "timed_out", ".",    ".",        "forbidden",      "prepared",  "prepare_failed", "succeeded",      "rolled_back",    "rollback_failed"]),
    ("prepared",          &[".",         ".",         ".",         ".",    "refused", ".",       "cancelled", "cancelled", "timed_out", ".",    ".",        "forbidden",      ".",         "prepare_failed", "succeeded",      "rolled_back",    "rollback_failed"]),
    ("succeeded",         &[".",         ".",         ".",         ".",    ".",       ".",       ".",         ".",         ".",         ".",    ".",        "forbidden",      ".",         "prepare_failed", ".",              "rolled_back",    "rollback_failed"]),
    ("forbidden",         &[".",         ".",         ".",         ".",    ".",       ".",       ".",         ".",         ".",         ".",    ".",        ".",              ".",         ".",              ".",              "rolled_back",    "rollback_failed"]),
    ("prepare_failed",    &[".",         ".",         ".",         ".",    ".",       ".",       ".",         ".",         ".",         ".",    ".",        ".",              ".",         ".",              ".",              "rolled_back",    "rollback_failed"]),
    ("rolled_back",       &[".",         ".",         ".",         ".",    ".",       ".",       ".",         ".",         ".",         ".",    ".",        ".",              ".",         ".",              ".",              ".",              "rollback_failed"]),
    ("rollback_failed",   &[".",         ".",         ".",         ".",    ".",       ".",       ".",         ".",         ".",         ".",    ".",        ".",              ".",         ".",              ".",              ".",              "."]),
    ("timed_out",         &[".",         ".",         ".",         ".",    ".",       ".",       ".",         "cancelled", ".",         ".",    ".",        "forbidden",      ".",         "prepare_failed", "succeeded",      "rolled_back",    "rollback_failed"]),
    ("prepared timed_out",&[".",         ".",         ".",         ".",    ".",       ".",       ".",         "cancelled", ".",         ".",    ".",        "forbidden",      ".",         "prepare_failed", "succeeded",      "rolled_back",    "rollback_failed"]),
    ("cancelled",         &[".",         ".",         ".",         ".",    ".",       ".",       ".",         ".",         ".",         ".",    ".",        ".",              ".",         ".",              ".",              ".",              "."]),
    ("unsent cancelled",  &[".",         ".",         ".",         ".",    ".",       ".",       ".",         ".",         ".",         ".",    ".",        ".",              ".",         ".",              ".",              ".",              "."]),
    ("not_sent",          &[".",         ".",         ".",         ".",    ".",       ".",       ".",         ".",         ".",         ".",    ".",        ".",              ".",         ".",              ".",              ".",              "."]),
    ("denied refused",    &[".",         ".",         ".",         ".",    ".",       ".",       ".",         ".",         ".",         ".",    ".",        ".",              ".",         ".",              ".",              ".",              "."]),
    // The device may have the command: superseding it is cancelling it.
    ("lost refused",      &[".",         ".",         ".",         ".",    ".",       ".",       ".",         "cancelled", ".",         ".",    ".",        ".",              ".",         ".",              ".",              ".",              "."]),
];

const DENIED: What = What::Refused {
    by_reason_code: true,
};
const LOST: What = What::Refused {
    by_reason_code: false,
};

fn status(status: Option<Status>) -> What {
    What::Result(Report {
        status,
        ..Report::default()
    })
}

fn events() -> Vec<What> {
    let ours = [
        What::Sent,
        What::Acknowledged,
        What::Echo,
        What::NoEcho,
        DENIED,
        LOST,
        What::Cancelled,
        What::Superseded,
        What::Due,
        What::ForeignCommand,
        status(None),
    ];
    ours.into_iter()
        .chain(Status::ALL.map(|reported| status(Some(reported))))
        .collect()
}

fn reach(name: &str) -> Attempt {
    let sent = |then: &[What]| [&[What::Sent], then].concat();
    let prepared = status(Some(Status::Prepared));
    let course = match name {
        "unpublished" => vec![],
        "sent" => sent(&[]),
        "prepared" => sent(&[prepared]),
        "timed_out" => sent(&[What::Due]),
        "prepared timed_out" => sent(&[prepared, What::Due]),
        "cancelled" => sent(&[What::Cancelled]),
        "unsent cancelled" => vec![What::Cancelled],
        "not_sent" => vec![What::Due],
        "denied refused" => sent(&[DENIED]),
        "lost refused" => sent(&[LOST]),
        ending => {
            let reported = Status::ALL
                .into_iter()
                .find(|status| status.name() == ending)
                .unwrap();
            sent(&[status(Some(reported))])
        }
    };
    course.into_iter().fold(Attempt::open(0), |attempt, what| {
        step(&attempt, &Event { at: 0, what }).0
    })
}

fn name(state: State) -> String {
    serde_json::to_value(state)
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn every_state_by_every_event() {
    for (row, cells) in TABLE {
        let from = reach(row);
        assert!(
            row.ends_with(&name(from.state)),
            "{row} is {:?}",
            from.state
        );
        assert_eq!(cells.len(), events().len());
        for (what, cell) in events().into_iter().zip(cells) {
            let (next, _) = step(&from, &Event { at: 1, what });
            let found = if next.state == from.state {
                ".".to_owned()
            } else {
                name(next.state)
            };
            assert_eq!(&found, cell, "{row} by {what:?}");
            assert_eq!(
                next.ended_at == Some(1),
                found != "." && !next.state.is_open(),
                "{row} by {what:?}"
            );
        }
    }
}

/// Whatever stays `cancelled`, `not_sent` or `refused` has the worst ending beside it.
#[test]
fn our_endings_keep_the_devices_outcome_beside_them() {
    for row in [
        "cancelled",
        "unsent cancelled",
        "not_sent",
        "denied refused",
        "lost refused",
    ] {
        for first in Status::ALL {
            let (once, alerts) = step(
                &reach(row),
                &Event {
                    at: 1,
                    what: status(Some(first)),
                },
            );
            let ending = (first != Status::Prepared).then_some(first);
            assert_eq!(once.outcome, ending, "{row}, {first:?}");
            assert_eq!(
                alerts.is_empty(),
                first == Status::Forbidden,
                "{row}, {first:?}"
            );
            assert!(once.sent_at.is_some(), "a result proves that it was sent");
            let worst = Event {
                at: 2,
                what: status(Some(Status::RollbackFailed)),
            };
            let (twice, _) = step(&once, &worst);
            assert_eq!(
                (twice.state, twice.outcome),
                (once.state, Some(Status::RollbackFailed))
            );
        }
    }
}

/// "For a subject with an open attempt."
#[test]
fn another_operators_command_concerns_open_attempts_only() {
    for (row, _) in TABLE {
        let from = reach(row);
        let (next, alerts) = step(
            &from,
            &Event {
                at: 1,
                what: What::ForeignCommand,
            },
        );
        assert_eq!(next.foreign_command, from.state.is_open(), "{row}");
        assert_eq!(alerts.is_empty(), !from.state.is_open(), "{row}");
    }
}
