//! What arrives: results and commands, and results that the operator assigns (§7).

use super::super::alert::{Alert, AlertCode};
use super::super::attempt::{Report, Snapshot, What};
use super::super::correlate::{Match, MatchedBy, Origin, correlate};
use super::super::index::Id;
use super::super::log::{LogKind, Logged, MAX_PAYLOAD};
use super::super::memory::Fingerprint;
use super::super::timeline::{Disposition, EntryKind, Facts, Reported};
use super::super::verify;
use super::super::view::{Change, Ingested};
use super::{Tracker, next_number};
use crate::decode::{Decoded, Input, Options, decode};
use crate::diagnostic::{Diagnostic, Error, problem};
use crate::message::{Command, Message, ResultMessage, Status};
use crate::topic::Channel;

/// A result that speaks of another time than this is suspect when only its subject ties it to an attempt.
const TOLERANCE_MS: u64 = 600_000;

/// A delivery on the way through.
struct Delivery<'a> {
    topic: &'a str,
    payload: &'a [u8],
    retained: bool,
    diagnostics: Vec<Diagnostic>,
}

/// Why a result that belongs to an attempt is not applied to it.
struct Held {
    disposition: Disposition,
    alerts: Vec<AlertCode>,
}

impl Tracker {
    /// Takes a delivery on either topic, read leniently. `retained`: it carried the MQTT retain flag.
    pub fn ingest(
        &mut self,
        topic: &str,
        payload: Input<'_>,
        now: u64,
        retained: bool,
    ) -> Ingested {
        self.advance(now);
        let options = Options {
            topic: Some(topic),
            lenient: true,
            now: Some(self.now),
            ..Options::default()
        };
        let Decoded {
            message,
            topic: parsed,
            diagnostics,
            ..
        } = decode(payload, &options);
        let delivery = Delivery {
            topic,
            payload: payload.as_bytes(),
            retained,
            diagnostics,
        };
        match (
            parsed.map(|topic| (topic.channel(), topic.address())),
            message,
        ) {
            (Some((Channel::Command, address)), Some(Message::Command(command))) => {
                self.command(&address, &command, delivery)
            }
            (Some((Channel::Result, address)), message) => self.result(&address, message, delivery),
            _ => self.invalid(Vec::new(), None, delivery),
        }
    }

    fn command(&mut self, address: &str, command: &Command, delivery: Delivery<'_>) -> Ingested {
        let retained = if delivery.retained {
            &[AlertCode::RetainedCommand][..]
        } else {
            &[]
        };
        let facts = Facts::mid(command.mid.as_str());
        let own = self
            .index
            .get(Id::of(&command.mid))
            .filter(|record| record.address == address);
        let (disposition, touched, what, kind) = if let Some(record) = own {
            (
                Disposition::Echo,
                Some(record.id()),
                What::Echo,
                EntryKind::Echo,
            )
        } else {
            let mut open = self
                .index
                .on_subject(address, command)
                .filter(|record| record.attempt.state.is_open());
            (
                Disposition::ForeignCommand,
                open.next().map(|record| record.id()),
                What::ForeignCommand,
                EntryKind::ForeignCommand,
            )
        };
        let mut ingested = delivery.answer(disposition);
        let change =
            touched.and_then(|id| self.apply_at(self.now, id, what, kind, facts, retained));
        if let Some(change) = change {
            ingested.tell(change);
        } else {
            ingested.alerts = retained.iter().copied().map(Alert::from).collect();
        }
        ingested
    }

