//! Keys of unknown members, so that one that occurs twice is noticed.

use super::Place;
use super::window::Bytes;
use crate::json::hash::Hash;

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
    pub(super) fn add(&mut self, first: usize, bytes: Bytes<'_>, key: Place) -> Option<()> {
        let hash = bytes.hash(&Hash::KNOWN, key);
        if self.hashes.len() == MOST || self.hashes.get(first..)?.contains(&hash) {
            return None;
        }
        self.hashes.push(hash);
        Some(())
    }
}
