//! `docs/transitions.md` is what the step function does, asked case by case.
//! `UPDATE_DOCS=1 cargo test --test transitions_page` rewrites the page.
#![allow(clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;

use wudun_ota::Status;
use wudun_ota::upgrade::attempt::{Attempt, Event, Report, What, step};
use wudun_ota::upgrade::{AlertCode, Deadlines, Evidence, Phase1, State};

mod page;

const DENIED: What = What::Refused {
    by_reason_code: true,
};
const LOST: What = What::Refused {
    by_reason_code: false,
};

fn says(status: Option<Status>) -> What {
    What::Result(Report {
        status,
        ..Report::default()
    })
}

/// Where an attempt can stand, and how it got there after it was opened.
fn situations() -> Vec<(&'static str, Vec<What>)> {
    let prepared = says(Some(Status::Prepared));
    let sent = |then: &[What]| [&[What::Sent], then].concat();
    let mut list = vec![
        ("`unpublished`", vec![]),
        ("`sent`", sent(&[])),
        ("`prepared`", sent(&[prepared])),
    ];
    for (name, status) in [
        ("`succeeded`", Status::Succeeded),
        ("`forbidden`", Status::Forbidden),
        ("`prepare_failed`", Status::PrepareFailed),
        ("`rolled_back`", Status::RolledBack),
        ("`rollback_failed`", Status::RollbackFailed),
    ] {
        list.push((name, sent(&[says(Some(status))])));
    }
    list.extend([
        ("`timed_out`", sent(&[What::Due])),
        ("`timed_out` after `prepared`", sent(&[prepared, What::Due])),
        ("`cancelled`", sent(&[What::Cancelled])),
        ("`cancelled`, never sent", vec![What::Cancelled]),
        ("`not_sent`", vec![What::Due]),
        ("`refused` by reason code", sent(&[DENIED])),
        ("`refused` after losses", sent(&[LOST])),
    ]);
    list
}

const OURS: [(&str, What); 10] = [
    ("handed over", What::Sent),
    ("acknowledged", What::Acknowledged),
    ("echo", What::Echo),
    ("no echo", What::NoEcho),
    ("reason code ≥ 0x80", DENIED),
    ("two losses", LOST),
    ("cancelled", What::Cancelled),
    ("superseded", What::Superseded),
    ("deadline", What::Due),
    ("another's command", What::ForeignCommand),
];

fn course(events: &[What]) -> Attempt {
    events.iter().fold(Attempt::open(0), |attempt, what| {
        step(&attempt, &Event { at: 0, what: *what }).0
    })
}

fn name(state: State) -> String {
    let text = serde_json::to_string(&state).expect("a name");
    format!("`{}`", text.trim_matches('"'))
}

fn code(alert: AlertCode) -> String {
    let text = serde_json::to_string(&alert).expect("a name");
    text.trim_matches('"').to_owned()
}

/// What becomes of `from`: the next state, or the ending kept beside it, and the numbers of the alerts.
fn cell(from: &Attempt, what: What, alerts: &mut Vec<AlertCode>) -> String {
    let (next, raised) = step(from, &Event { at: 0, what });
    let mut cell = if next.state != from.state {
        name(next.state)
    } else if next.outcome != from.outcome {
        format!("+ `{}`", next.outcome.map_or("", Status::name))
    } else {
        "·".to_owned()
    };
    for alert in raised.iter() {
        if !alerts.contains(&alert) {
            alerts.push(alert);
        }
        let number = alerts.iter().position(|known| *known == alert);
        let _ = write!(cell, " ⚠{}", number.map_or(0, |number| number + 1));
    }
    cell
}

fn table(events: &[(String, What)], alerts: &mut Vec<AlertCode>) -> String {
    let mut table = String::from("| |");
    for (title, _) in events {
        let _ = write!(table, " {title} |");
    }
    table += "\n|---|";
    table += &"---|".repeat(events.len());
    for (title, events_before) in situations() {
        let from = course(&events_before);
        let _ = write!(table, "\n| {title} |");
        for (_, what) in events {
            let _ = write!(table, " {} |", cell(&from, *what, alerts));
        }
    }
    table + "\n"
}

