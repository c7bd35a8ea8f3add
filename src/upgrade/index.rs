//! All attempts, found by id, address, trace id, deadline, and in the order of opening.

mod addresses;
mod ahead;
mod devices;
mod list;
mod queues;
mod seen;
mod timeline;

use super::attempt::Attempt;
use super::heard::Heard;
use super::job::{Job, restore_some};
use super::record::{Id, Rare, Record, Slot};
use super::state::{Deadlines, State};
use super::store::{Slab, Sym, Table, Texts};
use super::tracker::Saving;
use super::verify::{Expected, Verification};
use crate::message::{Command, Mid, Status};
use crate::topic::Topic;
use addresses::Addresses;
pub(crate) use addresses::Place;
use list::List;
pub(crate) use list::{Progress, Wanted};
use queues::Queue;
pub(crate) use seen::{Fingerprint, RESULTS, Seen};
pub(crate) use timeline::Note;
use timeline::Timelines;

/// Of more attempts than this, the tables grow as they come.
const MOST_RESERVED: u64 = 1 << 20;

/// How many attempts there are, by what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub total: usize,
    pub by_state: [usize; State::ALL.len()],
    /// Of those whose state is `succeeded`, by verification.
    pub verified: usize,
    pub mismatched: usize,
    pub unverified: usize,
    pub alerts: usize,
}

impl Tally {
    /// Counts an attempt in or out.
    #[inline]
    fn count(&mut self, attempt: &Attempt, add: impl Fn(&mut usize)) {
        if let Some(count) = self.by_state.get_mut(attempt.state as usize) {
            add(count);
        }
        // "A rollout counts verified alone as success": so nothing but a success is counted so.
        if attempt.state == State::Succeeded && attempt.outcome == Some(Status::Succeeded) {
            add(match attempt.snapshot().verification {
                Some(Verification::Verified) => &mut self.verified,
                Some(Verification::Mismatched) => &mut self.mismatched,
                Some(Verification::Unverified) | None => &mut self.unverified,
            });
        }
    }
}

/// The attempts with all that belongs to them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    pub deadlines: Deadlines,
    pub texts: Texts,
    records: Slab<Record>,
    by_id: Table,
    addresses: Addresses,
    timelines: Timelines,
    queues: [Queue; 3],
    /// In the order of expiry, with gaps; nobody has been told of `untold` of them.
    expired: Vec<Slot>,
    untold: usize,
    list: List,
    tally: Tally,
    /// A save that goes on while other things happen.
    pub saving: Option<Box<Saving>>,
}

/// What an attempt is opened with.
pub(crate) struct Opening<'a> {
    pub topic: &'a Topic,
    pub command: &'a Command,
    pub expected: &'a Expected,
    pub order: u64,
    pub attempt: Attempt,
}

