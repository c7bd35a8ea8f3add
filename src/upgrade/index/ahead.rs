//! Looking ahead: with a million attempts most of the time is waiting for memory, and one look does not wait for
//! another unless it needs what that finds.

use std::hint::black_box;

use super::super::heard::Heard;
use super::super::record::Slot;
use super::super::state::State;
use super::Index;
use super::addresses::Place;

impl Index {
    /// Looks at where a result's address and attempt are found, then at both and at what changes with the attempt.
    pub(crate) fn look_ahead(&self, place: &Place<'_>, heard: Option<&Heard<'_>>) {
        if let Some(heard) = heard {
            let id = heard.reply.unwrap_or(heard.mid);
            black_box(self.by_id.home_of(super::hash(id)));
        }
        // The only attempt of an address mostly has the same number, and the same place in lists: all began with
        // the first.
        let Some(number) = self.addresses.table.under(place.print.short()).next() else {
            return;
        };
        let last = self.addresses.get(number).map(|known| known.last);
        let [_, waiting, _] = &self.queues;
        let lists = [State::Sent, State::Prepared, State::Succeeded];
        let listed = lists.map(|state| self.is_listed(number, state));
        black_box((last, self.glance(number), waiting.at(number), listed));
    }

    /// Looks at where addresses are found, then at the addresses, then at what was last there.
    #[cfg(feature = "wasm")]
    #[inline(never)]
    pub(crate) fn foresee<'a>(&self, places: impl Iterator<Item = Place<'a>>) {
        let addresses = &self.addresses;
        let table = &addresses.table;
        let hashes: Vec<u32> = places.map(|place| place.print.short()).collect();
        for hash in &hashes {
            black_box(table.home_of(*hash));
        }
        let numbers = hashes.iter().filter_map(|hash| table.under(*hash).next());
        let known: Vec<_> = numbers
            .filter_map(|number| addresses.get(number))
            .inspect(|known| {
                black_box(known.last);
            })
            .collect();
        for known in known {
            black_box(self.glance(known.last));
        }
    }

    /// Something of either cache line of an attempt.
    fn glance(&self, slot: Slot) -> u32 {
        let record = self.get(slot);
        record.map_or(0, |record| record.timestamp as u32 ^ record.address)
    }
}
