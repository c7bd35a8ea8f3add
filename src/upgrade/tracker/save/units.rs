//! Attempts, addresses, texts and logged deliveries as bytes. Patterns name every field and every
//! variant: none can be forgotten.

use super::super::super::alert::{AlertCode, Alerts};
use super::super::super::attempt::Attempt;
use super::super::super::bytes::{Saved, save_bytes};
use super::super::super::correlate::MatchedBy;
use super::super::super::index::{Fingerprint, Index, Seen};
use super::super::super::log::{LogKind, Logged};
use super::super::super::record::{Event, Fact, How, Id, Rare, Record, Slot};
use super::super::super::state::{Phase1, State};
use super::super::super::store::Sym;
use super::super::super::timeline::{Disposition, EntryKind};
use super::super::super::verify::{Evidence, Expected};
use super::{RANK, Saving, set, tag};
use crate::message::Status;

/// Structures: their fields in the order given.
macro_rules! fields {
    ($($name:ident { $($field:ident),* })*) => {$(
        impl Saved for $name {
            #[inline(never)]
            fn save(&self, to: &mut Vec<u8>) {
                let $name { $($field),* } = self;
                $($field.save(to);)*
            }

            #[inline(never)]
            fn restore(from: &mut &[u8]) -> Option<$name> {
                Some($name { $($field: Saved::restore(from)?),* })
            }
        }
    )*};
}

/// Enumerations without content: the byte given.
macro_rules! variants {
    ($($name:ident { $($variant:ident = $byte:literal),* })*) => {$(
        impl Saved for $name {
            fn save(&self, to: &mut Vec<u8>) {
                to.push(match self { $($name::$variant => $byte),* });
            }

            fn restore(from: &mut &[u8]) -> Option<$name> {
                match u8::restore(from)? {
                    $($byte => Some($name::$variant),)*
                    _ => None,
                }
            }
        }
    )*};
}

fields! {
    Logged { result_id, at, topic, payload, disposition, alerts, assignable }
    Expected { version, commit }
    Evidence { agrees, differs }
    Attempt {
        state, outcome, phase1, evidence, opened_at, sent_at, prepared_at, ended_at, denied,
        foreign_command
    }
}

variants! {
    State {
        Unpublished = 0, Sent = 1, Prepared = 2, Forbidden = 3, PrepareFailed = 4, Succeeded = 5,
        RolledBack = 6, RollbackFailed = 7, TimedOut = 8, Cancelled = 9, NotSent = 10, Refused = 11
    }
    Status {
        Forbidden = 1, Prepared = 2, PrepareFailed = 3, Succeeded = 4, RolledBack = 5,
        RollbackFailed = 6
    }
    Phase1 { Reported = 0, Inferred = 1 }
    LogKind { Unsolicited = 0, Suspect = 1, Invalid = 2 }
    MatchedBy { Reply = 0, Mid = 1, TraceId = 2, Subject = 3, Operator = 4 }
    Disposition {
        Advanced = 0, Recorded = 1, Duplicate = 2, Retained = 3, Suspect = 4, Ambiguous = 5,
        Unsolicited = 6, WrongSubject = 7, Invalid = 8, Echo = 9, ForeignCommand = 10
    }
    EntryKind {
        Opened = 0, Sent = 1, Acknowledged = 2, Echo = 3, NoEcho = 4, Refused = 5, Result = 6,
        ForeignCommand = 7, TimedOut = 8, NotSent = 9, Cancelled = 10, Superseded = 11,
        Assigned = 12
    }
    AlertCode {
        OutcomeWorsened = 0, OutcomeDiffers = 1, PreparedThenFailed = 2, ActedAfterCancel = 3,
        ActedThoughUnsent = 4, Superseded = 5, Ambiguous = 6, WrongSubject = 7, SuspectTime = 8,
        EarlyResult = 9, InvalidResult = 10, TargetDiffers = 11, VerificationMismatched = 12,
        ForeignCommand = 13, RetainedCommand = 14
    }
}

