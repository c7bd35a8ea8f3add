//! The keys of one object, so that one that occurs twice is noticed.

use super::hash::Hash;

/// So many keys are looked at one by one, where that is needed at all; with more, all go into slots.
const FEW: usize = 16;
/// The first number of slots.
const SLOTS: usize = 256;
/// There are at least so many slots for each key.
const ROOM: usize = 4;
/// When so many slots were looked at in vain, and one more for each key, somebody must have chosen the keys.
const PATIENCE: usize = 16;

/// How many bits the number of a key takes in a slot; there are at most [`super::MAX_KEYS`] before one is added.
const NUMBER_BITS: u32 = 11;

/// Bytes behind the text of a key with escapes: hashes take eight at once.
const BEHIND: [u8; 8] = [0; 8];

/// A key that was added.
struct Key {
    hash: u64,
    /// In the source; of a key with escapes behind its end, in [`Keys::unescaped`].
    start: usize,
    end: usize,
}

/// Keys are told apart by their hashes. Many go into slots, from which one goes to the next. Where that takes long,
/// because keys were chosen whose hashes are alike, they get hashes from then on that nobody can know: no choice of
/// keys makes it slow.
#[derive(Default)]
pub(super) struct Keys {
    hash: Hash,
    keys: Vec<Key>,
    /// A bit for each value of the highest bits of their hashes, as long as there are few: most keys are known to be
    /// new by that.
    seen: u64,
    /// The texts of those with escapes.
    unescaped: Vec<u8>,
    /// A power of two: the number of a key, and above it the round that it was put there in. Those of earlier rounds
    /// are free.
    slots: Vec<u32>,
    round: u32,
    /// How many keys or slots were looked at in vain.
    steps: usize,
}

