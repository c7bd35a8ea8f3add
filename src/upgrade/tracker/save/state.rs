//! What a tracker remembers, as bytes. Patterns name every field and every variant: none can be forgotten.

use super::super::super::alert::AlertCode;
use super::super::super::attempt::Attempt;
use super::super::super::correlate::MatchedBy;
use super::super::super::index::{Id, Record};
use super::super::super::log::Logged;
use super::super::super::memory::{AddressKey, Fingerprint, Recent, Seen};
use super::super::super::state::{Phase1, Snapshot, State};
use super::super::super::timeline::{
    Disposition, Entry, EntryKind, Facts, RefusalReason, Reported,
};
use super::super::super::verify::{Evidence, Expected, Verification};
use super::bytes::Saved;
use crate::decode::{Input, Options, decode};
use crate::message::{Command, Message, Status};
use crate::topic::Topic;

/// Structures: their fields in the order given.
macro_rules! fields {
    ($($name:ident { $($field:ident),* })*) => {$(
        impl Saved for $name {
            fn save(&self, to: &mut Vec<u8>) {
                let $name { $($field),* } = self;
                $($field.save(to);)*
            }

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

/// Numbers of 128 bits with a name.
macro_rules! numbers {
    ($($name:ident)*) => {$(
        impl Saved for $name {
            fn save(&self, to: &mut Vec<u8>) {
                self.0.save(to);
            }

            fn restore(from: &mut &[u8]) -> Option<$name> {
                u128::restore(from).map($name)
            }
        }
    )*};
}

numbers! { Id Fingerprint AddressKey }

fields! {
    Seen { fingerprint, result_id, used }
    Recent { seen, heard, kept }
    Logged { result_id, at, topic, payload, disposition, alerts, assignable }
    Entry { at, kind, before, after, alerts, facts }
    Facts { disposition, matched_by, result_id, mid, reported, reason }
    Reported { status, final_version, final_commit, target_version, target_commit }
    Expected { version, commit }
    Evidence { agrees, differs }
    Snapshot { state, outcome, verification, phase1 }
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
    Verification { Verified = 0, Mismatched = 1, Unverified = 2 }
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

impl Saved for RefusalReason {
    fn save(&self, to: &mut Vec<u8>) {
        match self {
            RefusalReason::ReasonCode { code } => to.extend([0, *code]),
            RefusalReason::ConnectionLost => to.push(1),
            RefusalReason::NoEcho => to.push(2),
            RefusalReason::Other { text } => {
                to.push(3);
                text.save(to);
            }
        }
    }

    fn restore(from: &mut &[u8]) -> Option<RefusalReason> {
        match u8::restore(from)? {
            0 => u8::restore(from).map(|code| RefusalReason::ReasonCode { code }),
            1 => Some(RefusalReason::ConnectionLost),
            2 => Some(RefusalReason::NoEcho),
            3 => String::restore(from).map(|text| RefusalReason::Other { text }),
            _ => None,
        }
    }
}

/// Topic and command in the protocol's own form. What follows from other fields is worked out again.
impl Saved for Record {
    fn save(&self, to: &mut Vec<u8>) {
        let Record {
            order,
            topic,
            address: _,
            command,
            expected,
            attempt,
            sent_mark,
            running,
            timeline,
            alerts: _,
        } = self;
        order.save(to);
        topic.to_string().save(to);
        Message::Command(command.clone()).encode().save(to);
        expected.save(to);
        attempt.save(to);
        sent_mark.save(to);
        running.save(to);
        timeline.save(to);
    }

    fn restore(from: &mut &[u8]) -> Option<Record> {
        let order = u64::restore(from)?;
        let topic = String::restore(from)?;
        let command = read_command(&String::restore(from)?, &topic)?;
        let topic = Topic::parse(&topic).ok()?;
        let mut record = Record {
            order,
            address: topic.address(),
            topic,
            command,
            expected: Saved::restore(from)?,
            attempt: Saved::restore(from)?,
            sent_mark: Saved::restore(from)?,
            running: Saved::restore(from)?,
            timeline: Saved::restore(from)?,
            alerts: 0,
        };
        record.alerts = record.timeline.iter().map(|entry| entry.alerts.len()).sum();
        Some(record)
    }
}

fn read_command(text: &str, topic: &str) -> Option<Command> {
    let options = Options {
        topic: Some(topic),
        max_bytes: Some(usize::MAX),
        ..Options::default()
    };
    match decode(Input::bytes(text.as_bytes()), &options).message? {
        Message::Command(command) => Some(command),
        Message::Result(_) => None,
    }
}
