//! MD5 with its state on the JavaScript side, and firmware hashing with its state here.

use std::cell::RefCell;

use serde::Serialize;
use sha2::{Digest, Sha256};
use wasm_bindgen::prelude::wasm_bindgen;

use super::error::coded;
use super::json::json;
use crate::diagnostic::line::{Line, Words};
use crate::md5::{Lanes, Md5, ResumeError, SAVED, hex};

fn resume(state: &[u8]) -> Result<Md5, String> {
    Md5::resume(state).map_err(|error| match error {
        ResumeError::NotAState => coded("md5-state-invalid", &Words::Md5StateInvalid.into()),
        ResumeError::Version(version) => coded(
            "md5-state-version",
            &Line::from(Words::Md5StateVersion).number(version.into()),
        ),
    })
}

#[wasm_bindgen(js_name = md5Start)]
pub fn md5_start() -> Vec<u8> {
    Md5::new().save()
}

#[wasm_bindgen(js_name = md5Check)]
pub fn md5_check(state: &[u8]) -> Result<(), String> {
    resume(state).map(drop)
}

/// Bytes that an MD5 takes in at once: what a copy leaves in the processor's cache, and enough to be worth the call.
const PIECE: usize = 1 << 17;

/// Memory that begins with a line of the processor's cache: copies into it are a third faster than beside one.
struct Memory {
    bytes: Vec<u8>,
    start: usize,
}

const CACHE_LINE: usize = 64;

impl Memory {
    fn new(length: usize) -> Memory {
        let bytes = vec![0; length + CACHE_LINE - 1];
        let start = bytes.as_ptr().align_offset(CACHE_LINE);
        Memory { bytes, start }
    }

    fn address(&self) -> *const u8 {
        self.bytes.as_ptr().wrapping_add(self.start)
    }

    /// What lies outside is empty.
    fn part(&self, start: usize, length: usize) -> &[u8] {
        let from = self
            .bytes
            .get(self.start..)
            .unwrap_or_default()
            .get(start..);
        from.and_then(|from| from.get(..length)).unwrap_or_default()
    }
}

struct Place {
    state: [u8; SAVED],
    bytes: Memory,
}

thread_local! {
    static PLACE: RefCell<Place> = RefCell::new(Place {
        state: Md5::new().saved(),
        bytes: Memory::new(PIECE),
    });
}

/// Where in memory JavaScript puts a state, and bytes to be added to it: offset and length of each.
#[wasm_bindgen(js_name = md5Place)]
pub fn md5_place() -> Vec<u32> {
    PLACE.with_borrow(|Place { state, bytes }| {
        vec![
            state.as_ptr() as u32,
            SAVED as u32,
            bytes.address() as u32,
            PIECE as u32,
        ]
    })
}

/// Adds so many bytes to the state, both in their places. What is no state stays none, and `md5_digest` says so: a
/// function that cannot fail is called without anything in between.
#[wasm_bindgen(js_name = md5Update)]
pub fn md5_update(length: usize) {
    PLACE.with_borrow_mut(|Place { state, bytes }| {
        if let Ok(mut md5) = Md5::resume(state) {
            md5.update(bytes.part(0, length));
            *state = md5.saved();
        }
    });
}

#[wasm_bindgen(js_name = md5Digest)]
pub fn md5_digest(state: &[u8]) -> Result<String, String> {
    resume(state).map(|md5| md5.digest())
}

struct Firmware {
    md5: Md5,
    sha256: Option<Sha256>,
}

#[derive(Serialize)]
struct Digests {
    md5: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
}

/// Firmware images that are hashed at the same time, each in a slot with a number, and the memory into which
/// JavaScript writes their bytes.
#[wasm_bindgen]
pub struct Hasher {
    slots: Vec<Firmware>,
    lanes: Lanes,
    memory: Memory,
    sha256: bool,
}

#[wasm_bindgen]
impl Hasher {
    #[wasm_bindgen(constructor)]
    pub fn new(slots: usize, bytes: usize, sha256: bool) -> Hasher {
        Hasher {
            slots: (0..slots).map(|_| Firmware::new(sha256)).collect(),
            lanes: Lanes::new(),
            memory: Memory::new(bytes),
            sha256,
        }
    }

    /// Where the memory begins.
    pub fn address(&self) -> *const u8 {
        self.memory.address()
    }

    /// Adds bytes of the memory to slots: for each slot in turn its part's start and length, in pairs.
    /// Parts are hashed in lanes where several are not empty; what lies outside the memory is empty.
    pub fn update(&mut self, parts: &[usize]) {
        let mut md5s = Vec::with_capacity(self.slots.len());
        for (slot, [start, length]) in self.slots.iter_mut().zip(parts.as_chunks().0) {
            let bytes = self.memory.part(*start, *length);
            if bytes.is_empty() {
                continue;
            }
            if let Some(sha256) = &mut slot.sha256 {
                sha256.update(bytes);
            }
            md5s.push((&mut slot.md5, bytes));
        }
        self.lanes.update(&mut md5s);
    }

    /// The digests of a slot, which is then free for the next image.
    pub fn finish(&mut self, slot: usize) -> Option<String> {
        let slot = self.slots.get_mut(slot)?;
        let Firmware { md5, sha256 } = std::mem::replace(slot, Firmware::new(self.sha256));
        Some(json(&Digests {
            md5: md5.digest(),
            sha256: sha256.map(|sha256| hex(&sha256.finalize())),
        }))
    }

    /// Forgets what a slot has taken in.
    pub fn clear(&mut self, slot: usize) {
        if let Some(slot) = self.slots.get_mut(slot) {
            *slot = Firmware::new(self.sha256);
        }
    }
}

impl Firmware {
    fn new(sha256: bool) -> Firmware {
        Firmware {
            md5: Md5::new(),
            sha256: sha256.then(Sha256::new),
        }
    }
}