    fn result(
        &mut self,
        address: &str,
        message: Option<Message>,
        delivery: Delivery<'_>,
    ) -> Ingested {
        let number = next_number(&mut self.number);
        let seen = self.memory.hear(
            address,
            Fingerprint::of(delivery.topic, delivery.payload),
            number,
        );
        let result_id = seen.result_id;
        if seen.used {
            return Ingested {
                result_id: Some(result_id),
                ..delivery.answer(Disposition::Duplicate)
            };
        }
        let again = result_id != number;
        let Some(Message::Result(result)) = message else {
            self.memory.use_up(address, result_id);
            let here = self
                .index
                .at_address(address)
                .map(|record| record.id())
                .collect();
            return self.invalid(here, Some(result_id), delivery);
        };
        let mut facts = Facts {
            result_id: Some(result_id),
            reported: Some(Box::new(Reported::of(&result))),
            ..Facts::mid(result.mid.as_str())
        };
        match correlate(&self.index, address, &result) {
            Match::None => {
                let disposition = if delivery.retained {
                    Disposition::Retained
                } else {
                    self.memory.use_up(address, result_id);
                    Disposition::Unsolicited
                };
                self.keep(
                    LogKind::Unsolicited,
                    result_id,
                    disposition,
                    &[],
                    None,
                    &delivery,
                );
                Ingested {
                    result_id: Some(result_id),
                    ..delivery.answer(disposition)
                }
            }
            Match::Elsewhere(id, by) => {
                self.memory.use_up(address, result_id);
                facts.matched_by = Some(by);
                let held = Held::because(Disposition::WrongSubject, AlertCode::WrongSubject);
                self.hold(id, EntryKind::Result, facts, held, delivery)
            }
            Match::Ambiguous(ids) => self.ambiguous(&ids, facts, &result, delivery),
            Match::One(id, by) => {
                facts.matched_by = Some(by);
                match self.reason_to_hold(id, by, &result, result_id, again, delivery.retained) {
                    None => {
                        self.settle(address, result_id);
                        self.advance_by(id, EntryKind::Result, facts, &result, delivery)
                    }
                    Some(held) => {
                        match held.disposition {
                            // An early result is kept off for good: nothing can make it later.
                            Disposition::Recorded => self.settle(address, result_id),
                            Disposition::Suspect => {
                                self.keep_held(&facts, &held, Some(&result), &delivery)
                            }
                            _ => self.keep_held(&facts, &held, None, &delivery),
                        }
                        self.hold(id, EntryKind::Result, facts, held, delivery)
                    }
                }
            }
        }
    }

    /// What never advances an attempt, though it belongs to one.
    fn reason_to_hold(
        &self,
        id: Id,
        by: MatchedBy,
        result: &ResultMessage,
        result_id: u64,
        again: bool,
        retained: bool,
    ) -> Option<Held> {
        let record = self.index.get(id)?;
        let mut held: Option<Held> = None;
        let mut hold = |disposition, alert: Option<AlertCode>| {
            let held = held.get_or_insert(Held {
                disposition,
                alerts: Vec::new(),
            });
            held.alerts.extend(alert);
        };
        if retained && !matches!(by, MatchedBy::Reply | MatchedBy::Mid) {
            hold(Disposition::Retained, None);
        }
        let too_old = result.timestamp.saturating_add(TOLERANCE_MS) < record.command.timestamp;
        let too_new = result.timestamp > self.now.saturating_add(TOLERANCE_MS);
        if by == MatchedBy::Subject && (too_old || too_new) {
            hold(Disposition::Suspect, Some(AlertCode::SuspectTime));
        }
        // Seen for the first time, a result proves that an unpublished attempt has been sent.
        // Seen before, it was seen before the sending, if that has not happened yet.
        let early = again && record.sent_mark.is_none_or(|mark| result_id < mark);
        if early {
            hold(Disposition::Recorded, Some(AlertCode::EarlyResult));
        }
        held
    }

    fn ambiguous(
        &mut self,
        ids: &[Id],
        mut facts: Facts,
        result: &ResultMessage,
        delivery: Delivery<'_>,
    ) -> Ingested {
        // A retained delivery stays one: it cannot be assigned either.
        let disposition = if delivery.retained {
            Disposition::Retained
        } else {
            Disposition::Ambiguous
        };
        let held = Held::because(disposition, AlertCode::Ambiguous);
        self.keep_held(
            &facts,
            &held,
            (!delivery.retained).then_some(result),
            &delivery,
        );
        facts.disposition = Some(disposition);
        for id in ids {
            self.record(*id, EntryKind::Result, facts.clone(), &held.alerts);
        }
        Ingested {
            result_id: facts.result_id,
            alerts: held.alerts(),
            attempt_ids: self.names(ids),
            ..delivery.answer(disposition)
        }
    }

