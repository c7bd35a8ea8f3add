//! How an attempt and what happened to it are kept: in few bytes.

use super::alert::Alerts;
use super::attempt::Attempt;
use super::correlate::MatchedBy;
use super::state::{Phase1, Snapshot, State};
use super::store::{NONE, Sym};
use super::timeline::{Disposition, EntryKind, RefusalReason};
use super::verify::{Evidence, Verification};
use crate::message::{Mid, Status};

/// An attempt's id: its command's `mid` as 128 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id(pub(super) u128);

impl Id {
    pub(crate) fn of(mid: &Mid) -> Id {
        Id(mid.as_u128())
    }
}

/// The number under which the index keeps an attempt.
pub(crate) type Slot = u32;

/// An attempt. A million of them lie anywhere in memory: two cache lines each, and no more.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(crate) struct Record {
    pub id: [u64; 2],
    /// Position in the order of opening, counted from the first ever.
    pub order: u64,
    /// The command's.
    pub timestamp: u64,
    /// Opened, sent, prepared, ended: whether the last three are there is in `flags`.
    pub times: [u64; 4],
    /// The tracker's running number when it was first known to be sent, 0 if it is not: tells which
    /// results were seen before, and which attempt on a subject was sent last.
    pub sent_mark: u64,
    /// Its place in the list of attempts.
    pub position: u32,
    pub address: u32,
    /// What it shares with others: a [`Job`](super::job::Job).
    pub job: Sym,
    pub sub_device: Sym,
    /// What the device reports to run now: an `Expected` in bytes.
    pub running: Sym,
    pub last_event: u32,
    /// Its place among those that wait for the same kind of deadline; once it has expired and as long as
    /// nobody has been told, its place among those.
    pub place: u32,
    /// Neighbours at the address.
    pub here: Links,
    pub flags: u16,
    pub events: u16,
    /// Alerts on the timeline.
    pub alerts: u16,
    pub rare: Option<Box<Rare>>,
}

/// Neighbours in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Links {
    pub before: u32,
    pub after: u32,
}

impl Default for Links {
    fn default() -> Links {
        Links {
            before: NONE,
            after: NONE,
        }
    }
}

/// What few commands carry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rare {
    /// The `mid` as written, if not in lower case.
    pub mid: Sym,
    pub trace: Sym,
    pub reply: Sym,
    /// Members that the protocol does not name, in bytes.
    pub extra: Sym,
}

impl Default for Record {
    fn default() -> Record {
        Record {
            id: [0; 2],
            order: u64::MAX,
            timestamp: 0,
            times: [0; 4],
            sent_mark: 0,
            position: NONE,
            address: NONE,
            job: Sym::NONE,
            sub_device: Sym::NONE,
            running: Sym::NONE,
            last_event: NONE,
            place: NONE,
            here: Links::default(),
            flags: 0,
            events: 0,
            alerts: 0,
            rare: None,
        }
    }
}

const SENT: u16 = 1 << 9;
const PREPARED: u16 = 1 << 10;
const ENDED: u16 = 1 << 11;
const DENIED: u16 = 1 << 12;
const FOREIGN_COMMAND: u16 = 1 << 13;
const AGREES: u16 = 1 << 14;
const DIFFERS: u16 = 1 << 15;

impl Record {
    pub(crate) fn id(&self) -> Id {
        let [high, low] = self.id;
        Id(u128::from(high) << 64 | u128::from(low))
    }

    pub(crate) fn set_id(&mut self, Id(id): Id) {
        self.id = [(id >> 64) as u64, id as u64];
    }

    pub(crate) fn state(&self) -> State {
        state(self.flags)
    }

    /// What the state machine knows of it.
    pub(crate) fn attempt(&self) -> Attempt {
        let [opened_at, sent_at, prepared_at, ended_at] = self.times;
        let is = |flag| self.flags & flag != 0;
        Attempt {
            state: state(self.flags),
            outcome: outcome(self.flags),
            phase1: phase1(self.flags >> 7),
            evidence: Evidence {
                agrees: is(AGREES),
                differs: is(DIFFERS),
            },
            opened_at,
            sent_at: is(SENT).then_some(sent_at),
            prepared_at: is(PREPARED).then_some(prepared_at),
            ended_at: is(ENDED).then_some(ended_at),
            denied: is(DENIED),
            foreign_command: is(FOREIGN_COMMAND),
        }
    }

    pub(crate) fn set_attempt(&mut self, attempt: &Attempt) {
        let Attempt {
            state,
            outcome,
            phase1,
            evidence: Evidence { agrees, differs },
            opened_at,
            sent_at,
            prepared_at,
            ended_at,
            denied,
            foreign_command,
        } = *attempt;
        let flag = |is, flag| if is { flag } else { 0 };
        let some = |time: Option<u64>| time.unwrap_or_default();
        self.times = [opened_at, some(sent_at), some(prepared_at), some(ended_at)];
        self.flags = state as u16
            | outcome.map_or(0, |outcome| u16::from(outcome.code())) << 4
            | phase1.map_or(0, |phase1| phase1 as u16 + 1) << 7
            | flag(agrees, AGREES)
            | flag(differs, DIFFERS)
            | flag(sent_at.is_some(), SENT)
            | flag(prepared_at.is_some(), PREPARED)
            | flag(ended_at.is_some(), ENDED)
            | flag(denied, DENIED)
            | flag(foreign_command, FOREIGN_COMMAND);
    }

