//! Sets of small numbers, in order.

/// A set of numbers: a bit for each, and above every 64 of them one that says whether any is there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bits {
    levels: Vec<Vec<u64>>,
}

impl Bits {
    /// A bit for each number.
    pub(crate) fn words(&self) -> &[u64] {
        self.levels.first().map_or(&[], Vec::as_slice)
    }

    pub(crate) fn has(&self, number: u32) -> bool {
        let word = self.word(0, number / 64);
        word >> (number % 64) & 1 == 1
    }

    fn word(&self, level: usize, at: u32) -> u64 {
        let words = self.levels.get(level);
        let word = words.and_then(|words| words.get(at as usize));
        word.copied().unwrap_or_default()
    }

    pub(crate) fn add(&mut self, number: u32) {
        let mut at = number;
        let mut level = 0;
        loop {
            if level == self.levels.len() {
                // The level below may have been the top until now: its first word counts too.
                let below = level
                    .checked_sub(1)
                    .is_some_and(|below| self.word(below, 0) != 0);
                self.levels.push(vec![u64::from(below)]);
            }
            let word = (at / 64) as usize;
            if let Some(words) = self.levels.get_mut(level) {
                if words.len() <= word {
                    words.resize(word + 1, 0);
                }
                if let Some(place) = words.get_mut(word) {
                    *place |= 1 << (at % 64);
                }
            }
            if word == 0 && level + 1 >= self.levels.len() {
                return;
            }
            at /= 64;
            level += 1;
        }
    }

    pub(crate) fn remove(&mut self, number: u32) {
        let mut at = number;
        for words in &mut self.levels {
            let Some(place) = words.get_mut((at / 64) as usize) else {
                return;
            };
            *place &= !(1 << (at % 64));
            if *place != 0 {
                return;
            }
            at /= 64;
        }
    }

    /// The greatest number below `end`.
    pub(crate) fn below(&self, end: u32) -> Option<u32> {
        let length = self.levels.first()?.len() as u64 * 64;
        // Not the end itself: it may lie behind the last word of the top.
        let mut at = u64::from(end).min(length).checked_sub(1)? as u32;
        if self.has(at) {
            return Some(at);
        }
        let mut level = 0;
        loop {
            if level == self.levels.len() {
                return None;
            }
            let lower = self.word(level, at / 64) & ((1 << (at % 64)) - 1);
            at /= 64;
            if lower != 0 {
                at = at * 64 + lower.ilog2();
                break;
            }
            level += 1;
        }
        for level in (0..level).rev() {
            let word = self.word(level, at);
            at = at * 64 + word.checked_ilog2()?;
        }
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn like_a_set() {
        for spread in [10, 64, 100, 4_096, 5_000, 1_000_000] {
            let (mut bits, mut model) = (Bits::default(), BTreeSet::new());
            let mut random = 1_u64;
            for _ in 0..3_000 {
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                let number = (random >> 33) as u32 % spread;
                if random >> 62 == 0 {
                    bits.remove(number);
                    model.remove(&number);
                } else {
                    bits.add(number);
                    model.insert(number);
                }
                let end = (random >> 20) as u32 % (spread + 70);
                assert_eq!(bits.below(end), model.range(..end).last().copied());
                assert_eq!(bits.has(end), model.contains(&end));
            }
            assert_eq!(bits.below(u32::MAX), model.last().copied());
        }
        assert_eq!(Bits::default().below(9), None);
        let mut full = Bits::default();
        for number in 0..5_000 {
            full.add(number);
            assert_eq!(full.below(number + 1), Some(number));
            assert_eq!(full.below(u32::MAX), Some(number));
        }
    }
}
