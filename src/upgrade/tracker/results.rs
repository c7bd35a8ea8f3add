//! What a result leaves behind: on attempts, in the logs, in the answer.

use super::super::alert::{Alert, AlertCode, Alerts};
use super::super::attempt::{Report, What};
use super::super::correlate::MatchedBy;
use super::super::heard::Heard;
use super::super::index::{Fingerprint, Note, Place};
use super::super::log::{LogKind, Logged, MAX_PAYLOAD};
use super::super::record::{How, Slot};
use super::super::state::Snapshot;
use super::super::timeline::{Disposition, EntryKind};
use super::super::verify;
use super::super::view::Ingested;
use super::ingest::Arrival;
use super::{Moved, Tracker, next_number};
use crate::decode::Input;
use crate::diagnostic::Diagnostic;
use crate::message::{Message, ResultMessage, Status};

/// A delivery on the way through.
#[derive(Clone, Debug)]
pub(super) struct Delivery<'a> {
    pub topic: &'a str,
    pub payload: Input<'a>,
    pub retained: bool,
    pub diagnostics: Vec<Diagnostic>,
}

/// Why a result that belongs to an attempt is not applied to it.
pub(super) struct Held {
    pub disposition: Disposition,
    pub alerts: Alerts,
}

/// What became of a delivery, in the tracker's own terms.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub disposition: Disposition,
    /// 0 for none.
    pub result_id: u64,
    pub matched_by: Option<MatchedBy>,
    /// The attempt that it belongs to or names, and how that stood before and stands now.
    pub attempt: Option<(Slot, Snapshot, Snapshot)>,
    pub alerts: Alerts,
    pub diagnostics: Vec<Diagnostic>,
    /// Where there is no such attempt: those that it was recorded on.
    pub on: Vec<Slot>,
}

impl Tracker {
    /// Puts an answer into words.
    pub(crate) fn tell(&self, outcome: Outcome) -> Ingested {
        let Outcome {
            disposition,
            result_id,
            matched_by,
            attempt,
            alerts,
            diagnostics,
            on,
        } = outcome;
        let attempt_id = attempt.map(|(slot, ..)| self.name(slot));
        Ingested {
            disposition,
            result_id: (result_id != 0).then_some(result_id),
            matched_by,
            attempt_ids: match &attempt_id {
                Some(id) => vec![id.clone()],
                None => on.into_iter().map(|slot| self.name(slot)).collect(),
            },
            attempt_id,
            before: attempt.map(|(_, before, _)| before),
            after: attempt.map(|(.., after)| after),
            alerts: alerts.iter().map(Alert::from).collect(),
            diagnostics,
        }
    }

    /// Puts a result on the timeline of an attempt that it does not advance.
    pub(super) fn hold(
        &mut self,
        slot: Slot,
        note: Note<'_>,
        held: Held,
        delivery: &Delivery<'_>,
    ) -> Outcome {
        let disposition = Some(held.disposition);
        let note = Note {
            disposition,
            ..note
        };
        self.record(slot, &note, held.alerts);
        let record = self.index.get(slot);
        let snapshot = record.map(|record| record.attempt().snapshot());
        Outcome {
            matched_by: note.matched_by(),
            attempt: snapshot.map(|snapshot| (slot, snapshot, snapshot)),
            alerts: held.alerts,
            ..delivery.answer_about(note.result_id, held.disposition)
        }
    }

    /// Lets a result take effect.
    pub(super) fn take_effect(
        &mut self,
        slot: Slot,
        note: Note<'_>,
        heard: &Heard<'_>,
        delivery: &Delivery<'_>,
    ) -> Outcome {
        let report = self.index.get(slot).map(|record| {
            let job = self.index.job(record);
            Report {
                status: heard.status,
                evidence: verify::evidence(&job, heard),
                target_differs: verify::target_differs(&job, heard),
            }
        });
        let moved = self.apply(slot, What::Result(report.unwrap_or_default()), &note);
        let ending = heard.status.filter(|status| *status != Status::Prepared);
        // Of the ending that stands; a better one says nothing of what runs now.
        if ending.is_some()
            && (heard.final_version.is_some() || heard.final_commit.is_some())
            && let Some(record) = self.index.get(slot)
            && record.attempt().outcome == ending
        {
            self.index.set_running(slot, heard);
        }
        let mut outcome = Outcome {
            matched_by: note.matched_by(),
            ..delivery.answer_about(
                note.result_id,
                disposition(&moved.before, &moved.after, heard.status),
            )
        };
        outcome.tell(moved);
        outcome
    }

