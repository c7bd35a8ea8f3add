//! The whole state as bytes, and back.
//!
//! A saved state is a stream of units, each behind its length, cut into [chunks](chunks): first what
//! the tracker itself remembers and its logs, then the attempts in the order of opening, each preceded
//! by the texts and the address that it is the first to name, then the addresses without attempts.
//!
//! A save may go on while other things happen: what is about to change is written first, so that all
//! units together are the state as it was when the save began.

use super::super::bytes::Saved;
use super::super::index::{Index, Progress};
use super::super::log::{Log, LogKind, Logged};
use super::super::record::Slot;
use super::super::state::Deadlines;
use super::super::store::{Bits, Sym};
use super::Tracker;
use crate::diagnostic::Error;
use chunks::Chunks;

mod chunks;
mod restore;
mod units;

pub(crate) use restore::Restoring;

/// Numbers beyond this are none that a tracker has counted to.
const COUNTABLE: u64 = 1 << 53;

/// In the numbers of addresses: it is no number, but the place among those without attempts.
const RANK: u32 = 1 << 31;

/// What begins a unit.
mod tag {
    pub(super) const TRACKER: u8 = 0;
    pub(super) const LOG: u8 = 1;
    pub(super) const LOGGED: u8 = 2;
    pub(super) const TEXT: u8 = 3;
    pub(super) const ADDRESS: u8 = 4;
    pub(super) const IDLE: u8 = 5;
    pub(super) const ATTEMPT: u8 = 6;
    pub(super) const END: u8 = 7;
}

impl Tracker {
    /// The whole state, in chunks of less than 1 MiB, for [`Tracker::restore`].
    #[must_use]
    pub fn save(&self) -> Vec<Vec<u8>> {
        let mut chunks = Vec::new();
        self.save_each(|chunk| chunks.push(chunk));
        chunks
    }

    /// As [`Tracker::save`], chunk by chunk.
    pub(crate) fn save_each(&self, mut take: impl FnMut(Vec<u8>)) {
        let mut saving = Saving::of(self);
        while let Some(chunk) = saving.chunk(&self.index) {
            take(chunk);
        }
    }

    /// Begins to save the state as it is now. [`Tracker::saved_chunk`] then gives it piece by piece,
    /// while the tracker goes on. A save that was under way is given up.
    pub fn begin_save(&mut self) {
        self.end_save();
        self.index.saving = Some(Box::new(Saving::of(self)));
    }

    /// The next chunk, of less than 1 MiB, of the state at [`Tracker::begin_save`]. `None` when that was
    /// the last, or nothing is being saved.
    pub fn saved_chunk(&mut self) -> Option<Vec<u8>> {
        let mut saving = self.index.saving.take()?;
        let chunk = saving.chunk(&self.index);
        saving.hold(&mut self.index);
        self.index.saving = Some(saving);
        if chunk.is_none() {
            self.end_save();
        }
        chunk
    }

    fn end_save(&mut self) {
        let saving = self.index.saving.take();
        for text in saving.into_iter().flat_map(|saving| saving.held) {
            self.index.texts.release(text);
        }
    }

    /// A tracker as [`Tracker::save`] left it, with deadlines that count from the same moments, at the time `now`.
    ///
    /// # Errors
    /// `saved-state-foreign` for what is no saved state, `saved-state-version` for that of a later
    /// version, `saved-state-damaged` when chunks are damaged, cut, missing, out of order or of
    /// different saves.
    pub fn restore<C: AsRef<[u8]>>(
        chunks: &[C],
        deadlines: Deadlines,
        now: u64,
    ) -> Result<Tracker, Error> {
        let mut restoring = Restoring::new(deadlines);
        for chunk in chunks {
            restoring.take(chunk.as_ref())?;
        }
        restoring.finish(now)
    }
}

