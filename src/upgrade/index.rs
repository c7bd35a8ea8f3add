//! The attempts and the ways to find them.

use std::collections::{BTreeMap, BTreeSet};

use super::attempt::Attempt;
use super::memory::AddressKey;
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

/// What numbers or fingerprints lead to, in order. One type for all of them: each kind of tree has its
/// code in the WebAssembly once more.
pub(crate) type Links = BTreeSet<(u64, u128)>;

/// Where the links of a text begin. Two texts may share it, so what is found is compared.
fn fingerprint(text: &str) -> u64 {
    (AddressKey::of(text).0 >> 64) as u64
}

/// All attempts, found by id, address, trace id, deadline and order of opening.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    deadlines: Deadlines,
    records: BTreeMap<u128, Box<Record>>,
    /// Order and id.
    by_order: Links,
    /// Fingerprint and order.
    by_address: Links,
    /// Fingerprint and id.
    by_trace: Links,
    /// Moment and order.
    by_deadline: Links,
    tally: Tally,
}

/// What of an attempt is linked and counted, and may change.
#[derive(Clone, Copy)]
struct Standing {
    order: u64,
    deadline: Option<u64>,
    state: State,
    /// How a success compares with what was expected. "A rollout counts verified alone as success":
    /// so nothing but a success is counted as verified.
    success: Option<Verification>,
    alerts: usize,
}

impl Standing {
    fn of(record: &Record, deadlines: &Deadlines) -> Standing {
        let attempt = &record.attempt;
        let succeeded =
            attempt.state == State::Succeeded && attempt.outcome == Some(Status::Succeeded);
        let verification = attempt.snapshot().verification;
        Standing {
            order: record.order,
            deadline: attempt.deadline(deadlines).map(|deadline| deadline.at),
            state: attempt.state,
            success: succeeded.then(|| verification.unwrap_or(Verification::Unverified)),
            alerts: record.alerts,
        }
    }
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
        self.records.get(&id.0).map(Box::as_ref)
    }

    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    fn opened_as(&self, order: u64) -> Option<Id> {
        first_at(&self.by_order, order).map(Id)
    }

    /// In the order of opening.
    pub(crate) fn at_address(&self, address: &str) -> impl Iterator<Item = &Record> {
        all_at(&self.by_address, fingerprint(address))
            .filter_map(|order| self.get(self.opened_as(order as u64)?))
            .filter(move |record| record.address == address)
    }

    pub(crate) fn with_trace(&self, trace: &str) -> impl Iterator<Item = &Record> {
        all_at(&self.by_trace, fingerprint(trace))
            .filter_map(|id| self.get(Id(id)))
            .filter(move |record| record.command.trace_id.as_deref() == Some(trace))
    }

    /// The attempts for the same subject as `command`, in the order of opening.
    pub(crate) fn on_subject<'a>(
        &'a self,
        address: &'a str,
        command: &'a Command,
    ) -> impl Iterator<Item = &'a Record> {
        self.at_address(address)
            .filter(|record| record.same_subject(command))
    }

    /// In the order of opening.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Record> {
        self.by_order.iter().filter_map(|(_, id)| self.get(Id(*id)))
    }

    /// Those opened before the one at `order`, newest first.
    pub(crate) fn newest_before(&self, order: u64) -> impl Iterator<Item = &Record> {
        self.by_order
            .range(..(order, 0))
            .rev()
            .filter_map(|(_, id)| self.get(Id(*id)))
    }

    /// The next deadline and whose it is; of several, the one that was opened first.
    pub(crate) fn first_deadline(&self) -> Option<(u64, Id)> {
        let (at, order) = self.by_deadline.first()?;
        Some((*at, self.opened_as(*order as u64)?))
    }

    /// Adds an attempt; its id and its order are free.
    pub(crate) fn insert(&mut self, record: Record) {
        let (Id(id), order) = (record.id(), record.order);
        self.by_order.insert((order, id));
        self.by_address
            .insert((fingerprint(&record.address), order.into()));
        if let Some(trace) = &record.command.trace_id {
            self.by_trace.insert((fingerprint(trace), id));
        }
        self.link(Standing::of(&record, &self.deadlines));
        self.records.insert(id, Box::new(record));
    }

    /// Takes an attempt out; tells whether it was the last at its address.
    pub(crate) fn remove(&mut self, Id(id): Id) -> Option<(Record, bool)> {
        let record = self.records.remove(&id)?;
        self.unlink(Standing::of(&record, &self.deadlines));
        self.by_order.remove(&(record.order, id));
        if let Some(trace) = &record.command.trace_id {
            self.by_trace.remove(&(fingerprint(trace), id));
        }
        self.by_address
            .remove(&(fingerprint(&record.address), record.order.into()));
        let last = self.at_address(&record.address).next().is_none();
        Some((*record, last))
    }

    /// Changes an attempt; neither its command nor its place.
    pub(crate) fn change<T>(&mut self, id: Id, change: impl FnOnce(&mut Record) -> T) -> Option<T> {
        let record = self.records.get_mut(&id.0)?;
        let before = Standing::of(record, &self.deadlines);
        let answer = change(record);
        let after = Standing::of(record, &self.deadlines);
        self.unlink(before);
        self.link(after);
        Some(answer)
    }

    fn link(&mut self, standing: Standing) {
        if let Some(at) = standing.deadline {
            self.by_deadline.insert((at, standing.order.into()));
        }
        self.count(standing, |count, by| *count += by);
    }

    fn unlink(&mut self, standing: Standing) {
        if let Some(at) = standing.deadline {
            self.by_deadline.remove(&(at, standing.order.into()));
        }
        self.count(standing, |count, by| *count -= by);
    }

    fn count(&mut self, standing: Standing, add: fn(&mut usize, usize)) {
        let tally = &mut self.tally;
        if let Some(count) = tally.by_state.get_mut(standing.state as usize) {
            add(count, 1);
        }
        add(&mut tally.alerts, standing.alerts);
        match standing.success {
            Some(Verification::Verified) => add(&mut tally.verified, 1),
            Some(Verification::Mismatched) => add(&mut tally.mismatched, 1),
            Some(Verification::Unverified) => add(&mut tally.unverified, 1),
            None => {}
        }
    }
}

/// What is linked at `at`, in order.
fn all_at(links: &Links, at: u64) -> impl Iterator<Item = u128> {
    links
        .range((at, 0)..=(at, u128::MAX))
        .map(|(_, linked)| *linked)
}

fn first_at(links: &Links, at: u64) -> Option<u128> {
    all_at(links, at).next()
}
