//! MD5, computed piece by piece, with a state that can be put aside (§9 says what MD5 is good for).

use ::md5::Digest;
use ::md5::digest::common::hazmat::{SerializableState, SerializedState};

/// Says what the bytes are, and the version of their layout.
const HEADER: &[u8; 8] = b"wo-md5\0\x01";

/// The MD5 of bytes, in lower case.
#[must_use]
pub fn md5(bytes: &[u8]) -> String {
    Md5::new().update(bytes).digest()
}

/// An MD5 under way.
#[derive(Clone, Debug, Default)]
pub struct Md5(::md5::Md5);

impl Md5 {
    /// Of nothing yet.
    #[must_use]
    pub fn new() -> Md5 {
        Md5::default()
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) -> &mut Md5 {
        self.0.update(bytes);
        self
    }

    /// The MD5 of what has been added so far, in lower case.
    #[must_use]
    pub fn digest(&self) -> String {
        hex(&self.0.clone().finalize())
    }

    /// The state, for [`Md5::resume`]: a header with a version, then the state of the algorithm.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        let mut saved = HEADER.to_vec();
        saved.extend_from_slice(&self.0.serialize());
        saved
    }

    /// Goes on from what [`Md5::save`] returned; `None` for any other bytes.
    #[must_use]
    pub fn resume(saved: &[u8]) -> Option<Md5> {
        let state = saved.strip_prefix(HEADER)?;
        let state = SerializedState::<::md5::Md5>::try_from(state).ok()?;
        ::md5::Md5::deserialize(&state).ok().map(Md5)
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests;
