//! What happened to each attempt, in order: events of fixed size, linked.

use super::super::alert::Alerts;
use super::super::bytes::Saved;
use super::super::heard::Heard;
use super::super::record::{Event, Fact, How, Id, Record, Slot, pack, unpack};
use super::super::state::{Snapshot, State};
use super::super::store::{NONE, Slab, Sym};
use super::super::timeline::{
    Disposition, Entry, EntryKind, Facts, MAX_ENTRIES, RefusalReason, Reported,
};
use super::Index;
use crate::message::Mid;

/// All events of all attempts.
#[derive(Clone, Debug, Default)]
pub(super) struct Timelines {
    events: Slab<Event>,
    facts: Slab<Fact>,
}

/// What is to be put on a timeline.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Note<'a> {
    pub kind: EntryKind,
    pub how: How,
    pub disposition: Option<Disposition>,
    /// 0 for none.
    pub result_id: u64,
    /// Of the result, of the other command, or of the attempt that took this one's place.
    pub mid: Option<(Id, &'a [u8])>,
    /// Whose versions and commits are kept.
    pub heard: Option<&'a Heard<'a>>,
    /// A reason in words.
    pub text: Option<&'a str>,
}

impl Note<'_> {
    pub(crate) fn of(kind: EntryKind) -> Note<'static> {
        Note {
            kind,
            how: How::Plainly,
            disposition: None,
            result_id: 0,
            mid: None,
            heard: None,
            text: None,
        }
    }
}

/// What tells a small letter from a capital.
const LOWER: u8 = 0x20;

/// How an attempt stands before anything has happened to it.
const OPENED: Snapshot = Snapshot {
    state: State::Unpublished,
    outcome: None,
    verification: None,
    phase1: None,
};

impl Index {
    /// The events of an attempt, the newest first.
    fn events_back(&self, record: &Record) -> impl Iterator<Item = &Event> {
        let mut next = record.last_event;
        std::iter::from_fn(move || {
            let event = self.timelines.events.get(next)?;
            next = event.before;
            Some(event)
        })
    }

    /// The events of an attempt; its opening is none of them.
    pub(crate) fn events(&self, record: &Record) -> impl Iterator<Item = &Event> {
        let events: Vec<&Event> = self.events_back(record).collect();
        events.into_iter().rev()
    }

    pub(crate) fn fact(&self, event: &Event) -> Option<&Fact> {
        self.timelines.facts.get(event.fact)
    }

    /// Adds to a timeline, unless that is full and nothing has changed.
    pub(crate) fn note(
        &mut self,
        slot: Slot,
        at: u64,
        [before, after]: [&Snapshot; 2],
        alerts: Alerts,
        note: &Note<'_>,
    ) {
        self.touch(slot);
        let Some(record) = self.get(slot) else { return };
        // The opening counts as well.
        if usize::from(record.events) + 1 >= MAX_ENTRIES && before == after {
            return;
        }
        let fact = self.fact_of(note);
        let mut event = Event {
            fact: fact.map_or(NONE, |fact| self.timelines.facts.put(fact)),
            after: pack(after),
            alerts,
            kind: note.kind,
            disposition: note.disposition,
            how: note.how,
            ..Event::default()
        };
        event.set_at(at);
        self.append(slot, event);
    }

    fn append(&mut self, slot: Slot, mut event: Event) {
        let Some(record) = self.records.get_mut(slot) else {
            return;
        };
        event.before = record.last_event;
        record.last_event = self.timelines.events.put(event);
        record.events = record.events.saturating_add(1);
        record.alerts = record.alerts.saturating_add(event.alerts.count());
        self.tally.alerts += usize::from(event.alerts.count());
    }

    fn fact_of(&mut self, note: &Note<'_>) -> Option<Fact> {
        if note.result_id == 0 && note.mid.is_none() && note.text.is_none() {
            return None;
        }
        let mut fact = Fact::default();
        fact.set_result_id(note.result_id);
        if let Some((Id(mid), written)) = note.mid {
            fact.set_mid(mid);
            // Nothing but the case of letters is free, and of all that may stand there capitals alone lack this bit.
            if written.iter().fold(LOWER, |all, byte| all & byte) == 0 {
                fact.text = self.texts.keep(written);
            }
        }
        if let Some(text) = note.text {
            fact.text = self.texts.keep(text.as_bytes());
        }
        if let Some(heard) = note.heard {
            fact.reported = self.texts.keep_written(&|to| heard.reported(to));
        }
        Some(fact)
    }