    /// Puts a result on the timeline of an attempt that it does not advance.
    fn hold(
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
    fn advance_by(
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

    /// The operator says to which attempt a result belongs that was held back as suspect or ambiguous.
    ///
    /// A result that was first seen before the attempt was sent does not advance it even so.
    ///
    /// # Errors
    /// `attempt-unknown`; `result-unknown` when no such result may be assigned (any more);
    /// `result-elsewhere` when it comes from another address or sub-device than the attempt's.
    pub fn assign(&mut self, result_id: u64, id: &str, now: u64) -> Result<Ingested, Error> {
        self.advance(now);
        let known = self.find(id)?;
        let [_, suspect, _] = &self.logs;
        let logged = suspect
            .get(result_id)
            .and_then(|logged| Some((&logged.topic, logged.assignable.as_deref()?)));
        let read = logged.and_then(|(topic, result)| {
            let options = Options {
                topic: Some(topic),
                max_bytes: Some(usize::MAX),
                ..Options::default()
            };
            let decoded = decode(Input::bytes(result.as_bytes()), &options);
            Some((decoded.topic?.address(), decoded.message?))
        });
        let Some((address, Message::Result(result))) = read else {
            return Err(Error::one(problem::result_unknown(result_id), ""));
        };
        let origin = Origin {
            address: &address,
            sub_device: result.sub_device_uid.as_deref(),
        };
        let record = self.index.get(known).filter(|record| origin.is_of(record));
        let Some(sent_mark) = record.map(|record| record.sent_mark) else {
            return Err(Error::one(problem::result_elsewhere(result_id, id), ""));
        };
        let facts = Facts {
            result_id: Some(result_id),
            matched_by: Some(MatchedBy::Operator),
            reported: Some(Box::new(Reported::of(&result))),
            ..Facts::mid(result.mid.as_str())
        };
        let nothing = Delivery {
            topic: "",
            payload: &[],
            retained: false,
            diagnostics: Vec::new(),
        };
        if sent_mark.is_none_or(|mark| result_id < mark) {
            let held = Held::because(Disposition::Recorded, AlertCode::EarlyResult);
            return Ok(self.hold(known, EntryKind::Assigned, facts, held, nothing));
        }
        self.settle(&address, result_id);
        Ok(self.advance_by(known, EntryKind::Assigned, facts, &result, nothing))
    }

    /// What breaks a rule, or comes on no topic of ours: a result is kept on the attempts `ids`.
    fn invalid(
        &mut self,
        ids: Vec<Id>,
        result_id: Option<u64>,
        delivery: Delivery<'_>,
    ) -> Ingested {
        let number = result_id.unwrap_or_else(|| next_number(&mut self.number));
        let alerts: &[AlertCode] = if ids.is_empty() {
            &[]
        } else {
            &[AlertCode::InvalidResult]
        };
        self.keep(
            LogKind::Invalid,
            number,
            Disposition::Invalid,
            alerts,
            None,
            &delivery,
        );
        let facts = Facts {
            result_id,
            disposition: Some(Disposition::Invalid),
            ..Facts::default()
        };
        for id in &ids {
            self.record(*id, EntryKind::Result, facts.clone(), alerts);
        }
        Ingested {
            result_id: Some(number),
            alerts: alerts.iter().copied().map(Alert::from).collect(),
            attempt_ids: self.names(&ids),
            ..delivery.answer(Disposition::Invalid)
        }
    }

    /// The result has found its attempt: the same again is a duplicate, and it cannot be assigned.
    fn settle(&mut self, address: &str, result_id: u64) {
        self.memory.use_up(address, result_id);
        self.log_mut(LogKind::Suspect).settle(result_id);
    }

    fn keep_held(
        &mut self,
        facts: &Facts,
        held: &Held,
        result: Option<&ResultMessage>,
        delivery: &Delivery<'_>,
    ) {
        let assignable = result.map(|result| Message::Result(result.clone()).encode());
        let result_id = facts.result_id.unwrap_or_default();
        self.keep(
            LogKind::Suspect,
            result_id,
            held.disposition,
            &held.alerts,
            assignable,
            delivery,
        );
    }

    fn keep(
        &mut self,
        log: LogKind,
        result_id: u64,
        disposition: Disposition,
        alerts: &[AlertCode],
        assignable: Option<String>,
        delivery: &Delivery<'_>,
    ) {
        let at = self.now;
        self.log_mut(log).add(Logged {
            result_id,
            at,
            topic: delivery.topic.to_owned(),
            payload: delivery.payload.iter().take(MAX_PAYLOAD).copied().collect(),
            disposition,
            alerts: alerts.to_vec(),
            assignable,
        });
    }

    fn names(&self, ids: &[Id]) -> Vec<String> {
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
    fn because(disposition: Disposition, alert: AlertCode) -> Held {
        Held {
            disposition,
            alerts: vec![alert],
        }
    }

    fn alerts(&self) -> Vec<Alert> {
        self.alerts.iter().copied().map(Alert::from).collect()
    }
}

impl Delivery<'_> {
    fn answer(self, disposition: Disposition) -> Ingested {
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
}

impl Ingested {
    /// Adds what it did to an attempt.
    fn tell(&mut self, change: Change) {
        self.attempt_ids = vec![change.attempt_id.clone()];
        self.attempt_id = Some(change.attempt_id);
        self.before = Some(change.before);
        self.after = Some(change.after);
        self.alerts = change.alerts;
    }
}
