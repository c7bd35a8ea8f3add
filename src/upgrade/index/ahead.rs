//! Looking ahead: with a million attempts most of the time is waiting for memory, and one look does not wait for
//! another unless it needs what that finds.

use std::hint::black_box;

use super::super::record::Slot;
use super::Index;
use super::addresses::Place;

impl Index {
    /// As [`Index::address`], and looks at what a result from there needs.
    pub(crate) fn address_ahead(&self, place: &Place<'_>) -> Option<u32> {
        // The only attempt of an address mostly has the same number: both began with the first.
        let number = self.addresses.table.under(place.print.short()).next()?;
        black_box(self.glance(number));
        let found = self.address(place)?;
        let last = self.addresses.get(found)?.last;
        if last != number {
            black_box(self.glance(last));
        }
        Some(found)
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