    /// What breaks a rule, or comes on no topic of ours: a result is kept on the attempts `slots`.
    pub(super) fn invalid(
        &mut self,
        slots: Vec<Slot>,
        result_id: Option<u64>,
        delivery: &Delivery<'_>,
    ) -> Outcome {
        let number = result_id.unwrap_or_else(|| next_number(&mut self.number));
        let mut held = Held::because(Disposition::Invalid, AlertCode::InvalidResult);
        if slots.is_empty() {
            held.alerts = Alerts::default();
        }
        self.keep(LogKind::Invalid, number, &held, None, delivery);
        let note = Note {
            how: How::Result(None, None),
            disposition: Some(Disposition::Invalid),
            result_id: number,
            ..Note::of(EntryKind::Result)
        };
        for slot in &slots {
            self.record(*slot, &note, held.alerts);
        }
        Outcome {
            alerts: held.alerts,
            on: slots,
            ..delivery.answer_about(number, Disposition::Invalid)
        }
    }

    /// The result has found its attempt: the same again is a duplicate, and it cannot be assigned.
    /// Only one that has come before can be waiting for that.
    pub(super) fn settle(&mut self, address: u32, result_id: u64, again: bool) {
        self.index.use_up(address, result_id);
        if again {
            self.log_mut(LogKind::Suspect).settle(result_id);
        }
    }

    /// Keeps a result that is held back; `result` is there if the operator may assign it.
    pub(super) fn keep_held(
        &mut self,
        held: &Held,
        result: Option<ResultMessage>,
        arrival: &Arrival<'_>,
    ) {
        let assignable = result.map(|result| Message::Result(result).encode());
        self.keep(
            LogKind::Suspect,
            arrival.result_id,
            held,
            assignable,
            arrival.delivery,
        );
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
        let payload = delivery.payload.as_bytes();
        self.log_mut(log).add(Logged {
            result_id,
            at,
            topic: delivery.topic.to_owned(),
            payload: payload.iter().take(MAX_PAYLOAD).copied().collect(),
            disposition: held.disposition,
            alerts: held.alerts.iter().collect(),
            assignable,
        });
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

impl Note<'_> {
    fn matched_by(&self) -> Option<MatchedBy> {
        match self.how {
            How::Result(matched_by, _) => matched_by,
            _ => None,
        }
    }
}

impl Held {
    pub(super) fn because(disposition: Disposition, alert: AlertCode) -> Held {
        Held {
            disposition,
            alerts: Alerts::of(alert),
        }
    }
}

impl Delivery<'_> {
    pub(super) fn fingerprint(&self, place: &Place<'_>) -> Fingerprint {
        let payload = &self.payload;
        // What is too large is told apart by its beginning and its size.
        let known = if payload.is_usual() {
            payload.as_bytes().len()
        } else {
            MAX_PAYLOAD
        };
        let bytes = payload.as_bytes().get(..known);
        let bytes = bytes.unwrap_or(payload.as_bytes());
        Fingerprint::of(place, bytes, payload.size())
    }

    pub(super) fn answer(&self, disposition: Disposition) -> Outcome {
        Outcome {
            disposition,
            result_id: 0,
            matched_by: None,
            attempt: None,
            alerts: Alerts::default(),
            diagnostics: self.diagnostics.clone(),
            on: Vec::new(),
        }
    }

    pub(super) fn answer_about(&self, result_id: u64, disposition: Disposition) -> Outcome {
        Outcome {
            result_id,
            ..self.answer(disposition)
        }
    }
}

impl Outcome {
    /// Adds what it did to an attempt.
    pub(super) fn tell(&mut self, moved: Moved) {
        self.attempt = Some((moved.slot, moved.before, moved.after));
        self.alerts = moved.alerts;
    }
}
