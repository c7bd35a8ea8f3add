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
    let mix = |hash: u64, word: u64| {
        let both = hash.rotate_left(5) ^ word;
        (both ^ both >> 32).wrapping_mul(FACTOR)
    };
    let four = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
    let (words, rest) = key.as_chunks();
    let hash = words.iter().fold(key.len() as u64, |hash, word| {
        mix(hash, u64::from_le_bytes(*word))
    });
    // What is left, together with bytes before it.
    let last = match (rest, key.last_chunk(), key.first_chunk(), key.last_chunk()) {
        ([], ..) => return hash,
        (_, Some(word), ..) => u64::from_le_bytes(*word),
        (_, _, Some(first), Some(last)) => four(first) | four(last) << 32,
        _ => key
            .iter()
            .fold(0, |word, byte| word << 8 | u64::from(*byte)),
    };
    mix(hash, last)
}
