//! What arrives: results and commands (§7).

use super::super::alert::{Alert, AlertCode};
use super::super::attempt::What;
use super::super::correlate::{Match, MatchedBy, correlate};
use super::super::index::Id;
use super::super::log::LogKind;
use super::super::memory::Fingerprint;
use super::super::timeline::{Disposition, EntryKind, Facts, Reported};
use super::super::view::Ingested;
use super::results::{Delivery, Held};
use super::{Tracker, next_number};
use crate::decode::{Decoded, Input, Options, decode};
use crate::message::{Command, Message, ResultMessage};
use crate::topic::Channel;

/// A result that speaks of another time than this is suspect when only its subject ties it to an attempt.
const TOLERANCE_MS: u64 = 600_000;

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
        let fingerprint = Fingerprint::of(delivery.topic, delivery.payload);
        let seen = self.memory.hear(address, fingerprint, number);
        if seen.used {
            return delivery.answer_about(seen.result_id, Disposition::Duplicate);
        }
        match message {
            Some(Message::Result(result)) => {
                let arrival = Arrival {
                    result_id: seen.result_id,
                    again: seen.result_id != number,
                    delivery,
                };
                self.place(address, &result, arrival)
            }
            _ => {
                self.memory.use_up(address, seen.result_id);
                let here = self.index.at_address(address).map(|record| record.id());
                self.invalid(here.collect(), Some(seen.result_id), delivery)
            }
        }
    }

    /// Finds the attempt of a valid result, and lets it take effect unless something speaks against it.
    fn place(&mut self, address: &str, result: &ResultMessage, arrival: Arrival<'_>) -> Ingested {
        let result_id = arrival.result_id;
        let mut facts = Facts {
            result_id: Some(result_id),
            reported: Some(Box::new(Reported::of(result))),
            ..Facts::mid(result.mid.as_str())
        };
        let (id, by) = match correlate(&self.index, address, result) {
            Match::None => return self.unsolicited(address, arrival),
            Match::Ambiguous(ids) => return self.ambiguous(&ids, facts, result, arrival.delivery),
            Match::Elsewhere(id, by) => {
                self.memory.use_up(address, result_id);
                facts.matched_by = Some(by);
                let held = Held::because(Disposition::WrongSubject, AlertCode::WrongSubject);
                return self.hold(id, EntryKind::Result, facts, held, arrival.delivery);
            }
            Match::One(id, by) => (id, by),
        };
        facts.matched_by = Some(by);
        let Some(held) = self.reason_to_hold(id, by, result, &arrival) else {
            self.settle(address, result_id);
            return self.take_effect(id, EntryKind::Result, facts, result, arrival.delivery);
        };
        match held.disposition {
            // An early result is kept off for good: nothing can make it later.
            Disposition::Recorded => self.settle(address, result_id),
            Disposition::Suspect => {
                self.keep_held(&facts, &held, Some(result), &arrival.delivery);
            }
            _ => self.keep_held(&facts, &held, None, &arrival.delivery),
        }
        self.hold(id, EntryKind::Result, facts, held, arrival.delivery)
    }

    /// Belongs to nothing: kept and shown. A retained one is not used up.
    fn unsolicited(&mut self, address: &str, arrival: Arrival<'_>) -> Ingested {
        let Arrival {
            result_id,
            delivery,
            ..
        } = arrival;
        let disposition = if delivery.retained {
            Disposition::Retained
        } else {
            self.memory.use_up(address, result_id);
            Disposition::Unsolicited
        };
        let held = Held {
            disposition,
            alerts: Vec::new(),
        };
        self.keep(LogKind::Unsolicited, result_id, &held, None, &delivery);
        delivery.answer_about(result_id, disposition)
    }

    /// Fits several attempts: recorded on all.
    fn ambiguous(
        &mut self,
        ids: &[Id],
        mut facts: Facts,
        result: &ResultMessage,
        delivery: Delivery<'_>,
    ) -> Ingested {
        // A retained delivery stays one: it cannot be assigned either.
        let (disposition, assignable) = if delivery.retained {
            (Disposition::Retained, None)
        } else {
            (Disposition::Ambiguous, Some(result))
        };
        let held = Held::because(disposition, AlertCode::Ambiguous);
        self.keep_held(&facts, &held, assignable, &delivery);
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

    /// What never advances an attempt, though the result belongs to it.
    fn reason_to_hold(
        &self,
        id: Id,
        by: MatchedBy,
        result: &ResultMessage,
        arrival: &Arrival<'_>,
    ) -> Option<Held> {
        let record = self.index.get(id)?;
        let retained =
            arrival.delivery.retained && !matches!(by, MatchedBy::Reply | MatchedBy::Mid);
        let too_old = result.timestamp.saturating_add(TOLERANCE_MS) < record.command.timestamp;
        let too_new = result.timestamp > self.now.saturating_add(TOLERANCE_MS);
        let suspect = by == MatchedBy::Subject && (too_old || too_new);
        // Seen for the first time, a result proves that an unpublished attempt has been sent.
        // Seen before, it was seen before the sending, if that has not happened yet.
        let early = arrival.again && record.seen_before_sending(arrival.result_id);
        let reasons = [
            (retained, Disposition::Retained, None),
            (suspect, Disposition::Suspect, Some(AlertCode::SuspectTime)),
            (early, Disposition::Recorded, Some(AlertCode::EarlyResult)),
        ];
        let mut reasons = reasons.into_iter().filter(|(holds, ..)| *holds).peekable();
        let (_, disposition, _) = *reasons.peek()?;
        let alerts = reasons.filter_map(|(.., alert)| alert).collect();
        Some(Held {
            disposition,
            alerts,
        })
    }
}

/// A result that is no duplicate, on its way through.
struct Arrival<'a> {
    result_id: u64,
    /// It has come before, and was held back then.
    again: bool,
    delivery: Delivery<'a>,
}
