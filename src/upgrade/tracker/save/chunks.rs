//! Chunks: what tells whether saved bytes are whole, in order and of one save.
//!
//! Each chunk is `WOTA`, a version byte, the MD5 that all chunks of one save share (of their
//! payloads, one after the other), the chunk's position and the number of chunks (32 bits each,
//! big-endian), the payload, and the MD5 of all this.

use md5::{Digest, Md5};

use crate::diagnostic::{Error, problem};

const MAGIC: &[u8; 4] = b"WOTA";
const VERSION: u8 = 1;
const DIGEST: usize = 16;
const HEADER: usize = MAGIC.len() + 1 + DIGEST + 4 + 4;

/// Most bytes of a chunk's payload.
const PAYLOAD: usize = 64 * 1_024;

/// `saved-state-damaged`.
pub(super) fn damaged() -> Error {
    Error::one(problem::saved_state_damaged(), "")
}

/// Cuts `state` into chunks: one at least.
pub(super) fn split(state: &[u8]) -> Vec<Vec<u8>> {
    let shared = digest(state);
    let count = state.len().div_ceil(PAYLOAD).max(1);
    (0..count)
        .map(|position| {
            let start = position * PAYLOAD;
            let end = state.len().min(start + PAYLOAD);
            let payload = state.get(start..end).unwrap_or_default();
            chunk(&shared, position, count, payload)
        })
        .collect()
}

fn chunk(shared: &[u8; DIGEST], position: usize, count: usize, payload: &[u8]) -> Vec<u8> {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_be_bytes();
    let mut chunk = Vec::with_capacity(HEADER + payload.len() + DIGEST);
    chunk.extend_from_slice(MAGIC);
    chunk.push(VERSION);
    chunk.extend_from_slice(shared);
    chunk.extend_from_slice(&number(position));
    chunk.extend_from_slice(&number(count));
    chunk.extend_from_slice(payload);
    let digest = digest(&chunk);
    chunk.extend_from_slice(&digest);
    chunk
}

/// Puts the payloads together again, if the chunks are whole and belong together.
pub(super) fn join<C: AsRef<[u8]>>(chunks: &[C]) -> Result<Vec<u8>, Error> {
    let mut state = Vec::new();
    let mut all_shared = None;
    for (position, chunk) in chunks.iter().enumerate() {
        let (shared, payload) = read(chunk.as_ref(), position, chunks.len())?;
        if *all_shared.get_or_insert(shared) != shared {
            return Err(damaged());
        }
        state.extend_from_slice(payload);
    }
    if all_shared == Some(digest(&state)) {
        Ok(state)
    } else {
        Err(damaged())
    }
}

/// The digest that a chunk shares with the others, and its payload.
fn read(chunk: &[u8], position: usize, count: usize) -> Result<([u8; DIGEST], &[u8]), Error> {
    let rest = chunk
        .strip_prefix(MAGIC)
        .ok_or_else(|| Error::one(problem::saved_state_foreign(), ""))?;
    let version = rest.first().copied();
    if let Some(version) = version.filter(|version| *version > VERSION) {
        return Err(Error::one(problem::saved_state_version(version), ""));
    }
    let parts = || {
        let (body, whole) = chunk.split_last_chunk()?;
        let (_, rest) = rest.split_first()?;
        let (shared, rest) = rest.split_first_chunk()?;
        let (at, rest) = rest.split_first_chunk()?;
        let (of, rest) = rest.split_first_chunk()?;
        let (payload, _) = rest.split_last_chunk::<DIGEST>()?;
        let in_place = u32::from_be_bytes(*at) as usize == position
            && u32::from_be_bytes(*of) as usize == count;
        let sound = version == Some(VERSION) && in_place && digest(body) == *whole;
        sound.then_some((*shared, payload))
    };
    parts().ok_or_else(damaged)
}

fn digest(bytes: &[u8]) -> [u8; DIGEST] {
    Md5::digest(bytes).into()
}
