//! MD5, computed piece by piece, with a state that can be put aside (§9 says what MD5 is good for).

mod block;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod lanes;
mod schedule;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod serial;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub use lanes::Lanes;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub use serial::Lanes;

/// Says what the bytes are; the version of their layout follows.
const MAGIC: &[u8; 7] = b"wo-md5\0";
const VERSION: u8 = 1;

/// Length of a saved state: magic, version, four words, count of blocks, count of pending bytes, pending bytes.
pub(crate) const SAVED: usize = 8 + 16 + 8 + 1 + 63;

/// The MD5 of bytes, in lower case.
#[must_use]
pub fn md5(bytes: &[u8]) -> String {
    Md5::new().update(bytes).digest()
}

/// An MD5 under way.
#[derive(Clone, Debug)]
pub struct Md5 {
    state: [u32; 4],
    /// Blocks taken in. 64 bits of length in bits is what counts in the end, and overflow is part of the definition.
    blocks: u64,
    /// The start of the next block; fewer than 64 bytes of it are there.
    pending: [u8; 64],
    length: usize,
}

impl Default for Md5 {
    fn default() -> Md5 {
        Md5 {
            state: schedule::START,
            blocks: 0,
            pending: [0; 64],
            length: 0,
        }
    }
}

/// Why [`Md5::resume`] refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResumeError {
    /// These bytes do not come from [`Md5::save`].
    NotAState,
    /// A state in a layout of another version.
    Version(u8),
}

impl Md5 {
    /// Of nothing yet.
    #[must_use]
    pub fn new() -> Md5 {
        Md5::default()
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) -> &mut Md5 {
        let bytes = self.fill(bytes);
        let (blocks, rest) = bytes.as_chunks::<64>();
        self.take(blocks);
        self.fill(rest);
        self
    }

    /// Completes the block that has begun, as far as the bytes go, or begins one with less than a block's bytes.
    /// Answers what is left over.
    fn fill<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        if self.length == 0 && bytes.len() >= 64 {
            return bytes;
        }
        let room = self.pending.get_mut(self.length..).unwrap_or_default();
        let taken = room.len().min(bytes.len());
        let (now, later) = bytes.split_at(taken);
        for (place, byte) in room.iter_mut().zip(now) {
            *place = *byte;
        }
        self.length += taken;
        if self.length == 64 {
            let block = self.pending;
            self.length = 0;
            self.take(&[block]);
        }
        later
    }

    fn take(&mut self, blocks: &[[u8; 64]]) {
        block::compress(&mut self.state, blocks);
        self.blocks = self.blocks.wrapping_add(blocks.len() as u64);
    }

    /// The MD5 of what has been added so far, in lower case.
    #[must_use]
    pub fn digest(&self) -> String {
        let bits = (self.blocks.wrapping_mul(64))
            .wrapping_add(self.length as u64)
            .wrapping_mul(8);
        let mut last = self.clone();
        // One bit, then zeros up to the last eight bytes of a block, which hold the length.
        let zeros = (64 + 55 - self.length) % 64;
        last.update(&[0x80]);
        last.update([0; 64].get(..zeros).unwrap_or_default());
        last.update(&bits.to_le_bytes());
        hex(last.state.map(u32::to_le_bytes).as_flattened())
    }

    /// The state, for [`Md5::resume`]: a header with a version, then the state of the algorithm.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        self.saved().to_vec()
    }

    /// [`Md5::save`] without memory of its own.
    pub(crate) fn saved(&self) -> [u8; SAVED] {
        let mut saved = [0; SAVED];
        let words = self.state.map(u32::to_le_bytes);
        let blocks = self.blocks.to_le_bytes();
        // Below 64.
        let counts = [self.length as u8];
        let pending = self.pending.get(..self.length).unwrap_or_default();
        let fields: [&[u8]; 6] = [
            MAGIC,
            &[VERSION],
            words.as_flattened(),
            &blocks,
            &counts,
            pending,
        ];
        for (place, byte) in saved.iter_mut().zip(fields.into_iter().flatten()) {
            *place = *byte;
        }
        saved
    }

    /// Goes on from what [`Md5::save`] returned.
    ///
    /// # Errors
    /// Refuses all other bytes, and says when they are a state of another version.
    pub fn resume(saved: &[u8]) -> Result<Md5, ResumeError> {
        let (version, state) = saved
            .strip_prefix(MAGIC)
            .and_then(<[u8]>::split_first)
            .ok_or(ResumeError::NotAState)?;
        if *version != VERSION {
            return Err(ResumeError::Version(*version));
        }
        Md5::parse(state).ok_or(ResumeError::NotAState)
    }

    fn parse(saved: &[u8]) -> Option<Md5> {
        let (words, rest) = saved.split_first_chunk::<16>()?;
        let (blocks, rest) = rest.split_first_chunk::<8>()?;
        let (length, rest) = rest.split_first()?;
        let rest: &[u8; 63] = rest.try_into().ok()?;
        let length = usize::from(*length);
        let (bytes, unused) = rest.split_at_checked(length)?;
        if unused.iter().any(|byte| *byte != 0) {
            return None;
        }
        let mut md5 = Md5::new();
        for (word, bytes) in md5.state.iter_mut().zip(words.as_chunks::<4>().0) {
            *word = u32::from_le_bytes(*bytes);
        }
        md5.blocks = u64::from_le_bytes(*blocks);
        md5.fill(bytes);
        Some(md5)
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