    /// Whether this very result is already on the timeline, with the same answer and no effect.
    pub(crate) fn has(&self, slot: Slot, alerts: Alerts, note: &Note<'_>) -> bool {
        let Some(record) = self.get(slot).filter(|_| note.result_id != 0) else {
            return false;
        };
        self.events_back(record).any(|event| {
            event.how == note.how
                && event.alerts == alerts
                && event.disposition == note.disposition
                && self
                    .fact(event)
                    .is_some_and(|fact| fact.result_id() == note.result_id)
        })
    }

    /// The whole timeline, in the form in which it is told.
    pub(crate) fn timeline(&self, record: &Record) -> Vec<Entry> {
        let opened = Entry {
            at: record.attempt().opened_at,
            kind: EntryKind::Opened,
            before: OPENED,
            after: OPENED,
            alerts: Vec::new(),
            facts: Facts::default(),
        };
        let mut before = OPENED;
        let told = self.events(record).map(|event| {
            let after = unpack(event.after);
            Entry {
                at: event.at(),
                kind: event.kind,
                before: std::mem::replace(&mut before, after),
                after,
                alerts: event.alerts.iter().collect(),
                facts: self.facts_of(event),
            }
        });
        let mut timeline = vec![opened];
        timeline.extend(told);
        timeline
    }

    fn facts_of(&self, event: &Event) -> Facts {
        let fact = self.fact(event);
        let text = fact.map_or(Sym::NONE, |fact| fact.text);
        let words = self.texts.some(text).map(str::to_owned);
        let mut facts = Facts {
            disposition: event.disposition,
            ..Facts::default()
        };
        match event.how {
            How::Plainly => {}
            How::Result(matched_by, status) => {
                facts.matched_by = matched_by;
                facts.reported = status.map(|status| {
                    let sym = fact.map_or(Sym::NONE, |fact| fact.reported);
                    let mut bytes = self.texts.bytes(sym);
                    let mut text = || Saved::restore(&mut bytes).unwrap_or_default();
                    Box::new(Reported {
                        status,
                        final_version: text(),
                        final_commit: text(),
                        target_version: text(),
                        target_commit: text(),
                    })
                });
            }
            How::ReasonCode(code) => facts.reason = Some(RefusalReason::ReasonCode { code }),
            How::ConnectionLost => facts.reason = Some(RefusalReason::ConnectionLost),
            How::NoEcho => facts.reason = Some(RefusalReason::NoEcho),
            How::Other => {
                let text = words.clone().unwrap_or_default();
                facts.reason = Some(RefusalReason::Other { text });
            }
        }
        if let Some(fact) = fact {
            facts.result_id = (fact.result_id() != 0).then(|| fact.result_id());
            let of_message = matches!(event.how, How::Result(_, Some(_)))
                || matches!(
                    event.kind,
                    EntryKind::Echo | EntryKind::ForeignCommand | EntryKind::Superseded
                );
            if of_message {
                facts.mid = words.or_else(|| Some(Mid::text_of(fact.mid())));
            }
        }
        facts
    }

    pub(super) fn clear_timeline(&mut self, slot: Slot) {
        let mut next = self.get(slot).map_or(NONE, |record| record.last_event);
        while next != NONE {
            let event = self.timelines.events.take(next);
            next = event.before;
            if event.fact != NONE {
                let fact = self.timelines.facts.take(event.fact);
                self.texts.release(fact.reported);
                self.texts.release(fact.text);
            }
        }
    }

    /// When and how an attempt expired, if it did.
    pub(crate) fn expiry(&self, record: &Record) -> Option<(Snapshot, Snapshot)> {
        let mut before = OPENED;
        self.events(record).find_map(|event| {
            let after = unpack(event.after);
            let before = std::mem::replace(&mut before, after);
            let expired = matches!(event.kind, EntryKind::TimedOut | EntryKind::NotSent);
            expired.then_some((before, after))
        })
    }

    /// Adds an event that was saved, with its fact.
    pub(crate) fn put_back(&mut self, slot: Slot, mut event: Event, fact: Option<Fact>) {
        event.fact = fact.map_or(NONE, |fact| self.timelines.facts.put(fact));
        self.append(slot, event);
    }
}
