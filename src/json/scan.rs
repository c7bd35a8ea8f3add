//! The short way through a message (§5): one pass over the bytes that knows which fields to expect.
//!
//! It answers "valid, with nothing to say about it, and here is where each field lies" or "not sure"
//! (`None`). What it is not sure about goes through [`read`](super::read) and the rules, which define
//! what is accepted. It allocates nothing unless there are unknown members.

#![cfg_attr(
    not(feature = "wasm"),
    expect(dead_code, reason = "JavaScript counts in UTF-16 units")
)]

mod cursor;
mod known;
mod message;
mod skip;

pub(super) use cursor::hash;
pub(crate) use known::Fields;
#[cfg(feature = "wasm")]
pub(crate) use known::{MOST_UNKNOWN, STRINGS, Unknown};
pub(crate) use message::{Known, scan};

/// A string of the source without its quotes, or a whole value.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    /// In bytes.
    pub(crate) start: u32,
    /// In bytes.
    pub(crate) end: u32,
    /// By how much `start` is less when counted in UTF-16 units.
    before: u32,
    /// The same for the length.
    within: u32,
}

impl Place {
    /// Start and end in UTF-16 units.
    pub(crate) fn units(self) -> (u32, u32) {
        let start = self.start - self.before;
        (start, start + (self.end - self.start - self.within))
    }

    /// The bytes at this place.
    pub(crate) fn of(self, bytes: &[u8]) -> &[u8] {
        bytes
            .get(self.start as usize..self.end as usize)
            .unwrap_or_default()
    }

    /// The text at this place; all strings have been checked to be well-formed.
    pub(crate) fn text(self, bytes: &[u8]) -> &str {
        std::str::from_utf8(self.of(bytes)).unwrap_or_default()
    }
}
