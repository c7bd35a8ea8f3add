//! The attempts in the order of opening, as a page shows them: all of them, those in a state, those of
//! some devices.

use super::super::record::Slot;
use super::super::state::State;
use super::super::store::{Bits, NONE};
use super::Index;
use super::devices::{Devices, Names, SAMPLED};

/// Places in the order of opening. Those of attempts that are gone stay empty until there are many.
#[derive(Clone, Debug, Default)]
pub(super) struct List {
    slots: Vec<Slot>,
    live: Bits,
    states: [Bits; State::ALL.len()],
    devices: Devices,
    gone: usize,
    /// How often attempts have got other places.
    moves: u32,
}

/// How far somebody is who goes through the list bit by bit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Progress {
    /// Of the next attempt at least.
    order: u64,
    position: u32,
    moves: u32,
}

/// Of a state that so few attempts are in, the names of all are looked at.
const FEW: usize = 512;

/// Which attempts to list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    /// Opened before the one of this order.
    pub before: u64,
    pub state: Option<State>,
    /// Beginning of the device's name.
    pub device: Option<&'a str>,
}

impl Index {
    fn by_name(&self) -> Names<'_> {
        Names { index: self }
    }

    pub(super) fn slot_at(&self, position: u32) -> Slot {
        let slot = self.list.slots.get(position as usize);
        slot.copied().unwrap_or(NONE)
    }

    /// Puts the latest attempt at the end of the list.
    pub(crate) fn list_it(&mut self, slot: Slot) {
        let position = self.list.slots.len() as u32;
        let Some(record) = self.records.get_mut(slot) else {
            return;
        };
        record.position = position;
        let state = record.state();
        self.list.slots.push(slot);
        self.list.live.add(position);
        if let Some(bits) = self.list.states.get_mut(state as usize) {
            bits.add(position);
        }
        let mut devices = std::mem::take(&mut self.list.devices);
        devices.add(position, self.by_name());
        self.list.devices = devices;
    }

    /// Puts all attempts into an empty list, in that order.
    pub(crate) fn list_all(&mut self, slots: &[Slot]) {
        let count = slots.len() as u64;
        // Spread evenly, whatever regularity there is in the order.
        let some = (0..count / SAMPLED).map(|n| n * 0x9E37_79B9 % count);
        let record = |n: u64| self.get(*slots.get(n as usize)?);
        let names = some.filter_map(|n| Some(self.device(record(n)?)));
        self.list.devices = Devices::for_names_like(&names.collect::<Vec<&str>>());
        self.list.slots.reserve(slots.len());
        for slot in slots {
            self.list_it(*slot);
        }
    }

    /// Whether the attempt at a position is listed among those in a state.
    pub(super) fn is_listed(&self, position: u32, state: State) -> bool {
        let bits = self.list.states.get(state as usize);
        bits.is_some_and(|bits| bits.has(position))
    }

    pub(super) fn list_state(&mut self, slot: Slot, before: State, after: State) {
        let Some(position) = self.get(slot).map(|record| record.position) else {
            return;
        };
        if position == NONE {
            return;
        }
        if let Some(bits) = self.list.states.get_mut(before as usize) {
            bits.remove(position);
        }
        if let Some(bits) = self.list.states.get_mut(after as usize) {
            bits.add(position);
        }
    }

    /// Empties an attempt's place; when many are empty, moves the others together.
    pub(super) fn unlist(&mut self, slot: Slot) {
        let Some(record) = self.get(slot) else { return };
        let (position, state) = (record.position, record.state());
        self.list.live.remove(position);
        if let Some(bits) = self.list.states.get_mut(state as usize) {
            bits.remove(position);
        }
        self.list.gone += 1;
        if self.list.gone > 1_024 + self.list.slots.len() / 2 {
            self.close_up();
        }
    }

    #[inline(never)]
    fn close_up(&mut self) {
        let list = std::mem::take(&mut self.list);
        let mut places = vec![NONE; list.slots.len()];
        self.list.moves = list.moves + 1;
        for ((old, slot), place) in (0..).zip(&list.slots).zip(&mut places) {
            let Some(record) = self.records.get_mut(*slot) else {
                continue;
            };
            if !list.live.has(old) {
                continue;
            }
            let position = self.list.slots.len() as u32;
            (*place, record.position) = (position, position);
            let state = record.state();
            self.list.slots.push(*slot);
            self.list.live.add(position);
            if let Some(bits) = self.list.states.get_mut(state as usize) {
                bits.add(position);
            }
        }
        self.list.devices = list.devices.moved(&places);
    }

    /// The next attempt in the order of opening.
    pub(crate) fn next_listed(&self, progress: &mut Progress) -> Option<Slot> {
        if progress.moves != self.list.moves {
            progress.position = self.end(progress.order);
            progress.moves = self.list.moves;
        }
        loop {
            let position = progress.position;
            let slot = *self.list.slots.get(position as usize)?;
            progress.position += 1;
            if self.list.live.has(position) {
                progress.order = self.get(slot)?.order + 1;
                return Some(slot);
            }
        }
    }

    /// At most `limit` attempts, newest first.
    pub(crate) fn page(&self, wanted: &Wanted<'_>, limit: usize) -> Vec<Slot> {
        let end = self.end(wanted.before);
        let in_state = wanted
            .state
            .and_then(|state| self.list.states.get(state as usize));
        let bits = in_state.unwrap_or(&self.list.live);
        let mut page = Vec::new();
        let mut take = |position: u32| {
            page.push(self.slot_at(position));
            page.len() < limit
        };
        if limit == 0 {
            return page;
        }
        let count = |state| self.tally.by_state.get(state as usize);
        let few = wanted.state.and_then(count).is_some_and(|few| *few < FEW);
        match wanted.device.filter(|_| !few) {
            None => {
                let prefix = wanted.device.unwrap_or_default();
                let mut end = end;
                while let Some(position) = bits.below(end) {
                    end = position;
                    let named = |name: &str| name.starts_with(prefix);
                    let fits = prefix.is_empty() || named(self.by_name().device(position));
                    if fits && !take(position) {
                        break;
                    }
                }
            }
            Some(prefix) => self
                .list
                .devices
                .newest(prefix, end, bits, self.by_name(), take),
        }
        page
    }

    /// The place behind all attempts that were opened before the one of that order.
    fn end(&self, order: u64) -> u32 {
        let (mut low, mut high) = (0, self.list.slots.len() as u32);
        while low < high {
            let middle = low + (high - low) / 2;
            let there = self.list.live.below(middle + 1);
            let there = there.filter(|position| *position >= low);
            let record = there.and_then(|position| self.get(self.slot_at(position)));
            match (there, record) {
                (Some(position), Some(record)) if record.order >= order => high = position,
                _ => low = middle + 1,
            }
        }
        low
    }
}
