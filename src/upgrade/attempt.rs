//! The state machine of one attempt (§7): a pure function, and the only place where a state changes.

use super::alert::{AlertCode, Alerts};
use super::state::{Deadline, DeadlineKind, Deadlines, Phase1, Snapshot, State};
use super::verify::{Evidence, Verification};
use crate::message::Status;

/// All that the state machine knows of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Where it stands.
    pub state: State,
    /// The worst ending that the device has reported.
    pub outcome: Option<Status>,
    /// What is known of phase 1.
    pub phase1: Option<Phase1>,
    /// What the device's reports say against the expectation, all of them together.
    pub evidence: Evidence,
    /// When it was opened, in Unix milliseconds like all times here.
    pub opened_at: u64,
    /// When it was first known to be handed to a live connection.
    pub sent_at: Option<u64>,
    /// When the first `prepared` came.
    pub prepared_at: Option<u64>,
    /// When `state` became what it is, if that is an ending.
    pub ended_at: Option<u64>,
    /// The broker's reason code said that it did not take the command.
    pub denied: bool,
    /// Another operator's command for the subject was seen: rule 4 is off.
    pub foreign_command: bool,
}

/// Something that happens to an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Unix milliseconds.
    pub at: u64,
    /// What happens.
    pub what: What,
}

/// Kinds of [`Event`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The command was handed to a live connection.
    Sent,
    /// The broker took the command (a reason code below 0x80).
    Acknowledged,
    /// The command came back on its own topic.
    Echo,
    /// The command did not come back: a fact, no ending.
    NoEcho,
    /// The command was refused.
    Refused {
        /// By the broker's reason code, 0x80 or above: the broker did not take it.
        by_reason_code: bool,
    },
    /// The operator gave it up.
    Cancelled,
    /// The operator opened another attempt in its place.
    Superseded,
    /// Its deadline has come.
    Due,
    /// Another operator's command for the same subject was seen.
    ForeignCommand,
    /// A result that belongs to this attempt and is not held back.
    Result(Report),
}

/// What a result says, as far as the state machine needs to know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// `None`: informational.
    pub status: Option<Status>,
    /// How it compares with the expectation.
    pub evidence: Evidence,
    /// Its `target_…` differs from the expectation.
    pub target_differs: bool,
}

/// What becomes of `attempt` by `event`, and the alerts that this raises.
#[must_use]
pub fn step(attempt: &Attempt, event: &Event) -> (Attempt, Alerts) {
    let mut next = *attempt;
    let mut alerts = Alerts::default();
    match event.what {
        // An acknowledgement and an echo prove what `Sent` says, should that have been lost.
        What::Sent | What::Acknowledged | What::Echo => next.mark_sent(event.at),
        What::NoEcho => {}
        What::Refused { by_reason_code } => {
            // Losing the connection says nothing against a device that has already answered.
            if next.state.is_open() && (by_reason_code || next.state != State::Prepared) {
                next.denied = by_reason_code;
                next.end(State::Refused, event.at);
            }
        }
        What::Cancelled => {
            if next.state.is_open() {
                next.end(State::Cancelled, event.at);
            }
        }
        What::Superseded => {
            if next.state.is_open() || next.may_still_act() {
                if next.sent_at.is_some() {
                    alerts.insert(AlertCode::Superseded);
                }
                if next.state != State::Cancelled {
                    next.end(State::Cancelled, event.at);
                }
            }
        }
        What::Due => match next.state {
            State::Unpublished => next.end(State::NotSent, event.at),
            State::Sent | State::Prepared => next.end(State::TimedOut, event.at),
            _ => {}
        },
        What::ForeignCommand => {
            if next.state.is_open() {
                next.foreign_command = true;
                alerts.insert(AlertCode::ForeignCommand);
            }
        }
        What::Result(report) => next.report(&report, event.at, &mut alerts),
    }
    (next, alerts)
}

impl Attempt {
    /// A new attempt, not yet published.
    #[must_use]
    pub fn open(at: u64) -> Attempt {
        Attempt {
            state: State::Unpublished,
            outcome: None,
            phase1: None,
            evidence: Evidence::default(),
            opened_at: at,
            sent_at: None,
            prepared_at: None,
            ended_at: None,
            denied: false,
            foreign_command: false,
        }
    }

