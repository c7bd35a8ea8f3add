//! A small seeded generator (mulberry32), so that a run can be repeated. Not for secrets.

use crate::message::Mid;

#[derive(Clone, Debug)]
pub(super) struct Random(u32);

impl Random {
    /// A generator of its own for each name (FNV-1a).
    pub(super) fn of(seed: u32, name: &str) -> Random {
        let hash = name.chars().fold(0x811C_9DC5_u32, |hash, c| {
            (hash ^ c as u32).wrapping_mul(0x0100_0193)
        });
        Random(hash ^ seed)
    }

    pub(super) fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x6D2B_79F5);
        let mut t = self.0;
        t = (t ^ (t >> 15)).wrapping_mul(t | 1);
        t ^= t.wrapping_add((t ^ (t >> 7)).wrapping_mul(t | 61));
        t ^ (t >> 14)
    }

    /// A message id in the form of a version 4 UUID.
    pub(super) fn mid(&mut self) -> Mid {
        let random = (0..4).fold(0_u128, |random, _| random << 32 | u128::from(self.next()));
        Mid::of(uuid::Builder::from_random_bytes(random.to_be_bytes()).into_uuid())
    }
}
