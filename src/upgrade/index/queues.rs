//! Deadlines: a queue for each kind. All attempts of a queue wait equally long from a moment that
//! never runs backwards, so whoever comes last is due last; nothing has to be sorted.
//!
//! An attempt that leaves a queue only empties its place: its neighbours lie anywhere in memory.

use super::super::record::Slot;
use super::super::store::{NONE, sort};
use super::Index;

/// Empty places in a queue before the others may close up.
const EMPTY: usize = 1_024;
/// How many places there may be for each that waits. Closing up looks at all who wait, anywhere in memory: so it
/// comes to a seventh of a look for each that leaves.
const ROOM: usize = 8;

/// Attempts that wait for the same kind of deadline, the first due first.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    /// Every attempt knows its place; [`NONE`] is an empty one.
    places: Vec<Slot>,
    waiting: usize,
    /// Where the first is.
    first: usize,
    /// Nobody is due before.
    due: u64,
    /// When the one is due that is due last of all that have come.
    last: u64,
}

impl Default for Queue {
    fn default() -> Queue {
        Queue {
            places: Vec::new(),
            waiting: 0,
            first: 0,
            due: u64::MAX,
            last: 0,
        }
    }
}

impl Queue {
    /// Who waits at a place.
    pub(super) fn at(&self, place: u32) -> Option<Slot> {
        self.places.get(place as usize).copied()
    }
}

impl Index {
    /// When an attempt is due, and in which queue it waits.
    fn due_at(&self, slot: Slot) -> Option<(u64, usize)> {
        let deadline = self.get(slot)?.attempt().deadline(&self.deadlines)?;
        Some((deadline.at, deadline.kind as usize))
    }

    fn first_due(&self, queue: &Queue) -> Option<u64> {
        let first = queue.places.get(queue.first)?;
        self.due_at(*first).map(|(at, _)| at)
    }

    pub(crate) fn next_deadline(&self) -> Option<u64> {
        let firsts = self.queues.iter();
        firsts.filter_map(|queue| self.first_due(queue)).min()
    }

    /// The next deadline, if it has come. Mostly nobody has to be looked at for that.
    pub(crate) fn deadline_by(&mut self, now: u64) -> Option<u64> {
        if self.queues.iter().all(|queue| queue.due > now) {
            return None;
        }
        let dues = self.queues.each_ref().map(|queue| self.first_due(queue));
        for (queue, due) in self.queues.iter_mut().zip(dues) {
            queue.due = due.unwrap_or(u64::MAX);
        }
        let next = self.queues.iter().map(|queue| queue.due).min();
        next.filter(|next| *next <= now)
    }

    /// All attempts that are due at the next deadline, those opened first before others.
    pub(crate) fn all_due_at(&self, at: u64) -> Vec<Slot> {
        let mut due = Vec::new();
        for queue in &self.queues {
            let places = queue.places.get(queue.first..).unwrap_or_default();
            for slot in places.iter().filter(|slot| **slot != NONE) {
                if self.due_at(*slot).is_none_or(|(due, _)| due != at) {
                    break;
                }
                due.push((self.get(*slot).map_or(0, |record| record.order), *slot));
            }
        }
        sort(&mut due);
        due.into_iter().map(|(_, slot)| slot).collect()
    }

    /// Takes an attempt out of its queue, if it is in one.
    pub(super) fn unlink_deadline(&mut self, slot: Slot) {
        if let Some((_, kind)) = self.due_at(slot) {
            self.leave_queue(slot, kind);
        }
    }

    pub(super) fn leave_queue(&mut self, slot: Slot, kind: usize) {
        let Some(place) = self.put_in_place(slot, NONE) else {
            return;
        };
        let Some(queue) = self.queues.get_mut(kind) else {
            return;
        };
        let Some(empty) = queue.places.get_mut(place as usize) else {
            return;
        };
        *empty = NONE;
        queue.waiting -= 1;
        if queue.places.len() > ROOM * queue.waiting + EMPTY {
            queue.places.retain(|slot| *slot != NONE);
            queue.first = 0;
            self.renumber(kind, 0);
        }
        self.find_first(kind);
    }

