//! Keys of unknown members, so that one that occurs twice is noticed.

/// The most keys kept at a time.
const MOST: usize = 64;

/// Hashes of the keys of the objects that are open, the innermost last; of the root and its `data` the
/// unknown ones alone.
#[derive(Debug, Default)]
pub(super) struct Keys {
    hashes: Vec<u64>,
}

impl Keys {
    /// Where the keys of an object that opens now begin.
    pub(super) fn open(&self) -> usize {
        self.hashes.len()
    }

    /// Forgets the keys of the innermost object, which began at `first`.
    pub(super) fn close(&mut self, first: usize) {
        self.hashes.truncate(first);
    }

    /// Adds a key. Not sure where it may have been there already: equal hashes are enough to doubt.
    pub(super) fn add(&mut self, first: usize, key: &[u8]) -> Option<()> {
        let hash = hash(key);
        if self.hashes.len() == MOST || self.hashes.get(first..)?.contains(&hash) {
            return None;
        }
        self.hashes.push(hash);
        Some(())
    }
}

/// A number that tells most keys apart.
#[inline]
pub(in crate::json) fn hash(key: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let (words, rest) = key.as_chunks();
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    let hash = words.iter().fold(key.len() as u64, |hash, word| {
        mix(hash, u64::from_le_bytes(*word))
    });
    let last = rest
        .iter()
        .fold(0, |word, byte| word << 8 | u64::from(*byte));
    mix(hash, last)
}