impl Saved for How {
    fn save(&self, to: &mut Vec<u8>) {
        match *self {
            How::Plainly => to.push(0),
            How::ReasonCode(code) => to.extend([1, code]),
            How::ConnectionLost => to.push(2),
            How::NoEcho => to.push(3),
            How::Other => to.push(4),
            How::Result(matched_by, status) => {
                to.push(5);
                matched_by.save(to);
                status.save(to);
            }
        }
    }

    fn restore(from: &mut &[u8]) -> Option<How> {
        Some(match u8::restore(from)? {
            0 => How::Plainly,
            1 => How::ReasonCode(u8::restore(from)?),
            2 => How::ConnectionLost,
            3 => How::NoEcho,
            4 => How::Other,
            5 => How::Result(Saved::restore(from)?, Saved::restore(from)?),
            _ => return None,
        })
    }
}

impl Saved for Seen {
    fn save(&self, to: &mut Vec<u8>) {
        let Fingerprint(parts) = self.fingerprint;
        parts.iter().for_each(|part| to.extend(part.to_be_bytes()));
        self.result_id().save(to);
        self.used().save(to);
    }

    fn restore(from: &mut &[u8]) -> Option<Seen> {
        let fingerprint = Fingerprint(restore_print(from)?);
        let (result_id, used) = (Saved::restore(from)?, Saved::restore(from)?);
        Some(Seen::new(fingerprint, result_id, used))
    }
}

pub(super) fn restore_print(from: &mut &[u8]) -> Option<[u32; 4]> {
    let print = u128::restore(from)?;
    Some([96, 64, 32, 0].map(|shift| (print >> shift) as u32))
}

impl Saving {
    /// Saves an attempt as it is, unless it is saved.
    pub(crate) fn attempt(&mut self, index: &Index, slot: Slot) {
        if self.saved.has(slot) {
            return;
        }
        self.saved.add(slot);
        let Some(record) = index.get(slot) else {
            return;
        };
        self.address(index, record.address);
        for text in texts_of(index, record) {
            self.text(index, text);
        }
        let number = |text: Sym| number(&self.texts, text);
        let mut unit = Vec::with_capacity(128);
        let to = &mut unit;
        let address = self.addresses.get(record.address as usize);
        record.order.save(to);
        record.id().0.save(to);
        u64::from(address.copied().unwrap_or_default()).save(to);
        record.timestamp.save(to);
        record.sent_mark.save(to);
        record.attempt().save(to);
        for text in [record.job, record.sub_device, record.running] {
            number(text).save(to);
        }
        record.rare.is_some().save(to);
        if let Some(rare) = &record.rare {
            let Rare {
                mid,
                trace,
                reply,
                extra,
            } = **rare;
            for text in [mid, trace, reply, extra] {
                number(text).save(to);
            }
        }
        u64::from(record.events).save(to);
        let mut before = 0;
        for event in index.events(record) {
            event
                .at()
                .wrapping_sub(std::mem::replace(&mut before, event.at()))
                .save(to);
            save_event(event, to);
            let fact = index.fact(event);
            fact.is_some().save(to);
            if let Some(fact) = fact {
                fact.result_id().save(to);
                fact.mid().save(to);
                number(fact.reported).save(to);
                number(fact.text).save(to);
            }
        }
        self.unit(tag::ATTEMPT, &mut |to| to.append(&mut unit));
    }

    /// Saves an address as it is, unless it is saved.
    pub(crate) fn address(&mut self, index: &Index, address: u32) {
        let known = self.addresses.get(address as usize).copied();
        let known = known.unwrap_or_default();
        if known != 0 && known & RANK == 0 {
            return;
        }
        let seen: Vec<Seen> = index.seen(address).copied().collect();
        if let Some(print) = index.idle_print(address) {
            self.unit(tag::IDLE, &mut |to| {
                u64::from(known & !RANK).save(to);
                print.iter().for_each(|part| to.extend(part.to_be_bytes()));
                seen.save(to);
            });
        } else {
            let (namespace, device) = index.names(address);
            self.text(index, namespace);
            let namespace = number(&self.texts, namespace);
            self.unit(tag::ADDRESS, &mut |to| {
                namespace.save(to);
                save_bytes(device.as_bytes(), to);
                seen.save(to);
            });
        }
        let next = self.next_address;
        self.next_address += 1;
        set(&mut self.addresses, address, next);
    }