    /// Whether a result was first seen before the attempt was sent; all were, if it has not been.
    pub(crate) fn seen_before_sending(&self, result_id: u64) -> bool {
        self.sent_mark == 0 || result_id < self.sent_mark
    }

    pub(crate) fn trace(&self) -> Sym {
        self.rare.as_ref().map_or(Sym::NONE, |rare| rare.trace)
    }
}

fn state(bits: u16) -> State {
    let state = State::ALL.get(usize::from(bits & 15));
    state.copied().unwrap_or(State::Unpublished)
}

fn outcome(bits: u16) -> Option<Status> {
    Status::from_code((bits >> 4 & 7) as u8)
}

fn phase1(bits: u16) -> Option<Phase1> {
    match bits & 3 {
        1 => Some(Phase1::Reported),
        2 => Some(Phase1::Inferred),
        _ => None,
    }
}

/// A snapshot in 11 bits.
pub(crate) fn pack(snapshot: &Snapshot) -> u16 {
    let Snapshot {
        state,
        outcome,
        verification,
        phase1,
    } = *snapshot;
    state as u16
        | outcome.map_or(0, |outcome| u16::from(outcome.code())) << 4
        | verification.map_or(0, |verification| verification as u16 + 1) << 7
        | phase1.map_or(0, |phase1| phase1 as u16 + 1) << 9
}

pub(crate) fn unpack(bits: u16) -> Snapshot {
    Snapshot {
        state: state(bits),
        outcome: outcome(bits),
        verification: match bits >> 7 & 3 {
            1 => Some(Verification::Verified),
            2 => Some(Verification::Mismatched),
            3 => Some(Verification::Unverified),
            _ => None,
        },
        phase1: phase1(bits >> 9),
    }
}

/// One thing that happened. How the attempt stood before is in the event before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub at: [u32; 2],
    /// The one before it: nothing but the newest is touched when there is another.
    pub before: u32,
    /// Number of the [`Fact`], if there is one.
    pub fact: u32,
    /// A [`Snapshot`].
    pub after: u16,
    pub alerts: Alerts,
    pub kind: EntryKind,
    pub disposition: Option<Disposition>,
    pub how: How,
}

/// What is known of an event besides, by kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// Nothing.
    Plainly,
    /// A result with this status, tied to the attempt by this, or breaking the rules.
    Result(Option<MatchedBy>, Option<Option<Status>>),
    ReasonCode(u8),
    ConnectionLost,
    NoEcho,
    /// For another reason, given in the fact's text.
    Other,
}

/// What is known of a result, another command or a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fact {
    result_id: [u32; 2],
    mid: [u32; 4],
    /// The versions and commits that a result names, in bytes.
    pub reported: Sym,
    /// The `mid` as written, if not in lower case; a reason in words.
    pub text: Sym,
}

impl Default for Event {
    fn default() -> Event {
        Event {
            at: [0; 2],
            before: NONE,
            fact: NONE,
            after: 0,
            alerts: Alerts::default(),
            kind: EntryKind::Opened,
            disposition: None,
            how: How::Plainly,
        }
    }
}

impl Default for Fact {
    fn default() -> Fact {
        Fact {
            result_id: [0; 2],
            mid: [0; 4],
            reported: Sym::NONE,
            text: Sym::NONE,
        }
    }
}

fn halves(number: u64) -> [u32; 2] {
    [number as u32, (number >> 32) as u32]
}

fn whole([low, high]: [u32; 2]) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

impl Event {
    pub(crate) fn at(&self) -> u64 {
        whole(self.at)
    }

    pub(crate) fn set_at(&mut self, at: u64) {
        self.at = halves(at);
    }
}

impl Fact {
    /// 0 if it is of no result.
    pub(crate) fn result_id(&self) -> u64 {
        whole(self.result_id)
    }

    pub(crate) fn set_result_id(&mut self, number: u64) {
        self.result_id = halves(number);
    }

    /// 0 if there is none.
    pub(crate) fn mid(&self) -> u128 {
        let [a, b, c, d] = self.mid;
        u128::from(whole([c, d])) << 64 | u128::from(whole([a, b]))
    }

    pub(crate) fn set_mid(&mut self, mid: u128) {
        let ([a, b], [c, d]) = (halves(mid as u64), halves((mid >> 64) as u64));
        self.mid = [a, b, c, d];
    }
}

impl How {
    pub(crate) fn of_reason(reason: &RefusalReason) -> How {
        match reason {
            RefusalReason::ReasonCode { code } => How::ReasonCode(*code),
            RefusalReason::ConnectionLost => How::ConnectionLost,
            RefusalReason::NoEcho => How::NoEcho,
            RefusalReason::Other { .. } => How::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "At most 400 bytes an attempt": these are most of them.
    #[test]
    fn sizes() {
        assert_eq!(size_of::<Event>(), 24);
        assert_eq!(size_of::<Fact>(), 32);
        assert_eq!(size_of::<Record>(), 128);
    }

    #[test]
    fn snapshots() {
        for bits in 0..1 << 11 {
            let snapshot = unpack(bits);
            assert_eq!(unpack(pack(&snapshot)), snapshot);
        }
    }
}
