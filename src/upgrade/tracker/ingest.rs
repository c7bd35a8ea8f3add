//! What arrives: results and commands (§7).

use std::fmt;

use super::super::alert::{AlertCode, Alerts};
use super::super::attempt::What;
use super::super::bytes::same;
use super::super::correlate::{Match, MatchedBy, correlate};
use super::super::heard::Heard;
use super::super::index::{Fingerprint, Note, Place};
use super::super::log::LogKind;
use super::super::record::{How, Id, Slot};
use super::super::timeline::{Disposition, EntryKind};
use super::super::view::Ingested;
use super::results::{Delivery, Held, Outcome};
use super::{Tracker, next_number};
use crate::decode::{Decoded, Input, Options, decode};
use crate::json::scan::{self, Field, Scanner};
use crate::message::{Command, Message, ResultMessage};
use crate::topic::Channel;

/// A result that speaks of another time than this is suspect when only its subject ties it to an attempt.
const TOLERANCE_MS: u64 = 600_000;

/// What follows the address.
const RESULT_TOPIC: &str = "/ota/upgrade/result";

impl Tracker {
    /// Takes a delivery on either topic, read leniently. `retained`: it carried the MQTT retain flag.
    pub fn ingest(
        &mut self,
        topic: &str,
        payload: Input<'_>,
        now: u64,
        retained: bool,
    ) -> Ingested {
        let outcome = self.take_in(topic, payload, now, retained);
        self.tell(outcome)
    }

