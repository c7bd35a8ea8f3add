//! Hashes of keys.

/// How keys are hashed: two multiplications for each eight bytes.
#[derive(Clone, Copy)]
pub(super) struct Hash {
    start: u64,
    /// Odd.
    factors: [u64; 2],
}

impl Default for Hash {
    fn default() -> Hash {
        Hash::KNOWN
    }
}

impl Hash {
    /// Known to everybody: keys can be chosen whose hashes are alike.
    pub(super) const KNOWN: Hash = Hash {
        start: 0,
        factors: [0x9E37_79B9_7F4A_7C15, 0xBF58_476D_1CE4_E5B9],
    };

    /// Known to nobody. The second multiplication spreads whatever difference passes the first by a factor that
    /// cannot be guessed, so nobody can choose such keys.
    #[cold]
    #[inline(never)]
    pub(super) fn secret() -> Hash {
        Hash {
            start: random(),
            factors: [random() | 1, random() | 1],
        }
    }

    /// Of the key from `start` to `end` in `bytes`. Those of at most seven bytes all differ.
    #[inline]
    pub(super) fn of(&self, bytes: &[u8], start: usize, end: usize) -> u64 {
        let word = |at: usize| {
            let word = bytes.get(at..).and_then(<[u8]>::first_chunk);
            word.map(|word| u64::from_le_bytes(*word))
        };
        let length = end.wrapping_sub(start) as u64;
        if length < 8 {
            // Nearly always there is more behind a key.
            let word = word(start).unwrap_or_else(|| last(bytes, start));
            let bits = 8 * length as u32;
            return self.of_few(word & ((1 << bits) - 1), length);
        }
        let mut hash = self.start ^ length;
        let mut at = start;
        while at + 8 < end {
            hash = self.round(hash, word(at).unwrap_or_default());
            at += 8;
        }
        self.round(hash, word(end - 8).unwrap_or_default())
    }

    /// Of a key of at most seven bytes, given as a word.
    #[inline]
    pub(super) fn of_few(&self, word: u64, length: u64) -> u64 {
        self.round(self.start, word | length << 56)
    }

    /// What was multiplied to give a hash in the last round.
    #[cfg(test)]
    pub(super) fn undone(&self, hash: u64) -> u64 {
        let unfold = |number: u64| number ^ number >> 32;
        // Newton: each step doubles the bits that are right.
        let inverse = |factor: u64| {
            (0..6).fold(factor, |inverse, _| {
                inverse.wrapping_mul(2_u64.wrapping_sub(factor.wrapping_mul(inverse)))
            })
        };
        let [first, second] = self.factors.map(inverse);
        unfold(unfold(hash).wrapping_mul(second)).wrapping_mul(first)
    }

    #[inline]
    fn round(&self, hash: u64, word: u64) -> u64 {
        let [first, second] = self.factors;
        let once = (hash ^ word).wrapping_mul(first);
        let twice = (once ^ once >> 32).wrapping_mul(second);
        twice ^ twice >> 32
    }
}

/// The bytes from `at` on, of which there are fewer than eight, zeros behind them.
#[cold]
#[inline(never)]
fn last(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default();
    let digits = rest.iter().rev();
    digits.fold(0, |word, byte| word << 8 | u64::from(*byte))
}

#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
fn random() -> u64 {
    crate::wasm::random()
}

#[cfg(not(all(feature = "wasm", target_arch = "wasm32")))]
fn random() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn short_keys_all_differ() {
        let bytes: Vec<u8> = (0..=255).cycle().take(520).collect();
        for hash in [Hash::KNOWN, Hash::secret()] {
            let mut seen = HashSet::new();
            for length in 1..8 {
                for start in 0..256 {
                    assert!(seen.insert(hash.of(&bytes, start, start + length)));
                }
            }
        }
    }

    #[test]
    fn only_the_key_counts() {
        for length in 0..40 {
            let key = "k".repeat(length);
            let alone = Hash::KNOWN.of(key.as_bytes(), 0, length);
            let within = format!("ab{key}0123456789");
            let hash = |bytes: &str, length| Hash::KNOWN.of(bytes.as_bytes(), 2, 2 + length);
            assert_eq!(hash(&within, length), alone);
            assert_eq!(hash(&format!("ab{key}"), length), alone);
            assert_ne!(hash(&within, length + 1), alone);
        }
    }
}
