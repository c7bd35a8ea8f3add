//! The attempts and the ways to find them.

use std::collections::{BTreeMap, BTreeSet};

use super::attempt::Attempt;
use super::state::{Deadlines, State};
use super::timeline::{Entry, MAX_ENTRIES};
use super::verify::{Expected, Verification};
use crate::message::{Command, Mid, Status};
use crate::topic::Topic;

/// An attempt's id: its command's `mid` as 128 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id(pub(super) u128);

impl Id {
    pub(crate) fn of(mid: &Mid) -> Id {
        Id(mid.as_u128())
    }
}

/// An attempt with all that belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    /// Position in the order of opening.
    pub order: u64,
    pub topic: Topic,
    pub address: String,
    pub command: Command,
    pub expected: Expected,
    pub attempt: Attempt,
    /// The tracker's running number when it was first known to be sent: tells which results were
    /// seen before, and which attempt on a subject was sent last.
    pub sent_mark: Option<u64>,
    /// What the device reports to run now.
    pub running: Expected,
    pub timeline: Vec<Entry>,
    /// Alerts on the timeline.
    pub alerts: usize,
}

impl Record {
    pub(crate) fn id(&self) -> Id {
        Id::of(&self.command.mid)
    }

    /// Whether a result was first seen before the attempt was sent; all were, if it has not been.
    pub(crate) fn seen_before_sending(&self, result_id: u64) -> bool {
        self.sent_mark.is_none_or(|mark| result_id < mark)
    }

    fn same_subject(&self, command: &Command) -> bool {
        self.command.sub_device_uid == command.sub_device_uid
            && self.command.data.source == command.data.source
    }

    /// Whether this very result is already on the timeline, with the same answer and no effect.
    pub(crate) fn has(&self, entry: &Entry) -> bool {
        let same = |known: &&Entry| known.facts == entry.facts && known.alerts == entry.alerts;
        entry.facts.result_id.is_some()
            && entry.before == entry.after
            && self.timeline.iter().any(|known| same(&known))
    }

    /// Adds to the timeline, unless that is full and the entry tells of no change.
    pub(crate) fn note(&mut self, entry: Entry) {
        if self.timeline.len() < MAX_ENTRIES || entry.before != entry.after {
            self.alerts += entry.alerts.len();
            self.timeline.push(entry);
        }
    }
}

/// How many attempts there are, by what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub by_state: [usize; State::ALL.len()],
    /// Of those whose state is `succeeded`, by verification.
    pub verified: usize,
    pub mismatched: usize,
    pub unverified: usize,
    pub alerts: usize,
}

/// All attempts, found by id, address, trace id, deadline and order of opening.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    deadlines: Deadlines,
    records: BTreeMap<Id, Record>,
    by_address: BTreeMap<String, BTreeSet<(u64, Id)>>,
    by_trace: BTreeMap<String, BTreeSet<Id>>,
    by_deadline: BTreeSet<(u64, u64, Id)>,
    by_order: BTreeMap<u64, Id>,
    tally: Tally,
}

impl Index {
    pub(crate) fn new(deadlines: Deadlines) -> Index {
        Index {
            deadlines,
            ..Index::default()
        }
    }

    pub(crate) fn deadlines(&self) -> &Deadlines {
        &self.deadlines
    }

    pub(crate) fn get(&self, id: Id) -> Option<&Record> {
        self.records.get(&id)
    }

    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// In the order of opening.
    pub(crate) fn at_address(&self, address: &str) -> impl Iterator<Item = &Record> {
        self.by_address
            .get(address)
            .into_iter()
            .flatten()
            .filter_map(|(_, id)| self.records.get(id))
    }

    pub(crate) fn with_trace(&self, trace: &str) -> impl Iterator<Item = &Record> {
        self.by_trace
            .get(trace)
            .into_iter()
            .flatten()
            .filter_map(|id| self.records.get(id))
    }