    /// Looks at what results on these topics will need, at all of one kind before the next: memory is as
    /// slow for many as for one.
    #[cfg(feature = "wasm")]
    pub(crate) fn foresee<'a>(&self, topics: impl Iterator<Item = &'a str>) {
        let place = |topic: &'a str| topic.strip_suffix(RESULT_TOPIC).map(Place::of);
        self.index.foresee(topics.filter_map(place));
    }

    /// As [`Tracker::ingest`], without putting the answer into words.
    pub(crate) fn take_in(
        &mut self,
        topic: &str,
        payload: Input<'_>,
        now: u64,
        retained: bool,
    ) -> Outcome {
        self.advance(now);
        let delivery = Delivery {
            topic,
            payload,
            retained,
            diagnostics: Vec::new(),
        };
        match self.scanned(&delivery) {
            Some(outcome) => outcome,
            None => self.read(delivery),
        }
    }

    /// The short way, for a plain result from an address with attempts: nothing is copied.
    fn scanned(&mut self, delivery: &Delivery<'_>) -> Option<Outcome> {
        let place = Place::of(delivery.topic.strip_suffix(RESULT_TOPIC)?);
        if !delivery.payload.is_usual() {
            return None;
        }
        let mut scratch = std::mem::take(&mut self.scratch.0).unwrap_or_default();
        let outcome = self.scanned_by(&mut scratch, &place, delivery);
        self.scratch.0 = Some(scratch);
        outcome
    }

    /// The payload is read before it is known from whom it is: what has to be looked at for either lies anywhere in
    /// memory, and is looked at together.
    fn scanned_by(
        &mut self,
        scanner: &mut Scanner,
        place: &Place<'_>,
        delivery: &Delivery<'_>,
    ) -> Option<Outcome> {
        let bytes = delivery.payload.as_bytes();
        let read = scan::Known {
            kind: Channel::Result,
            device: scan::Device::Asker,
            now: Some(self.now),
        };
        let heard = scanner
            .scan(bytes, &read)
            .and_then(|()| Heard::scanned(&scanner.fields, bytes));
        self.index.look_ahead(place, heard.as_ref());
        let fingerprint = delivery.fingerprint(place);
        // An attempt's address is that of a valid topic.
        let address = self.index.address(place);
        let known = address.filter(|address| self.index.is_known(*address))?;
        if self.index.is_settled(known, fingerprint) {
            return Some(self.result(place, address, fingerprint, None, &|| None, delivery));
        }
        let fields = &scanner.fields;
        let device = fields.place(Field::DeviceUid)?.of(bytes);
        let own = same(device, self.index.names(known).1.as_bytes());
        let whole = || match fields.message(Channel::Result, bytes) {
            Some(Message::Result(result)) => Some(result),
            _ => None,
        };
        let heard = heard.filter(|_| own)?;
        Some(self.result(place, address, fingerprint, Some(&heard), &whole, delivery))
    }

    /// The long way.
    fn read(&mut self, mut delivery: Delivery<'_>) -> Outcome {
        let options = Options {
            topic: Some(delivery.topic),
            lenient: true,
            now: Some(self.now),
            ..Options::default()
        };
        let Decoded {
            message,
            topic,
            diagnostics,
            ..
        } = decode(delivery.payload, &options);
        delivery.diagnostics = diagnostics;
        let Some(topic) = topic else {
            return self.invalid(Vec::new(), None, &delivery);
        };
        let text = topic.address();
        let place = Place::of(&text);
        let address = self.index.address(&place);
        let fingerprint = delivery.fingerprint(&place);
        match (topic.channel(), message) {
            (Channel::Command, Some(Message::Command(command))) => {
                self.command(address, &command, &delivery)
            }
            (Channel::Command, _) => self.invalid(Vec::new(), None, &delivery),
            (Channel::Result, Some(Message::Result(result))) => {
                let heard = Heard::of(&result);
                let whole = || Some(result.clone());
                self.result(
                    &place,
                    address,
                    fingerprint,
                    Some(&heard),
                    &whole,
                    &delivery,
                )
            }
            (Channel::Result, _) => {
                self.result(&place, address, fingerprint, None, &|| None, &delivery)
            }
        }
    }

    fn command(
        &mut self,
        address: Option<u32>,
        command: &Command,
        delivery: &Delivery<'_>,
    ) -> Outcome {
        let retained = if delivery.retained {
            Alerts::of(AlertCode::RetainedCommand)
        } else {
            Alerts::default()
        };
        let id = Id::of(&command.mid);
        let here = |slot: &Slot| {
            let record = self.index.get(*slot);
            record.is_some_and(|record| Some(record.address) == address)
        };
        let own = self.index.find(id).filter(here);
        let (disposition, touched, what, kind) = if let Some(own) = own {
            (Disposition::Echo, Some(own), What::Echo, EntryKind::Echo)
        } else {
            let mut open = self
                .on_subject(address, command)
                .filter(|(_, record)| record.state().is_open());
            (
                Disposition::ForeignCommand,
                open.next().map(|(slot, _)| slot),
                What::ForeignCommand,
                EntryKind::ForeignCommand,
            )
        };
        let note = Note {
            mid: Some((id, command.mid.as_str().as_bytes())),
            ..Note::of(kind)
        };
        let mut outcome = delivery.answer(disposition);
        match touched {
            Some(slot) => outcome.tell(self.apply_at(self.now, slot, what, &note, retained)),
            None => outcome.alerts = retained,
        }
        outcome
    }

    /// `heard` is not there if the result breaks a rule, or if it is settled; `whole` makes the message.
    fn result(
        &mut self,
        place: &Place<'_>,
        address: Option<u32>,
        fingerprint: Fingerprint,
        heard: Option<&Heard<'_>>,
        whole: &dyn Fn() -> Option<ResultMessage>,
        delivery: &Delivery<'_>,
    ) -> Outcome {
        let number = next_number(&mut self.number);
        let plain = heard.is_some() && delivery.diagnostics.is_empty();
        let (address, seen) = self.index.hear(place, address, fingerprint, number, plain);
        let result_id = seen.result_id();
        if seen.used() {
            return delivery.answer_about(result_id, Disposition::Duplicate);
        }
        let Some(heard) = heard else {
            self.index.use_up(address, result_id);
            let here = self.index.at(Some(address)).map(|(slot, _)| slot);
            return self.invalid(here.collect(), Some(result_id), delivery);
        };
        let arrival = Arrival {
            result_id,
            again: result_id != number,
            address,
            whole,
            delivery,
        };
        self.place(heard, arrival)
    }

    /// Finds the attempt of a valid result, and lets it take effect unless something speaks against it.
    fn place(&mut self, heard: &Heard<'_>, arrival: Arrival<'_>) -> Outcome {
        let (result_id, address) = (arrival.result_id, arrival.address);
        let note = |matched_by| Note {
            how: How::Result(matched_by, Some(heard.status)),
            result_id,
            mid: Some((heard.mid, heard.mid_text)),
            heard: Some(heard),
            ..Note::of(EntryKind::Result)
        };
        let (slot, by) = match correlate(&self.index, Some(address), heard) {
            Match::None => return self.unsolicited(arrival),
            Match::Ambiguous(slots) => return self.ambiguous(slots, note(None), &arrival),
            Match::Elsewhere(slot, by) => {
                self.index.use_up(address, result_id);
                let held = Held::because(Disposition::WrongSubject, AlertCode::WrongSubject);
                return self.hold(slot, note(Some(by)), held, arrival.delivery);
            }
            Match::One(slot, by) => (slot, by),
        };
        let Some(held) = self.reason_to_hold(slot, by, heard, &arrival) else {
            self.settle(address, result_id, arrival.again);
            return self.take_effect(slot, note(Some(by)), heard, arrival.delivery);
        };
        match held.disposition {
            // An early result is kept off for good: nothing can make it later.
            Disposition::Recorded => self.settle(address, result_id, arrival.again),
            Disposition::Suspect => self.keep_held(&held, (arrival.whole)(), &arrival),
            _ => self.keep_held(&held, None, &arrival),
        }
        self.hold(slot, note(Some(by)), held, arrival.delivery)
    }

    /// Belongs to nothing: kept and shown. A retained one is not used up.
    fn unsolicited(&mut self, arrival: Arrival<'_>) -> Outcome {
        let Arrival {
            result_id,
            address,
            delivery,
            ..
        } = arrival;
        let disposition = if delivery.retained {
            Disposition::Retained
        } else {
            self.index.use_up(address, result_id);
            Disposition::Unsolicited
        };
        let held = Held {
            disposition,
            alerts: Alerts::default(),
        };
        self.keep(LogKind::Unsolicited, result_id, &held, None, delivery);
        delivery.answer_about(result_id, disposition)
    }

    /// Fits several attempts: recorded on all.
    fn ambiguous(&mut self, slots: Vec<Slot>, note: Note<'_>, arrival: &Arrival<'_>) -> Outcome {
        // A retained delivery stays one: it cannot be assigned either.
        let (disposition, assignable) = if arrival.delivery.retained {
            (Disposition::Retained, None)
        } else {
            (Disposition::Ambiguous, (arrival.whole)())
        };
        let held = Held::because(disposition, AlertCode::Ambiguous);
        self.keep_held(&held, assignable, arrival);
        let note = Note {
            disposition: Some(disposition),
            ..note
        };
        for slot in &slots {
            self.record(*slot, &note, held.alerts);
        }
        Outcome {
            alerts: held.alerts,
            on: slots,
            ..arrival
                .delivery
                .answer_about(arrival.result_id, disposition)
        }
    }

    /// What never advances an attempt, though the result belongs to it.
    fn reason_to_hold(
        &self,
        slot: Slot,
        by: MatchedBy,
        heard: &Heard<'_>,
        arrival: &Arrival<'_>,
    ) -> Option<Held> {
        let record = self.index.get(slot)?;
        let retained =
            arrival.delivery.retained && !matches!(by, MatchedBy::Reply | MatchedBy::Mid);
        let too_old = heard.timestamp.saturating_add(TOLERANCE_MS) < record.timestamp;
        let too_new = heard.timestamp > self.now.saturating_add(TOLERANCE_MS);
        let suspect = by == MatchedBy::Subject && (too_old || too_new);
        // Seen for the first time, a result proves that an unpublished attempt has been sent.
        // Seen before, it was seen before the sending, if that has not happened yet.
        let early = arrival.again && record.seen_before_sending(arrival.result_id);
        // What comes first decides.
        let disposition = match (retained, suspect, early) {
            (true, ..) => Disposition::Retained,
            (_, true, _) => Disposition::Suspect,
            (_, _, true) => Disposition::Recorded,
            _ => return None,
        };
        let mut alerts = Alerts::default();
        for (raised, alert) in [
            (suspect, AlertCode::SuspectTime),
            (early, AlertCode::EarlyResult),
        ] {
            if raised {
                alerts.insert(alert);
            }
        }
        Some(Held {
            disposition,
            alerts,
        })
    }
}

/// A result that is no duplicate, on its way through.
pub(super) struct Arrival<'a> {
    pub result_id: u64,
    /// It has come before, and was held back then.
    again: bool,
    address: u32,
    /// Makes the whole message.
    whole: &'a dyn Fn() -> Option<ResultMessage>,
    pub delivery: &'a Delivery<'a>,
}

/// The scanner, which remembers the order of fields: nothing that anybody could see.
#[derive(Default)]
pub(super) struct Scratch(Option<Box<Scanner>>);

impl Clone for Scratch {
    fn clone(&self) -> Scratch {
        Scratch::default()
    }
}

impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scratch")
    }
}
