//! The short way through a message (§5): one pass over the bytes that knows which fields to expect.
//!
//! It answers "valid, with nothing to say about it, and here is where each field lies" or "not sure"
//! (`None`). What it is not sure about goes through [`read`](super::read) and the rules, which define
//! what is accepted. It allocates nothing unless there are unknown members.
//!
//! Devices send the same members in the same order each time: which key followed which the last time is
//! tried first, by one comparison of vectors. That changes what is found quickly, never what is found.

#![cfg_attr(
    not(feature = "wasm"),
    expect(dead_code, reason = "JavaScript is told more than Rust asks for")
)]

mod keys;
mod known;
mod message;
mod skip;
mod text;
mod window;

pub(super) use known::key_at;
pub(crate) use known::{Field, Fields};
pub use message::Scanner;
pub(crate) use message::{Device, Known};
pub(super) use text::{escaped_end, near_end, plain_end, simple_end, unescape, unescape_few};
pub(crate) use window::Class;

/// A string of the source without its quotes, or a whole value, in bytes.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(crate) struct Place {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Place {
    /// Texts are shorter than 4 GiB: a scan begins with that.
    fn new(start: usize, end: usize) -> Place {
        Place {
            start: start as u32,
            end: end as u32,
        }
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