    /// The attempts for the same subject as `command`, in the order of opening.
    pub(crate) fn on_subject<'a>(
        &'a self,
        address: &str,
        command: &'a Command,
    ) -> impl Iterator<Item = &'a Record> {
        self.at_address(address)
            .filter(|record| record.same_subject(command))
    }

    /// In the order of opening.
    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = &Record> {
        self.by_order.values().filter_map(|id| self.records.get(id))
    }

    /// Those opened before the one at `order`, newest first.
    pub(crate) fn newest_before(&self, order: u64) -> impl Iterator<Item = &Record> {
        self.by_order
            .range(..order)
            .rev()
            .filter_map(|(_, id)| self.records.get(id))
    }

    /// The next deadline and whose it is.
    pub(crate) fn first_deadline(&self) -> Option<(u64, Id)> {
        self.by_deadline.first().map(|(at, _, id)| (*at, *id))
    }

    /// Adds an attempt; its id is free.
    pub(crate) fn insert(&mut self, record: Record) {
        let (id, order) = (record.id(), record.order);
        self.by_address
            .entry(record.address.clone())
            .or_default()
            .insert((order, id));
        if let Some(trace) = &record.command.trace_id {
            self.by_trace.entry(trace.clone()).or_default().insert(id);
        }
        self.by_order.insert(order, id);
        self.link(&record);
        self.records.insert(id, record);
    }

    /// Takes an attempt out; tells whether it was the last at its address.
    pub(crate) fn remove(&mut self, id: Id) -> Option<(Record, bool)> {
        let record = self.records.remove(&id)?;
        self.unlink(&record);
        self.by_order.remove(&record.order);
        if let Some(trace) = &record.command.trace_id {
            take(&mut self.by_trace, trace, &id);
        }
        let last = take(&mut self.by_address, &record.address, &(record.order, id));
        Some((record, last))
    }

    /// Changes an attempt; neither its command nor its place.
    pub(crate) fn change<T>(&mut self, id: Id, change: impl FnOnce(&mut Record) -> T) -> Option<T> {
        let mut record = self.records.remove(&id)?;
        self.unlink(&record);
        let answer = change(&mut record);
        self.link(&record);
        self.records.insert(id, record);
        Some(answer)
    }

    fn link(&mut self, record: &Record) {
        if let Some(deadline) = record.attempt.deadline(&self.deadlines) {
            self.by_deadline
                .insert((deadline.at, record.order, record.id()));
        }
        self.count(record, |count, by| *count += by);
    }

    fn unlink(&mut self, record: &Record) {
        if let Some(deadline) = record.attempt.deadline(&self.deadlines) {
            self.by_deadline
                .remove(&(deadline.at, record.order, record.id()));
        }
        self.count(record, |count, by| *count -= by);
    }

    fn count(&mut self, record: &Record, add: fn(&mut usize, usize)) {
        let state = record.attempt.state;
        if let Some(count) = self.tally.by_state.get_mut(state as usize) {
            add(count, 1);
        }
        add(&mut self.tally.alerts, record.alerts);
        // "A rollout counts verified alone as success": so nothing but a success is counted as verified.
        if state == State::Succeeded && record.attempt.outcome == Some(Status::Succeeded) {
            match record.attempt.snapshot().verification {
                Some(Verification::Verified) => add(&mut self.tally.verified, 1),
                Some(Verification::Mismatched) => add(&mut self.tally.mismatched, 1),
                Some(Verification::Unverified) | None => add(&mut self.tally.unverified, 1),
            }
        }
    }
}

/// Takes `value` out of the set at `key`; tells whether that left nothing.
fn take<V: Ord>(sets: &mut BTreeMap<String, BTreeSet<V>>, key: &str, value: &V) -> bool {
    let Some(set) = sets.get_mut(key) else {
        return false;
    };
    set.remove(value);
    let empty = set.is_empty();
    if empty {
        sets.remove(key);
    }
    empty
}