    fn text(&mut self, index: &Index, text: Sym) {
        if text == Sym::NONE || number(&self.texts, text) != 0 {
            return;
        }
        self.unit(tag::TEXT, &mut |to| {
            to.extend_from_slice(index.texts.bytes(text))
        });
        let next = self.next_text;
        self.next_text += 1;
        set(&mut self.texts, text.0, next);
        self.fresh.push(text);
    }
}

/// The number of a text in what is saved; 0 for none.
fn number(texts: &[u32], Sym(text): Sym) -> u64 {
    texts.get(text as usize).copied().unwrap_or_default().into()
}

fn texts_of(index: &Index, record: &Record) -> Vec<Sym> {
    let mut texts = vec![record.job, record.sub_device, record.running];
    if let Some(rare) = &record.rare {
        texts.extend([rare.mid, rare.trace, rare.reply, rare.extra]);
    }
    for fact in index.events(record).filter_map(|event| index.fact(event)) {
        texts.extend([fact.reported, fact.text]);
    }
    texts
}

fn save_event(event: &Event, to: &mut Vec<u8>) {
    let Event {
        before: _,
        fact: _,
        after,
        alerts,
        kind,
        disposition,
        how,
        ..
    } = *event;
    u64::from(after).save(to);
    u64::from(alerts.bits()).save(to);
    kind.save(to);
    disposition.save(to);
    how.save(to);
}

fn small(from: &mut &[u8]) -> Option<u16> {
    u64::restore(from)?.try_into().ok()
}

/// An event, and its fact without texts, which are given by their numbers.
pub(super) fn restore_event(from: &mut &[u8], before: u64) -> Option<(Event, Option<Saves>)> {
    let at = before.wrapping_add(Saved::restore(from)?);
    let mut event = Event {
        after: small(from)?,
        alerts: Alerts::of_bits(small(from)?),
        kind: Saved::restore(from)?,
        disposition: Saved::restore(from)?,
        how: Saved::restore(from)?,
        ..Event::default()
    };
    event.set_at(at);
    if !bool::restore(from)? {
        return Some((event, None));
    }
    let mut fact = Fact::default();
    fact.set_result_id(Saved::restore(from)?);
    fact.set_mid(Saved::restore(from)?);
    let texts = [Saved::restore(from)?, Saved::restore(from)?];
    Some((event, Some(Saves { fact, texts })))
}

/// A fact as it is saved.
pub(super) struct Saves {
    pub fact: Fact,
    pub texts: [u64; 2],
}

/// An attempt as it is saved, up to its events.
pub(super) struct SavedAttempt {
    pub record: Record,
    pub address: u64,
    /// Of job, sub-device and what runs.
    pub texts: [u64; 3],
    pub rare: Option<[u64; 4]>,
    pub events: u64,
}

pub(super) fn restore_attempt(from: &mut &[u8]) -> Option<SavedAttempt> {
    let mut record = Record {
        order: Saved::restore(from)?,
        ..Record::default()
    };
    record.set_id(Id(Saved::restore(from)?));
    let address = Saved::restore(from)?;
    record.timestamp = Saved::restore(from)?;
    record.sent_mark = Saved::restore(from)?;
    record.set_attempt(&Attempt::restore(from)?);
    let mut number = || u64::restore(from);
    let texts = [number()?, number()?, number()?];
    let rare = if bool::restore(from)? {
        let mut number = || u64::restore(from);
        Some([number()?, number()?, number()?, number()?])
    } else {
        None
    };
    Some(SavedAttempt {
        record,
        address,
        texts,
        rare,
        events: Saved::restore(from)?,
    })
}