fn hash(Id(id): Id) -> u32 {
    let folded = (id >> 64) as u64 ^ (id as u64).rotate_left(29);
    (folded.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32
}

impl Index {
    pub(crate) fn new(deadlines: Deadlines) -> Index {
        Index {
            deadlines,
            ..Index::default()
        }
    }

    /// How many attempts and how many addresses there are.
    pub(crate) fn numbers(&self) -> [u64; 2] {
        [self.by_id.used(), self.addresses.used()].map(|used| used as u64)
    }

    /// Makes room for what is about to be added, within limits: nobody vouches for the numbers.
    pub(crate) fn reserve(&mut self, [attempts, addresses]: [u64; 2]) {
        let most = |number: u64| number.min(MOST_RESERVED) as usize;
        self.by_id.reserve(most(attempts));
        self.addresses.reserve(most(addresses));
    }

    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    pub(crate) fn get(&self, slot: Slot) -> Option<&Record> {
        self.records.get(slot)
    }

    pub(crate) fn find(&self, id: Id) -> Option<Slot> {
        let is = |slot: &Slot| {
            self.records
                .get(*slot)
                .is_some_and(|record| record.id() == id)
        };
        self.by_id.under(hash(id)).find(is)
    }

    pub(crate) fn job(&self, record: &Record) -> Job<'_> {
        Job::read(self.texts.bytes(record.job)).unwrap_or_default()
    }

    /// The `mid` as it was written.
    pub(crate) fn mid(&self, record: &Record) -> String {
        let written = record.rare.as_ref().map_or(Sym::NONE, |rare| rare.mid);
        match self.texts.some(written) {
            Some(written) => written.to_owned(),
            None => Mid::text_of(record.id().0),
        }
    }

    /// Adds an attempt; its id and its order are free.
    pub(crate) fn open(&mut self, opening: &Opening<'_>) -> Slot {
        let Opening {
            topic,
            command,
            expected,
            order,
            attempt,
        } = opening;
        let address = self.keep_address(topic);
        let mut record = Record {
            order: *order,
            timestamp: command.timestamp,
            address,
            job: self.texts.keep(&Job::bytes(command, expected)),
            sub_device: self.texts.keep_some(command.sub_device_uid.as_deref()),
            rare: self.rare(command),
            ..Record::default()
        };
        record.set_id(Id::of(&command.mid));
        record.set_attempt(attempt);
        let slot = self.add(record);
        self.list_it(slot);
        self.link_deadline(slot);
        slot
    }

    fn rare(&mut self, command: &Command) -> Option<Box<Rare>> {
        use super::bytes::Saved;
        let plain = Mid::text_of(command.mid.as_u128()) == command.mid.as_str();
        let texts = &mut self.texts;
        let mut extra = Vec::new();
        if !command.extra.is_empty() {
            command.extra.save(&mut extra);
        }
        let rare = Rare {
            mid: texts.keep_some((!plain).then(|| command.mid.as_str())),
            trace: texts.keep_some(command.trace_id.as_deref()),
            reply: texts.keep_some(command.reply.as_deref()),
            extra: if extra.is_empty() {
                Sym::NONE
            } else {
                texts.keep(&extra)
            },
        };
        (rare != Rare::default()).then(|| Box::new(rare))
    }

    /// Adds an attempt to the tables; [`Index::list_it`] and [`Index::link_deadline`] do the rest.
    pub(crate) fn add(&mut self, record: Record) -> Slot {
        let (id, trace, address) = (record.id(), record.trace(), record.address);
        let slot = self.records.put(record);
        if let Some(saving) = &mut self.saving {
            saving.is_new(slot);
        }
        self.by_id.add(hash(id), slot);
        self.texts.trace(trace, slot, true);
        self.join_address(address, slot);
        self.tally.total += 1;
        if let Some(record) = self.records.get(slot) {
            self.tally.alerts += usize::from(record.alerts);
            self.tally.count(&record.attempt(), |count| *count += 1);
        }
        slot
    }

    /// Takes an attempt out, and with the last one its address.
    pub(crate) fn remove(&mut self, slot: Slot) {
        self.touch(slot);
        self.hush(slot);
        self.unlink_deadline(slot);
        self.tally.total -= 1;
        if let Some(record) = self.records.get(slot) {
            self.tally.alerts -= usize::from(record.alerts);
            self.tally.count(&record.attempt(), |count| *count -= 1);
        }
        self.unlist(slot);
        self.clear_timeline(slot);
        self.leave_address(slot);
        let record = self.records.take(slot);
        self.by_id.remove(hash(record.id()), slot);
        self.texts.trace(record.trace(), slot, false);
        for text in [record.job, record.sub_device, record.running] {
            self.texts.release(text);
        }
        if let Some(rare) = record.rare {
            for text in [rare.mid, rare.trace, rare.reply, rare.extra] {
                self.texts.release(text);
            }
        }
    }

    /// Puts an attempt into another state than `before`.
    pub(crate) fn set_attempt(&mut self, slot: Slot, before: &Attempt, next: &Attempt) {
        self.touch(slot);
        let [was_due, due] = [before, next].map(|attempt| attempt.deadline(&self.deadlines));
        if was_due != due
            && let Some(was_due) = was_due
        {
            self.leave_queue(slot, was_due.kind as usize);
        }
        if let Some(record) = self.records.get_mut(slot) {
            record.set_attempt(next);
        }
        self.tally.count(before, |count| *count -= 1);
        self.tally.count(next, |count| *count += 1);
        if before.state != next.state {
            self.list_state(slot, before.state, next.state);
        }
        if was_due != due
            && let Some(due) = due
        {
            self.join_queue(slot, due.at, due.kind as usize);
        }
    }

    pub(crate) fn mark_sent(&mut self, slot: Slot, number: u64) {
        if let Some(record) = self.records.get_mut(slot) {
            record.sent_mark = number;
        }
    }

    /// What the device reports to run now.
    pub(crate) fn running(&self, record: &Record) -> Expected {
        use super::bytes::Saved;
        let mut bytes = self.texts.bytes(record.running);
        Expected::restore(&mut bytes).unwrap_or_default()
    }

    /// What a result says of that takes the place of what was said before, field by field.
    pub(crate) fn set_running(&mut self, slot: Slot, heard: &Heard<'_>) {
        self.touch(slot);
        let Some(record) = self.records.get_mut(slot) else {
            return;
        };
        let before = record.running;
        record.running = match (heard.final_version, heard.final_commit) {
            (Some(_), Some(_)) => self.texts.keep_written(&|to| heard.running([None; 2], to)),
            _ => {
                let said = self.texts.bytes(before).to_owned();
                let from = &mut said.as_slice();
                let said = [restore_some(from), restore_some(from)].map(Option::flatten);
                self.texts.keep_written(&|to| heard.running(said, to))
            }
        };
        self.texts.release(before);
    }

    /// Before an attempt changes: a save that is under way keeps it as it is.
    pub(crate) fn touch(&mut self, slot: Slot) {
        if self.saving.is_some() {
            self.save_first(|saving, index| saving.attempt(index, slot));
        }
    }

    fn touch_address(&mut self, address: u32) {
        if self.saving.is_some() {
            self.save_first(|saving, index| saving.address(index, address));
        }
    }

    #[cold]
    #[inline(never)]
    fn save_first(&mut self, save: impl FnOnce(&mut Saving, &Index)) {
        if let Some(mut saving) = self.saving.take() {
            save(&mut saving, self);
            saving.hold(self);
            self.saving = Some(saving);
        }
    }
}