    /// What can be said of it in one line.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            state: self.state,
            outcome: self.outcome,
            verification: self
                .outcome
                .map(|outcome| self.evidence.verification(outcome)),
            phase1: self.phase1,
        }
    }

    /// When it ends by itself; `None` when it has ended.
    #[must_use]
    pub fn deadline(&self, deadlines: &Deadlines) -> Option<Deadline> {
        let (kind, from, wait) = match self.state {
            State::Unpublished => (DeadlineKind::Send, Some(self.opened_at), deadlines.send_ms),
            State::Sent => (
                DeadlineKind::FirstResult,
                self.sent_at,
                deadlines.first_result_ms,
            ),
            State::Prepared => (
                DeadlineKind::FinalResult,
                self.prepared_at,
                deadlines.final_result_ms,
            ),
            _ => return None,
        };
        Some(Deadline {
            kind,
            at: from?.saturating_add(wait),
        })
    }

    /// Whether the device may have the command and has not reported an ending, so that opening
    /// another attempt on the subject needs `supersede`.
    ///
    /// An attempt that the broker refused by its reason code never reached the device. One refused
    /// for lost connections may have.
    #[must_use]
    pub fn may_still_act(&self) -> bool {
        self.sent_at.is_some() && self.outcome.is_none() && !self.denied
    }

    /// Whether rule 4 counts it among the candidates: sent, without an ending reported by the
    /// device, whether open, `timed_out` or `cancelled`.
    #[must_use]
    pub fn is_candidate(&self) -> bool {
        let state = matches!(
            self.state,
            State::Sent | State::Prepared | State::TimedOut | State::Cancelled
        );
        state && self.sent_at.is_some() && self.outcome.is_none()
    }

    fn end(&mut self, state: State, at: u64) {
        self.state = state;
        self.ended_at = Some(at);
    }

    fn mark_sent(&mut self, at: u64) {
        self.sent_at.get_or_insert(at);
        if self.state == State::Unpublished {
            self.state = State::Sent;
        }
    }

    fn report(&mut self, report: &Report, at: u64, alerts: &mut Alerts) {
        // "A result matched to an unpublished attempt implies sent", an informational one too.
        self.mark_sent(at);
        self.denied = false;
        let Some(status) = report.status else { return };
        let before = self.is_mismatched();
        let news = match badness(status) {
            None => self.report_prepared(report, at, alerts),
            Some(rank) => self.report_ending(status, rank, at, alerts),
        };
        self.evidence = self.evidence.and(report.evidence);
        if self.is_mismatched() && !before {
            alerts.insert(AlertCode::VerificationMismatched);
        }
        if news && status != Status::Forbidden {
            match self.state {
                State::Cancelled => alerts.insert(AlertCode::ActedAfterCancel),
                State::NotSent | State::Refused => alerts.insert(AlertCode::ActedThoughUnsent),
                _ => {}
            }
        }
    }

    /// `prepared` moves `sent`; anywhere else it is recorded. Gives whether it is news that the
    /// device went on.
    fn report_prepared(&mut self, report: &Report, at: u64, alerts: &mut Alerts) -> bool {
        if report.target_differs {
            alerts.insert(AlertCode::TargetDiffers);
        }
        if self.state == State::Sent {
            self.state = State::Prepared;
            self.phase1 = Some(Phase1::Reported);
        }
        let first = self.prepared_at.is_none();
        self.prepared_at.get_or_insert(at);
        first && matches!(self.outcome, None | Some(Status::Forbidden))
    }

    /// Endings reported by the device only get worse. Gives whether it is another than the one that stood.
    fn report_ending(&mut self, status: Status, rank: u8, at: u64, alerts: &mut Alerts) -> bool {
        let known = self.outcome;
        if known.and_then(badness) >= Some(rank) {
            if known != Some(status) {
                alerts.insert(AlertCode::OutcomeDiffers);
            }
            return known != Some(status);
        }
        if known.is_some() {
            alerts.insert(AlertCode::OutcomeWorsened);
        } else if self.prepared_at.is_some() && rank == FAILED_BEFORE_UPDATE {
            alerts.insert(AlertCode::PreparedThenFailed);
        }
        self.outcome = Some(status);
        // 1 and 3 are themselves reports of phase 1.
        let reported = self.prepared_at.is_some() || rank == FAILED_BEFORE_UPDATE;
        self.phase1 = Some(if reported {
            Phase1::Reported
        } else {
            Phase1::Inferred
        });
        // `cancelled` stays and keeps the outcome beside it; so do our other endings but `timed_out`.
        if !matches!(
            self.state,
            State::Cancelled | State::NotSent | State::Refused
        ) {
            self.end(state_of(status), at);
        }
        true
    }

    fn is_mismatched(&self) -> bool {
        self.snapshot().verification == Some(Verification::Mismatched)
    }
}

/// `forbidden` and `prepare_failed`.
const FAILED_BEFORE_UPDATE: u8 = 1;

/// `succeeded` < `forbidden` = `prepare_failed` < `rolled_back` < `rollback_failed`; `None` is no ending.
fn badness(status: Status) -> Option<u8> {
    match status {
        Status::Prepared => None,
        Status::Succeeded => Some(0),
        Status::Forbidden | Status::PrepareFailed => Some(FAILED_BEFORE_UPDATE),
        Status::RolledBack => Some(2),
        Status::RollbackFailed => Some(3),
    }
}

fn state_of(status: Status) -> State {
    match status {
        Status::Prepared => State::Prepared,
        Status::Forbidden => State::Forbidden,
        Status::PrepareFailed => State::PrepareFailed,
        Status::Succeeded => State::Succeeded,
        Status::RolledBack => State::RolledBack,
        Status::RollbackFailed => State::RollbackFailed,
    }
}
