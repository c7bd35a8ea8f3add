//! Deadlines: a queue for each kind. All attempts of a queue wait equally long from a moment that
//! never runs backwards, so whoever comes last is due last; nothing has to be sorted.

use super::super::record::{Links, Slot};
use super::super::store::{NONE, sort};
use super::Index;

/// Attempts that wait for the same kind of deadline, the first due first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Queue {
    first: Slot,
    last: Slot,
}

impl Default for Queue {
    fn default() -> Queue {
        Queue {
            first: NONE,
            last: NONE,
        }
    }
}

impl Index {
    /// When an attempt is due, and in which queue it waits.
    fn due_at(&self, slot: Slot) -> Option<(u64, usize)> {
        let deadline = self.get(slot)?.attempt().deadline(&self.deadlines)?;
        Some((deadline.at, deadline.kind as usize))
    }

    pub(crate) fn next_deadline(&self) -> Option<u64> {
        let firsts = self.queues.iter().map(|queue| queue.first);
        firsts
            .filter_map(|slot| self.due_at(slot))
            .map(|(at, _)| at)
            .min()
    }

    /// All attempts that are due at the next deadline, those opened first before others.
    pub(crate) fn all_due_at(&self, at: u64) -> Vec<Slot> {
        let mut due = Vec::new();
        for queue in &self.queues {
            let mut slot = queue.first;
            while let Some(record) = self.get(slot)
                && self.due_at(slot).is_some_and(|(due, _)| due == at)
            {
                due.push((record.order, slot));
                slot = record.queue.after;
            }
        }
        sort(&mut due);
        due.into_iter().map(|(_, slot)| slot).collect()
    }

    pub(super) fn unlink_deadline(&mut self, slot: Slot) {
        let Some((_, kind)) = self.due_at(slot) else {
            return;
        };
        let links = self.get(slot).map(|record| record.queue);
        let Links { before, after } = links.unwrap_or_default();
        self.join(kind, before, after);
        if let Some(record) = self.records.get_mut(slot) {
            record.queue = Links::default();
        }
    }

    /// An attempt has expired, which is to be told.
    pub(crate) fn expire(&mut self, slot: Slot) {
        let place = self.expired.len() as u32;
        if let Some(record) = self.records.get_mut(slot) {
            record.queue.after = place;
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
            if let Some(record) = self.records.get_mut(slot) {
                record.queue = Links::default();
            }
        }
    }

    /// Nobody will be told of an attempt that is taken out.
    pub(super) fn hush(&mut self, slot: Slot) {
        let Some(record) = self.get(slot).filter(|record| !record.state().is_open()) else {
            return;
        };
        let place = record.queue.after as usize;
        if let Some(place) = self.expired.get_mut(place) {
            *place = NONE;
            self.untold -= 1;
        }
    }

    /// Queues an attempt that is in no queue: from the end, where its place nearly always is.
    pub(crate) fn link_deadline(&mut self, slot: Slot) {
        let Some((at, kind)) = self.due_at(slot) else {
            return;
        };
        let mut before = self.queues.get(kind).map_or(NONE, |queue| queue.last);
        let mut after = NONE;
        while self.due_at(before).is_some_and(|(other, _)| other > at) {
            after = before;
            before = self.get(before).map_or(NONE, |record| record.queue.before);
        }
        self.join(kind, before, slot);
        self.join(kind, slot, after);
    }

    /// Makes two neighbours; [`NONE`] is beyond either end.
    fn join(&mut self, kind: usize, before: Slot, after: Slot) {
        let Some(queue) = self.queues.get_mut(kind) else {
            return;
        };
        match self.records.get_mut(before) {
            Some(record) => record.queue.after = after,
            None => queue.first = after,
        }
        match self.records.get_mut(after) {
            Some(record) => record.queue.before = before,
            None => queue.last = before,
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