/// A state on its way into bytes.
#[derive(Clone, Debug)]
pub(crate) struct Saving {
    chunks: Chunks,
    /// Units not yet in a chunk.
    units: Vec<u8>,
    /// The texts' and addresses' numbers in what is saved; 0 for those not yet saved.
    texts: Vec<u32>,
    addresses: Vec<u32>,
    next_text: u32,
    next_address: u32,
    /// Attempts that are saved, or are younger than the save.
    saved: Bits,
    progress: Progress,
    /// Addresses without attempts, as they were when the save began, and how far it is with them.
    idle: Vec<u32>,
    idle_saved: usize,
    /// Texts that were saved and not yet held; those that stay as long as the save goes on.
    fresh: Vec<Sym>,
    held: Vec<Sym>,
    ended: bool,
}

impl Saving {
    fn of(tracker: &Tracker) -> Saving {
        let index = &tracker.index;
        let mut saving = Saving {
            chunks: Chunks::default(),
            units: Vec::new(),
            texts: vec![0; index.texts.numbers() as usize],
            addresses: vec![0; index.address_numbers() as usize],
            next_text: 1,
            next_address: 1,
            saved: Bits::default(),
            progress: Progress::default(),
            idle: index.idle().collect(),
            idle_saved: 0,
            fresh: Vec::new(),
            held: Vec::new(),
            ended: false,
        };
        for (rank, address) in (0..).zip(&saving.idle) {
            if let Some(number) = saving.addresses.get_mut(*address as usize) {
                *number = RANK | rank;
            }
        }
        let order = |slot| index.get(slot).map(|record| record.order);
        let untold: Vec<u64> = index.untold().filter_map(order).collect();
        saving.unit(tag::TRACKER, &mut |to| {
            tracker.now.save(to);
            tracker.number.save(to);
            tracker.opened.save(to);
            untold.save(to);
            index.numbers().iter().for_each(|number| number.save(to));
        });
        for (kind, Log { dropped, entries }) in LogKind::ALL.into_iter().zip(&tracker.logs) {
            saving.unit(tag::LOG, &mut |to| {
                kind.save(to);
                dropped.save(to);
            });
            for logged in entries {
                saving.unit(tag::LOGGED, &mut |to| {
                    kind.save(to);
                    Logged::save(logged, to);
                });
            }
        }
        saving
    }

    /// Appends a unit behind its length.
    #[inline(never)]
    fn unit(&mut self, tag: u8, write: &mut dyn FnMut(&mut Vec<u8>)) {
        let mut unit = vec![tag];
        write(&mut unit);
        (unit.len() as u64).save(&mut self.units);
        self.units.append(&mut unit);
    }

    /// The next chunk; `None` after the last.
    fn chunk(&mut self, index: &Index) -> Option<Vec<u8>> {
        if self.ended {
            return None;
        }
        let last = loop {
            if self.units.len() >= chunks::PAYLOAD {
                break false;
            }
            if !self.more(index) {
                self.unit(tag::END, &mut |_| {});
                break self.units.len() <= chunks::PAYLOAD;
            }
        };
        let rest = self.units.split_off(self.units.len().min(chunks::PAYLOAD));
        let payload = std::mem::replace(&mut self.units, rest);
        self.ended = last;
        Some(self.chunks.cut(&payload, last))
    }

    /// Saves an attempt or an address that is not saved yet, if there is any.
    fn more(&mut self, index: &Index) -> bool {
        if let Some(slot) = index.next_listed(&mut self.progress) {
            self.attempt(index, slot);
            return true;
        }
        let address = self.idle.get(self.idle_saved).copied();
        self.idle_saved += 1;
        if let Some(address) = address {
            self.address(index, address);
        }
        address.is_some()
    }

    /// What is new does not belong to the state that is being saved.
    pub(crate) fn is_new(&mut self, slot: Slot) {
        self.saved.add(slot);
    }

    pub(crate) fn is_new_address(&mut self, address: u32) {
        set(&mut self.addresses, address, !RANK);
    }

    /// Keeps the texts that were saved: their numbers must not come to mean others.
    pub(crate) fn hold(&mut self, index: &mut Index) {
        for text in self.fresh.drain(..) {
            index.texts.again(text);
            self.held.push(text);
        }
    }
}

/// Sets the number at a place, which may be new.
fn set(numbers: &mut Vec<u32>, at: u32, to: u32) {
    let at = at as usize;
    if numbers.len() <= at {
        numbers.resize(at + 1, 0);
    }
    if let Some(number) = numbers.get_mut(at) {
        *number = to;
    }
}
