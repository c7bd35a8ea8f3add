//! Chunks: what tells whether saved bytes are whole, in order and of one save.
//!
//! Each chunk is `WOTA`, a version byte, the MD5 at the end of the chunk before (zeros in the first), a
//! byte that is 1 in the last chunk and else 0, the payload, and the MD5 of all this.

use md5::{Digest, Md5};

use crate::diagnostic::{Error, problem};

const MAGIC: &[u8; 4] = b"WOTA";
const VERSION: u8 = 1;
const DIGEST: usize = 16;
const HEADER: usize = MAGIC.len() + 1 + DIGEST + 1;

/// Most bytes of a chunk's payload.
pub(super) const PAYLOAD: usize = 64 * 1_024;

/// `saved-state-damaged`.
pub(super) fn damaged() -> Error {
    Error::one(problem::saved_state_damaged(), "")
}

/// Makes chunks, or checks them: both have to know the one before.
#[derive(Clone, Debug, Default)]
pub(super) struct Chunks {
    before: [u8; DIGEST],
    ended: bool,
}

impl Chunks {
    pub(super) fn cut(&mut self, payload: &[u8], last: bool) -> Vec<u8> {
        let mut chunk = Vec::with_capacity(HEADER + payload.len() + DIGEST);
        chunk.extend_from_slice(MAGIC);
        chunk.push(VERSION);
        chunk.extend_from_slice(&self.before);
        chunk.push(u8::from(last));
        chunk.extend_from_slice(payload);
        self.before = Md5::digest(&chunk).into();
        chunk.extend_from_slice(&self.before);
        chunk
    }

    /// The payload of the next chunk.
    pub(super) fn read<'a>(&mut self, chunk: &'a [u8]) -> Result<&'a [u8], Error> {
        let rest = chunk
            .strip_prefix(MAGIC)
            .ok_or_else(|| Error::one(problem::saved_state_foreign(), ""))?;
        let version = rest.first().copied();
        if let Some(version) = version.filter(|version| *version > VERSION) {
            return Err(Error::one(problem::saved_state_version(version), ""));
        }
        let parts = || {
            let (body, whole) = chunk.split_last_chunk::<DIGEST>()?;
            let (_, rest) = rest.split_first()?;
            let (before, rest) = rest.split_first_chunk()?;
            let (last, rest) = rest.split_first()?;
            let (payload, _) = rest.split_last_chunk::<DIGEST>()?;
            let sound = version == Some(VERSION)
                && !self.ended
                && *before == self.before
                && *last <= 1
                && <[u8; DIGEST]>::from(Md5::digest(body)) == *whole;
            sound.then_some((*whole, *last == 1, payload))
        };
        let (whole, last, payload) = parts().ok_or_else(damaged)?;
        (self.before, self.ended) = (whole, last);
        Ok(payload)
    }

    /// Whether the last chunk has been read.
    pub(super) fn are_whole(&self) -> bool {
        self.ended
    }
}
