//! The keys of one object, so that one that occurs twice is noticed.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::scan::hash;

/// Up to this many keys are looked through one by one.
const FEW: usize = 16;
/// When so many slots were looked at, somebody must have chosen the keys.
const MOST_STEPS: usize = 48;

/// The number of a key; there are fewer than [`super::MAX_KEYS`] before one is added.
type Number = u16;
/// No key.
const NONE: Number = Number::MAX;

/// Keys are found by their hashes. Where that would take long, because keys were chosen whose hashes are
/// alike, they are kept in order from then on: no choice of keys makes it slow.
#[derive(Default)]
pub(super) struct Keys<'a> {
    keys: Vec<(u64, Cow<'a, str>)>,
    /// At least twice as many as there are keys, a power of two; none while there are few keys.
    slots: Vec<Number>,
    /// In order; none while slots will do.
    sorted: Vec<Number>,
}

impl<'a> Keys<'a> {
    /// Forgets all keys.
    pub(super) fn clear(&mut self) {
        self.keys.clear();
        self.slots.clear();
        self.sorted.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Adds a key; `false` if it is there already.
    pub(super) fn add(&mut self, key: Cow<'a, str>) -> bool {
        self.add_hashed(hash(key.as_bytes()), key)
    }

    fn add_hashed(&mut self, hash: u64, key: Cow<'a, str>) -> bool {
        let is_new = if self.keys.len() < FEW {
            let mut keys = self.keys.iter();
            !keys.any(|(other, name)| *other == hash && *name == key)
        } else if self.sorted.is_empty()
            && self.has_slots()
            && let Some(is_new) = self.put(self.keys.len(), hash, &key)
        {
            is_new
        } else {
            self.sort_in_all();
            self.sort_in(self.keys.len(), &key)
        };
        if is_new {
            self.keys.push((hash, key));
        }
        is_new
    }

    /// Makes slots for one key more; `false` if they cannot be filled.
    fn has_slots(&mut self) -> bool {
        let count = self.keys.len();
        if self.slots.len() > 2 * count {
            return true;
        }
        self.slots.clear();
        self.slots.resize(4 * count.next_power_of_two(), NONE);
        let keys = std::mem::take(&mut self.keys);
        let mut numbered = keys.iter().enumerate();
        let filled = numbered.all(|(number, (hash, key))| self.put(number, *hash, key).is_some());
        self.keys = keys;
        filled
    }

    /// Puts a key into its slot; `false` if it is there already, `None` if that takes too long.
    #[inline]
    fn put(&mut self, number: usize, hash: u64, key: &str) -> Option<bool> {
        let mask = self.slots.len() - 1;
        let first = (hash >> 32) as usize;
        for step in 0..MOST_STEPS {
            let slot = self.slots.get_mut(first.wrapping_add(step) & mask)?;
            if *slot == NONE {
                *slot = number as Number;
                return Some(true);
            }
            let there = self.keys.get(usize::from(*slot));
            if there.is_some_and(|(other, name)| *other == hash && name == key) {
                return Some(false);
            }
        }
        None
    }

    fn sort_in_all(&mut self) {
        if self.sorted.is_empty() {
            let keys = std::mem::take(&mut self.keys);
            for number in 0..keys.len() {
                // Those before it are all that are looked at.
                if let Some((_, key)) = keys.get(number) {
                    let at = self.search(&keys, key).unwrap_or_else(|at| at);
                    self.sorted.insert(at, number as Number);
                }
            }
            self.keys = keys;
        }
    }

    /// Puts a key where it belongs; `false` if it is there already.
    fn sort_in(&mut self, number: usize, key: &str) -> bool {
        let place = self.search(&self.keys, key);
        if let Err(at) = place {
            self.sorted.insert(at, number as Number);
        }
        place.is_err()
    }

    fn search(&self, keys: &[(u64, Cow<'a, str>)], key: &str) -> Result<usize, usize> {
        self.sorted.binary_search_by(|number| {
            let there = keys.get(usize::from(*number));
            there.map_or(Ordering::Less, |(_, name)| order(name, key))
        })
    }
}

/// Some order, quick to find out: by length, then by words.
fn order(a: &str, b: &str) -> Ordering {
    let ((a_words, a_rest), (b_words, b_rest)) =
        (a.as_bytes().as_chunks(), b.as_bytes().as_chunks());
    let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
    let words = || a_words.iter().map(word).cmp(b_words.iter().map(word));
    a.len()
        .cmp(&b.len())
        .then_with(words)
        .then_with(|| a_rest.cmp(b_rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_all_found(names: &[String], hash: fn(&[u8]) -> u64) {
        let mut keys = Keys::default();
        for (count, name) in names.iter().enumerate() {
            let mut add =
                |name: &String| keys.add_hashed(hash(name.as_bytes()), name.clone().into());
            assert!(add(name), "{name}");
            assert!(!add(name) && !add(&names[count / 2]), "{name}");
            assert_eq!(keys.len(), count + 1);
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
