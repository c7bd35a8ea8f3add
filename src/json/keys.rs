//! The keys of one object, so that one that occurs twice is noticed.

use std::cmp::Ordering;
use std::ops::Range;

use super::scan::hash;

/// Up to this many keys are looked through one by one.
const FEW: usize = 8;
/// When so many slots were looked at, somebody must have chosen the keys.
const MOST_STEPS: usize = 48;

/// The number of a key; there are at most [`super::MAX_KEYS`] before one is added.
type Number = u16;
/// How many bits it takes in a slot.
const NUMBER_BITS: u32 = 11;

/// A key that was added.
struct Key {
    hash: u64,
    /// In the source; of a key with escapes behind its end, in [`Keys::unescaped`].
    place: Range<usize>,
}

/// Keys are found by their hashes. Where that would take long, because keys were chosen whose hashes are
/// alike, they are kept in order from then on: no choice of keys makes it slow.
#[derive(Default)]
pub(super) struct Keys {
    keys: Vec<Key>,
    /// The texts of those with escapes.
    unescaped: Vec<u8>,
    /// At least twice as many as there are keys, a power of two: the number of a key, and above it the round that
    /// it was put there in. Those of earlier rounds are free.
    slots: Vec<u32>,
    round: u32,
    /// Whether the keys are in the slots.
    in_slots: bool,
    /// In order; none while slots will do.
    sorted: Vec<Number>,
}

impl Keys {
    /// Forgets all keys.
    pub(super) fn clear(&mut self) {
        self.keys.clear();
        self.unescaped.clear();
        self.sorted.clear();
        self.in_slots = false;
    }

    /// Adds the key at a place of the source; `text` where that has escapes. Gives how many keys there are then,
    /// `None` if it is there already.
    pub(super) fn add(
        &mut self,
        source: &[u8],
        mut place: Range<usize>,
        text: Option<&str>,
    ) -> Option<usize> {
        let mut bytes = source.get(place.clone()).unwrap_or_default();
        if let Some(text) = text {
            bytes = text.as_bytes();
            place.start = source.len() + self.unescaped.len();
            place.end = place.start + bytes.len();
            self.unescaped.extend_from_slice(bytes);
        }
        let hash = hash(bytes);
        self.add_hashed(source, Key { hash, place })
    }

    #[inline(always)]
    fn add_hashed(&mut self, source: &[u8], key: Key) -> Option<usize> {
        if self.keys.is_empty() {
            self.keys.reserve(FEW);
        }
        let is_new = if self.keys.len() < FEW {
            !self.keys.iter().any(|other| self.same(source, other, &key))
        } else if self.sorted.is_empty()
            && self.has_slots(source)
            && let Some(is_new) = self.put(source, self.keys.len(), &key)
        {
            is_new
        } else {
            self.sort_in_all(source);
            self.sort_in(source, self.keys.len(), &key)
        };
        is_new.then(|| {
            self.keys.push(key);
            self.keys.len()
        })
    }

    #[inline]
    fn text<'s>(&'s self, source: &'s [u8], key: &Key) -> &'s [u8] {
        let Range { start, end } = key.place;
        match start.checked_sub(source.len()) {
            Some(start) => self.unescaped.get(start..end - source.len()),
            None => source.get(start..end),
        }
        .unwrap_or_default()
    }

    #[inline]
    fn same(&self, source: &[u8], a: &Key, b: &Key) -> bool {
        a.hash == b.hash && self.text(source, a) == self.text(source, b)
    }

    /// Makes slots for one key more; `false` if they cannot be filled.
    fn has_slots(&mut self, source: &[u8]) -> bool {
        let count = self.keys.len();
        let enough = self.slots.len() > 2 * count;
        if enough && self.in_slots {
            return true;
        }
        self.round += 1;
        if !enough || self.round >= 1 << (u32::BITS - NUMBER_BITS) {
            self.slots.clear();
            self.slots.resize(8 * count.next_power_of_two(), 0);
            self.round = 1;
        }
        self.in_slots = true;
        let keys = std::mem::take(&mut self.keys);
        let mut numbered = keys.iter().enumerate();
        let filled = numbered.all(|(number, key)| self.put(source, number, key).is_some());
        self.keys = keys;
        filled
    }

    /// Puts a key into its slot; `false` if it is there already, `None` if that takes too long.
    #[inline]
    fn put(&mut self, source: &[u8], number: usize, key: &Key) -> Option<bool> {
        let mask = self.slots.len() - 1;
        let first = (key.hash >> 32) as usize;
        for step in 0..MOST_STEPS {
            let at = first.wrapping_add(step) & mask;
            let slot = *self.slots.get(at)?;
            if slot >> NUMBER_BITS != self.round {
                *self.slots.get_mut(at)? = self.round << NUMBER_BITS | number as u32;
                return Some(true);
            }
            let there = self.keys.get((slot & ((1 << NUMBER_BITS) - 1)) as usize);
            if there.is_some_and(|other| self.same(source, other, key)) {
                return Some(false);
            }
        }
        None
    }

    fn sort_in_all(&mut self, source: &[u8]) {
        if self.sorted.is_empty() {
            for number in 0..self.keys.len() {
                let place = self.keys.get(number).map(|key| self.search(source, key));
                if let Some(Ok(at) | Err(at)) = place {
                    self.sorted.insert(at, number as Number);
                }
            }
        }
    }

    /// Puts a key where it belongs; `false` if it is there already.
    fn sort_in(&mut self, source: &[u8], number: usize, key: &Key) -> bool {
        let place = self.search(source, key);
        if let Err(at) = place {
            self.sorted.insert(at, number as Number);
        }
        place.is_err()
    }

    fn search(&self, source: &[u8], key: &Key) -> Result<usize, usize> {
        let text = self.text(source, key);
        self.sorted.binary_search_by(|number| {
            let there = self.keys.get(usize::from(*number));
            there.map_or(Ordering::Less, |there| {
                let order = there.hash.cmp(&key.hash);
                order.then_with(|| self.text(source, there).cmp(text))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_all_found(names: &[String], hash: fn(&[u8]) -> u64) {
        let source = names.join("\"");
        let source = source.as_bytes();
        let mut keys = Keys::default();
        // The second time in slots that are there, and every third key in place of one with escapes.
        for _ in 0..2 {
            let mut start = 0;
            let mut places = Vec::new();
            for (count, name) in names.iter().enumerate() {
                let mut place = start..start + name.len();
                start += name.len() + 1;
                if count % 3 == 2 {
                    let end = source.len() + keys.unescaped.len();
                    keys.unescaped.extend_from_slice(name.as_bytes());
                    place = end..end + name.len();
                }
                places.push(place.clone());
                let mut add = |name: &String, place: &Range<usize>| {
                    let (hash, place) = (hash(name.as_bytes()), place.clone());
                    keys.add_hashed(source, Key { hash, place }).is_some()
                };
                assert!(add(name, &place), "{name}");
                let earlier = count / 2;
                let found = !add(name, &place) && !add(&names[earlier], &places[earlier]);
                assert!(found, "{name}");
                assert_eq!(keys.keys.len(), count + 1);
            }
            keys.clear();
        }
    }

    #[test]
    fn every_key_is_found_again() {
        for prefix in ["", "k", "target_version_", "固件"] {
            let names: Vec<String> = (0..1_024).map(|i| format!("{prefix}{i}")).collect();
            assert_all_found(&names, hash);
            assert_all_found(&names, |_| 7);
            assert_all_found(&names, |key| key.len() as u64);
        }
    }
}