    /// Tells an attempt its place; gives the one that it had.
    fn put_in_place(&mut self, slot: Slot, place: u32) -> Option<u32> {
        let record = self.records.get_mut(slot)?;
        Some(std::mem::replace(&mut record.place, place))
    }

    /// Tells those from a place on where they are.
    #[inline(never)]
    fn renumber(&mut self, kind: usize, from: usize) {
        let Some(queue) = self.queues.get_mut(kind) else {
            return;
        };
        for (place, slot) in (0..).zip(&queue.places).skip(from) {
            if let Some(record) = self.records.get_mut(*slot) {
                record.place = place;
            }
        }
    }

    /// Goes on to the first that waits.
    fn find_first(&mut self, kind: usize) {
        let Some(queue) = self.queues.get_mut(kind) else {
            return;
        };
        if queue.waiting == 0 {
            *queue = Queue::default();
        }
        let rest = queue.places.get(queue.first..).unwrap_or_default();
        let empty = rest.iter().take_while(|slot| **slot == NONE).count();
        queue.first += empty;
    }

    /// An attempt has expired, which is to be told.
    pub(crate) fn expire(&mut self, slot: Slot) {
        let place = self.expired.len() as u32;
        if self.put_in_place(slot, place).is_some() {
            self.expired.push(slot);
            self.untold += 1;
        }
    }

    /// The attempts that have expired and of which nobody has been told, in that order.
    pub(crate) fn untold(&self) -> impl Iterator<Item = Slot> {
        self.expired.iter().copied().filter(|slot| *slot != NONE)
    }

    pub(crate) fn has_untold(&self) -> bool {
        self.untold > 0
    }

    /// All have been told.
    pub(crate) fn told(&mut self) {
        self.untold = 0;
        for slot in std::mem::take(&mut self.expired) {
            self.put_in_place(slot, NONE);
        }
    }

    /// Nobody will be told of an attempt that is taken out.
    pub(super) fn hush(&mut self, slot: Slot) {
        let Some(record) = self.get(slot).filter(|record| !record.state().is_open()) else {
            return;
        };
        let place = record.place as usize;
        if let Some(place) = self.expired.get_mut(place) {
            *place = NONE;
            self.untold -= 1;
        }
    }

    /// Queues an attempt that is in no queue: at the end, where its place nearly always is.
    pub(crate) fn link_deadline(&mut self, slot: Slot) {
        if let Some((at, kind)) = self.due_at(slot) {
            self.join_queue(slot, at, kind);
        }
    }

    pub(super) fn join_queue(&mut self, slot: Slot, at: u64, kind: usize) {
        let Some(queue) = self.queues.get(kind) else {
            return;
        };
        let mut place = queue.places.len();
        if at < queue.last {
            let later = |slot: &Slot| self.due_at(*slot).is_none_or(|(other, _)| other > at);
            while let Some((last, _)) = queue.places.get(..place).and_then(<[Slot]>::split_last)
                && later(last)
            {
                place -= 1;
            }
        }
        let Some(queue) = self.queues.get_mut(kind) else {
            return;
        };
        let at_end = place == queue.places.len();
        queue.places.insert(place, slot);
        queue.waiting += 1;
        queue.last = queue.last.max(at);
        queue.due = queue.due.min(at);
        if at_end {
            self.put_in_place(slot, place as u32);
        } else {
            queue.first = queue.first.min(place);
            self.renumber(kind, place);
            self.find_first(kind);
        }
    }

    /// Queues all of `slots`, none of which is in a queue.
    pub(crate) fn link_deadlines(&mut self, slots: &[Slot]) {
        let due = slots
            .iter()
            .filter_map(|slot| Some((self.due_at(*slot)?.0, *slot)));
        let mut due: Vec<(u64, u32)> = due.collect();
        sort(&mut due);
        for (_, slot) in due {
            self.link_deadline(slot);
        }
    }
}