impl Keys {
    /// Forgets all keys.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.keys.clear();
        self.unescaped.clear();
        self.seen = 0;
    }

    /// Adds the key at a place of the source, which has no escapes. Gives how many keys there are then, 0 if it is
    /// there already.
    #[inline]
    pub(super) fn add(&mut self, source: &[u8], start: usize, end: usize) -> usize {
        let hash = self.hash.of(source, start, end);
        self.add_hashed(source, Key { hash, start, end })
    }

    /// The same of a key with escapes, whose text `append` gives by appending it. `None`, as `append` then says, if
    /// it is no text.
    #[inline]
    pub(super) fn add_unescaped(
        &mut self,
        source: &[u8],
        append: impl FnOnce(&mut Vec<u8>) -> bool,
    ) -> Option<usize> {
        let start = self.unescaped.len();
        if !append(&mut self.unescaped) {
            self.unescaped.truncate(start);
            return None;
        }
        let end = self.unescaped.len();
        self.unescaped.extend_from_slice(&BEHIND);
        let hash = self.hash.of(&self.unescaped, start, end);
        let (start, end) = (source.len() + start, source.len() + end);
        Some(self.add_hashed(source, Key { hash, start, end }))
    }

    /// The same of a key whose text is the first `length` bytes, at most seven, of a word.
    #[inline]
    pub(super) fn add_few(&mut self, source: &[u8], word: u64, length: usize) -> usize {
        let start = self.unescaped.len();
        self.unescaped.extend_from_slice(&word.to_le_bytes());
        let hash = self.hash.of_few(word, length as u64);
        let start = source.len() + start;
        let end = start + length;
        self.add_hashed(source, Key { hash, start, end })
    }

    #[inline]
    fn add_hashed(&mut self, source: &[u8], key: Key) -> usize {
        let bit = 1 << (key.hash >> (u64::BITS - 6));
        if self.keys.len() >= FEW || self.seen & bit != 0 {
            return self.look(source, key);
        }
        self.seen |= bit;
        self.keys.push(key);
        self.keys.len()
    }

    /// Adds a key that may be there already.
    #[inline(never)]
    fn look(&mut self, source: &[u8], key: Key) -> usize {
        if self.keys.len() >= FEW {
            return self.put(source, key).unwrap_or_default();
        }
        for there in &self.keys {
            if self.are_same(source, there, &key) {
                return 0;
            }
            self.steps += 1;
        }
        self.keys.push(key);
        self.keys.len()
    }

    /// Adds a key where there are many; `None` if it is there already.
    #[inline]
    fn put(&mut self, source: &[u8], mut key: Key) -> Option<usize> {
        let count = self.keys.len();
        if count == FEW || self.slots.len() < ROOM * count {
            self.put_all();
        }
        if self.steps > PATIENCE + count {
            self.hide(source);
            key.hash = self.hash_of(source, key.start, key.end);
        }
        let mut at = key.hash as usize;
        loop {
            at &= self.slots.len().wrapping_sub(1);
            let slot = self.slots.get_mut(at)?;
            if *slot >> NUMBER_BITS != self.round {
                *slot = self.round << NUMBER_BITS | count as u32;
                self.keys.push(key);
                return Some(count + 1);
            }
            let there = self.keys.get((*slot & ((1 << NUMBER_BITS) - 1)) as usize)?;
            if self.are_same(source, there, &key) {
                return None;
            }
            at += 1;
            self.steps += 1;
        }
    }

    /// Gives the keys hashes that nobody knows.
    #[cold]
    #[inline(never)]
    fn hide(&mut self, source: &[u8]) {
        self.hash = Hash::secret();
        let mut keys = std::mem::take(&mut self.keys);
        for key in &mut keys {
            key.hash = self.hash_of(source, key.start, key.end);
        }
        self.keys = keys;
        self.put_all();
    }

    /// Puts all keys into slots, of which there are enough then.
    #[inline(never)]
    fn put_all(&mut self) {
        self.steps = 0;
        self.round += 1;
        if self.slots.len() < ROOM * self.keys.len() || self.round >> (u32::BITS - NUMBER_BITS) != 0
        {
            let enough = (ROOM * self.keys.len()).next_power_of_two();
            self.slots = vec![0; enough.max(SLOTS)];
            self.round = 1;
        }
        for (number, key) in self.keys.iter().enumerate() {
            let mut at = key.hash as usize;
            loop {
                at &= self.slots.len().wrapping_sub(1);
                match self.slots.get_mut(at) {
                    Some(slot) if *slot >> NUMBER_BITS == self.round => at += 1,
                    Some(slot) => {
                        *slot = self.round << NUMBER_BITS | number as u32;
                        break;
                    }
                    None => break,
                }
            }
        }
    }

    /// The text that holds a key, and where the key is in it.
    fn place<'s>(&'s self, source: &'s [u8], start: usize, end: usize) -> (&'s [u8], usize, usize) {
        match start.checked_sub(source.len()) {
            Some(start) => (&self.unescaped, start, end - source.len()),
            None => (source, start, end),
        }
    }

    #[inline]
    fn are_same(&self, source: &[u8], one: &Key, other: &Key) -> bool {
        one.hash == other.hash && self.text(source, one) == self.text(source, other)
    }

    #[inline(never)]
    fn text<'s>(&'s self, source: &'s [u8], key: &Key) -> &'s [u8] {
        let (bytes, start, end) = self.place(source, key.start, key.end);
        bytes.get(start..end).unwrap_or_default()
    }

    #[inline(never)]
    fn hash_of(&self, source: &[u8], start: usize, end: usize) -> u64 {
        let (bytes, start, end) = self.place(source, start, end);
        self.hash.of(bytes, start, end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Adds the keys, every third as if it had escapes, and each once more; twice, so that slots are there already.
    /// Gives how many slots were looked at in vain.
    fn add_all(names: &[String]) -> usize {
        let source = names.join("\"");
        let source = source.as_bytes();
        let mut keys = Keys::default();
        let mut steps = 0;
        for _ in 0..2 {
            let mut start = 0;
            for (count, name) in names.iter().enumerate() {
                let place = start..start + name.len();
                start = place.end + 1;
                let mut add = || match count % 3 {
                    2 => keys.add_unescaped(source, |to| {
                        to.extend_from_slice(name.as_bytes());
                        true
                    }),
                    _ => Some(keys.add(source, place.start, place.end)),
                };
                assert_eq!(add(), Some(count + 1), "{name}");
                assert_eq!(add(), Some(0), "{name}");
                steps = steps.max(keys.steps);
            }
            assert_eq!(keys.add(source, 0, names[0].len()), 0);
            keys.clear();
        }
        steps
    }

    #[test]
    fn every_key_is_found_again() {
        for prefix in ["", "k", "target_version_", "固件"] {
            let names: Vec<String> = (0..1_024).map(|i| format!("{prefix}{i}")).collect();
            add_all(&names);
        }
    }

    /// Slots are told by the lowest bits: keys of which many belong into the same few.
    #[test]
    fn keys_of_the_same_slots() {
        let hash = |key: &String| Hash::KNOWN.of(key.as_bytes(), 0, key.len()) % 4_096;
        let names: Vec<String> = (0..250_000)
            .map(|i| format!("{i:x}"))
            .filter(|key| hash(key) < 16)
            .collect();
        let names = &names[..900];
        assert!(add_all(names) < 3 * names.len());
    }

    /// Keys of sixteen bytes: the second half undoes what the first has brought.
    #[test]
    fn keys_of_the_same_hash() {
        let whole = |first: u64, second: u64| {
            let bytes = [first.to_le_bytes(), second.to_le_bytes()].concat();
            String::from_utf8(bytes).ok()
        };
        let after = |first: u64| {
            let bytes = [first.to_le_bytes(), [0; 8]].concat();
            Hash::KNOWN.undone(Hash::KNOWN.of(&bytes, 0, 16))
        };
        let wanted = after(u64::from_le_bytes(*b"abcdefgh")) ^ u64::from_le_bytes(*b"ijklmnop");
        let digits = |i: u64| format!("{i:08x}").into_bytes();
        let names: Vec<String> = (0..4_000_000)
            .map(|i| u64::from_le_bytes(digits(i).try_into().expect("eight digits")))
            .filter_map(|first| whole(first, after(first) ^ wanted))
            .filter(|key| key.bytes().all(|byte| byte >= b' ' && byte != b'"'))
            .take(1_000)
            .collect();
        let hash = |key: &String| Hash::KNOWN.of(key.as_bytes(), 0, key.len());
        assert!(names.len() > 300);
        assert!(names.iter().all(|key| hash(key) == hash(&names[0])));
        assert!(add_all(&names) < 3 * names.len());
    }
}
