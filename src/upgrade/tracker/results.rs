//! What a result leaves behind: on attempts, in the logs, in the answer.

use super::super::alert::{Alert, AlertCode};
use super::super::attempt::{Report, What};
use super::super::index::Id;
use super::super::log::{LogKind, Logged, MAX_PAYLOAD};
use super::super::state::Snapshot;
use super::super::timeline::{Disposition, EntryKind, Facts};
use super::super::verify;
use super::super::view::{Change, Ingested};
use super::{Tracker, next_number};
use crate::diagnostic::Diagnostic;
use crate::message::{Message, ResultMessage, Status};

/// A delivery on the way through.
pub(super) struct Delivery<'a> {
    pub topic: &'a str,
    pub payload: &'a [u8],
    pub retained: bool,
    pub diagnostics: Vec<Diagnostic>,
}

/// Why a result that belongs to an attempt is not applied to it.
pub(super) struct Held {
    pub disposition: Disposition,
    pub alerts: Vec<AlertCode>,
}

impl Tracker {
    /// Puts a result on the timeline of an attempt that it does not advance.
    pub(super) fn hold(
        &mut self,
        id: Id,
        kind: EntryKind,
        mut facts: Facts,
        held: Held,
        delivery: Delivery<'_>,
    ) -> Ingested {
        facts.disposition = Some(held.disposition);
        let (result_id, matched_by) = (facts.result_id, facts.matched_by);
        self.record(id, kind, facts, &held.alerts);
        let snapshot = self.index.get(id).map(|record| record.attempt.snapshot());
        let attempt_ids = self.names(&[id]);
        Ingested {
            result_id,
            matched_by,
            attempt_id: attempt_ids.first().cloned(),
            before: snapshot,
            after: snapshot,
            alerts: held.alerts(),
            attempt_ids,
            ..delivery.answer(held.disposition)
        }
    }

    /// Lets a result take effect.
    pub(super) fn take_effect(
        &mut self,
        id: Id,
        kind: EntryKind,
        facts: Facts,
        result: &ResultMessage,
        delivery: Delivery<'_>,
    ) -> Ingested {
        let (result_id, matched_by) = (facts.result_id, facts.matched_by);
        let report = self.index.get(id).map(|record| Report {
            status: result.data.status,
            evidence: verify::evidence(&record.command, &record.expected, result),
            target_differs: verify::target_differs(&record.expected, result),
        });
        let change = self.apply(id, What::Result(report.unwrap_or_default()), kind, facts);
        let ending = result
            .data
            .status
            .filter(|status| *status != Status::Prepared);
        self.index.change(id, |record| {
            // Of the ending that stands; a better one says nothing of what runs now.
            if ending.is_some() && record.attempt.outcome == ending {
                let data = &result.data;
                record.running.version = data
                    .final_version
                    .clone()
                    .or_else(|| record.running.version.take());
                record.running.commit = data
                    .final_commit_sha
                    .clone()
                    .or_else(|| record.running.commit.take());
            }
        });
        let mut ingested = Ingested {
            result_id,
            matched_by,
            ..delivery.answer(Disposition::Recorded)
        };
        if let Some(change) = change {
            ingested.disposition = disposition(&change.before, &change.after, result.data.status);
            ingested.tell(change);
        }
        ingested
    }

    /// What breaks a rule, or comes on no topic of ours: a result is kept on the attempts `ids`.
    pub(super) fn invalid(
        &mut self,
        ids: Vec<Id>,
        result_id: Option<u64>,
        delivery: Delivery<'_>,
    ) -> Ingested {
        let number = result_id.unwrap_or_else(|| next_number(&mut self.number));
        let mut held = Held::because(Disposition::Invalid, AlertCode::InvalidResult);
        if ids.is_empty() {
            held.alerts.clear();
        }
        self.keep(LogKind::Invalid, number, &held, None, &delivery);
        let facts = Facts {
            result_id,
            disposition: Some(Disposition::Invalid),
            ..Facts::default()
        };
        for id in &ids {
            self.record(*id, EntryKind::Result, facts.clone(), &held.alerts);
        }
        Ingested {
            alerts: held.alerts(),
            attempt_ids: self.names(&ids),
            ..delivery.answer_about(number, Disposition::Invalid)
        }
    }

    /// The result has found its attempt: the same again is a duplicate, and it cannot be assigned.
    pub(super) fn settle(&mut self, address: &str, result_id: u64) {
        self.memory.use_up(address, result_id);
        self.log_mut(LogKind::Suspect).settle(result_id);
    }

    /// Keeps a result that is held back; `result` is there if the operator may assign it.
    pub(super) fn keep_held(
        &mut self,
        facts: &Facts,
        held: &Held,
        result: Option<&ResultMessage>,
        delivery: &Delivery<'_>,
    ) {
        let assignable = result.map(|result| Message::Result(result.clone()).encode());
        let result_id = facts.result_id.unwrap_or_default();
        self.keep(LogKind::Suspect, result_id, held, assignable, delivery);
    }

    /// Puts a delivery into a log.
    pub(super) fn keep(
        &mut self,
        log: LogKind,
        result_id: u64,
        held: &Held,
        assignable: Option<String>,
        delivery: &Delivery<'_>,
    ) {
        let at = self.now;
        self.log_mut(log).add(Logged {
            result_id,
            at,
            topic: delivery.topic.to_owned(),
            payload: delivery.payload.iter().take(MAX_PAYLOAD).copied().collect(),
            disposition: held.disposition,
            alerts: held.alerts.clone(),
            assignable,
        });
    }

    pub(super) fn names(&self, ids: &[Id]) -> Vec<String> {
        let records = ids.iter().filter_map(|id| self.index.get(*id));
        records
            .map(|record| record.command.mid.as_str().to_owned())
            .collect()
    }
}

/// What became of a result that was let take effect. Without status it is informational: it never
/// advances an attempt.
pub(super) fn disposition(
    before: &Snapshot,
    after: &Snapshot,
    status: Option<Status>,
) -> Disposition {
    let moved = before.state != after.state || before.outcome != after.outcome;
    if moved && status.is_some() {
        Disposition::Advanced
    } else {
        Disposition::Recorded
    }
}

impl Held {
    pub(super) fn because(disposition: Disposition, alert: AlertCode) -> Held {
        Held {
            disposition,
            alerts: vec![alert],
        }
    }

    pub(super) fn alerts(&self) -> Vec<Alert> {
        self.alerts.iter().copied().map(Alert::from).collect()
    }
}

impl Delivery<'_> {
    pub(super) fn answer(self, disposition: Disposition) -> Ingested {
        Ingested {
            disposition,
            result_id: None,
            matched_by: None,
            attempt_id: None,
            before: None,
            after: None,
            alerts: Vec::new(),
            diagnostics: self.diagnostics,
            attempt_ids: Vec::new(),
        }
    }

    pub(super) fn answer_about(self, result_id: u64, disposition: Disposition) -> Ingested {
        Ingested {
            result_id: Some(result_id),
            ..self.answer(disposition)
        }
    }
}

impl Ingested {
    /// Adds what it did to an attempt.
    pub(super) fn tell(&mut self, change: Change) {
        self.attempt_ids = vec![change.attempt_id.clone()];
        self.attempt_id = Some(change.attempt_id);
        self.before = Some(change.before);
        self.after = Some(change.after);
        self.alerts = change.alerts;
    }
}
