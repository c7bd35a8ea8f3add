//! Numbers by hash: one table for ids, addresses and texts.

/// Open addressing with linear probing. A place holds 32 bits of hash and a number, so that neither
/// growing nor passing others by looks at what the numbers mean.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// A power of two of them, or none; 0 is free, else the hash, then the number and one.
    places: Vec<u64>,
    used: usize,
}

impl Table {
    fn home(hash: u32, mask: usize) -> usize {
        hash as usize & mask
    }

    fn at(&self, place: usize) -> u64 {
        self.places.get(place).copied().unwrap_or_default()
    }

    fn set(&mut self, place: usize, to: u64) {
        if let Some(place) = self.places.get_mut(place) {
            *place = to;
        }
    }

    /// What lies where a hash is looked for first, in part.
    pub(crate) fn home_of(&self, hash: u32) -> u32 {
        self.at(Table::home(hash, self.places.len().wrapping_sub(1))) as u32
    }

    /// The numbers under a hash, and possibly others: the caller compares.
    pub(crate) fn under(&self, hash: u32) -> impl Iterator<Item = u32> {
        let mask = self.places.len().wrapping_sub(1);
        let mut place = Table::home(hash, mask);
        std::iter::from_fn(move || {
            loop {
                let entry = self.at(place);
                if entry == 0 {
                    return None;
                }
                place = (place + 1) & mask;
                if (entry >> 32) as u32 == hash {
                    return Some((entry as u32).wrapping_sub(1));
                }
            }
        })
    }

    /// Adds a number that is not [`NONE`](super::NONE).
    #[inline]
    pub(crate) fn add(&mut self, hash: u32, number: u32) {
        if (self.used + 1) * 4 > self.places.len() * 3 {
            self.grow((self.places.len() * 2).max(8));
        }
        self.used += 1;
        self.place(u64::from(hash) << 32 | u64::from(number.wrapping_add(1)));
    }

    /// How many numbers there are.
    pub(crate) fn used(&self) -> usize {
        self.used
    }

    /// Makes room for so many numbers.
    pub(crate) fn reserve(&mut self, numbers: usize) {
        let places = (numbers + numbers / 3 + 1).next_power_of_two();
        if places > self.places.len() {
            self.grow(places);
        }
    }

    #[inline(never)]
    fn grow(&mut self, places: usize) {
        let shorter = std::mem::replace(&mut self.places, vec![0; places]);
        for entry in shorter.into_iter().filter(|entry| *entry != 0) {
            self.place(entry);
        }
    }

    fn place(&mut self, entry: u64) {
        let mask = self.places.len().wrapping_sub(1);
        let mut place = Table::home((entry >> 32) as u32, mask);
        while self.at(place) != 0 {
            place = (place + 1) & mask;
        }
        self.set(place, entry);
    }

    /// Takes a number out again, and closes the gap.
    pub(crate) fn remove(&mut self, hash: u32, number: u32) {
        let mask = self.places.len().wrapping_sub(1);
        let wanted = u64::from(hash) << 32 | u64::from(number.wrapping_add(1));
        let mut gap = Table::home(hash, mask);
        while self.at(gap) != wanted {
            if self.at(gap) == 0 {
                return;
            }
            gap = (gap + 1) & mask;
        }
        self.used -= 1;
        let mut next = gap;
        loop {
            next = (next + 1) & mask;
            let entry = self.at(next);
            if entry == 0 {
                break;
            }
            // It may close the gap if its home does not lie between the gap and it.
            let home = Table::home((entry >> 32) as u32, mask);
            if next.wrapping_sub(home) & mask >= next.wrapping_sub(gap) & mask {
                self.set(gap, entry);
                gap = next;
            }
        }
        self.set(gap, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn like_a_map() {
        let mut table = Table::default();
        let mut model = BTreeMap::new();
        let mut random = 1_u32;
        for _ in 0..20_000 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let number = random >> 16 & 511;
            // Many share a home, some a hash.
            let hash = number.wrapping_mul(0x9E37_79B1) & 0xF000_001F;
            if model.remove(&number).is_some() {
                table.remove(hash, number);
            } else {
                model.insert(number, hash);
                table.add(hash, number);
            }
            assert_eq!(table.used, model.len());
        }
        for number in 0..512_u32 {
            let hash = number.wrapping_mul(0x9E37_79B1) & 0xF000_001F;
            let there = table.under(hash).any(|found| found == number);
            assert_eq!(there, model.contains_key(&number));
        }
        assert_eq!(Table::default().under(7).count(), 0);
        let mut reserved = Table::default();
        for numbers in [6_u32, 3_000, 7] {
            reserved.reserve(numbers as usize);
            let places = reserved.places.len();
            (reserved.used as u32..numbers).for_each(|number| reserved.add(number, number));
            assert_eq!(reserved.places.len(), places);
        }
        assert!((0..3_000).all(|number| reserved.under(number).eq([number])));
    }
}