/// What the device's endings become when they come one after another.
fn endings() -> String {
    let all = [
        Status::Succeeded,
        Status::Forbidden,
        Status::PrepareFailed,
        Status::RolledBack,
        Status::RollbackFailed,
    ];
    let mut table = String::from(
        "| outcome | without evidence | a field agrees | a field differs | both |\n|---|---|---|---|---|",
    );
    for status in all {
        let _ = write!(table, "\n| `{}` |", status.name());
        for (agrees, differs) in [(false, false), (true, false), (false, true), (true, true)] {
            let evidence = Evidence { agrees, differs };
            let text = serde_json::to_string(&evidence.verification(status)).expect("a name");
            let _ = write!(table, " {} |", text.trim_matches('"'));
        }
    }
    table + "\n"
}

fn phase1() -> String {
    let mut table = String::from("| results, in this order | phase 1 |\n|---|---|");
    let (prepared, done) = (Some(Status::Prepared), Some(Status::Succeeded));
    let courses: [(&str, &[Option<Status>]); 7] = [
        ("without status", &[None]),
        ("2", &[prepared]),
        ("1 or 3", &[Some(Status::Forbidden)]),
        ("4, 5 or 6", &[done]),
        ("2, then 4, 5 or 6", &[prepared, done]),
        ("4, then 2", &[done, prepared]),
        (
            "4, then 2, then 5",
            &[done, prepared, Some(Status::RolledBack)],
        ),
    ];
    for (title, statuses) in courses {
        let events: Vec<What> = statuses.iter().map(|status| says(*status)).collect();
        let known = match course(&events).phase1 {
            None => "–",
            Some(Phase1::Reported) => "reported",
            Some(Phase1::Inferred) => "inferred",
        };
        let _ = write!(table, "\n| {title} | {known} |");
    }
    table + "\n"
}

fn deadlines() -> String {
    let mut table =
        String::from("| | waits for | at most, unless the caller says otherwise |\n|---|---|---|");
    for (title, events) in situations() {
        let deadlines = Deadlines::default();
        let Some(deadline) = course(&events).deadline(&deadlines) else {
            continue;
        };
        let kind = serde_json::to_string(&deadline.kind).expect("a name");
        let seconds = deadline.at / 1000;
        let _ = write!(
            table,
            "\n| {title} | {} | {seconds} s |",
            kind.trim_matches('"')
        );
    }
    table + "\n"
}

fn page() -> String {
    let ours = OURS.map(|(title, what)| (title.to_owned(), what));
    let theirs: Vec<(String, What)> = std::iter::once(("no status".to_owned(), says(None)))
        .chain(Status::ALL.map(|status| {
            (
                format!("{} `{}`", status.code(), status.name()),
                says(Some(status)),
            )
        }))
        .collect();
    let mut alerts = Vec::new();
    let (theirs, ours) = (table(&theirs, &mut alerts), table(&ours, &mut alerts));
    let legend: String = alerts
        .iter()
        .enumerate()
        .map(|(n, alert)| {
            format!(
                "| ⚠{} | `{}` | {} |\n",
                n + 1,
                code(*alert),
                alert.text().en
            )
        })
        .collect();
    format!(
        "<!-- Generated from the code: `UPDATE_DOCS=1 cargo test --test transitions_page` rewrites this page. -->\n\n\
         # The state machine of an upgrade\n\n\
         What `upgrade::attempt::step` answers, asked for every state and every event ([docs/protocol.md](protocol.md),\n\
         section 7). It is the only place where a state changes. A cell is the state that follows; `·` is no change of\n\
         state; `+` is an ending that is kept beside the state; ⚠ is an alert, listed below. Which attempt a result belongs to,\n\
         and what holds it back, is decided before: here are only results that count.\n\n\
         ## Results of the device\n\n{theirs}\n\
         An ending of the device is replaced by worse ones only, so its order of arrival does not matter.\n\n\
         ## What we do, and what the broker and the clock say\n\n{ours}\n\
         ## Alerts\n\n| | code | in words |\n|---|---|---|\n{legend}\n\
         ## Deadlines\n\n{}\n\
         ## Phase 1\n\n{}\n\
         ## Verification\n\nEvidence is gathered over all results, never taken back.\n\n{}",
        deadlines(),
        phase1(),
        endings(),
    )
}

#[test]
fn the_page_says_what_the_code_does() {
    page::hold("transitions", &page());
}
