//! The short way through a message, without text or objects that cross: JavaScript writes the payload
//! to a fixed place in memory, and reads at another where each field lies in it.

use std::cell::RefCell;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::error::found;
use super::message::options;
use crate::decode::by_tree;
use crate::json::scan::{Fields, Known, MOST_UNKNOWN, STRINGS, Unknown, scan};
use crate::{Input, Kind};

/// Larger payloads go the long way.
const PAYLOAD: usize = 65_536;
/// Before the strings: fields present, strings escaped, timestamp (low, high), status, how many unknown.
const HEAD: usize = 6;
/// Of an unknown member: key and value (start, end), flags.
const UNKNOWN: usize = 5;
const RECORD: usize = HEAD + 2 * STRINGS + UNKNOWN * MOST_UNKNOWN;

struct Exchange {
    payload: Box<[u8]>,
    /// All places count UTF-16 units.
    record: Box<[u32]>,
    fields: Fields,
}

thread_local! {
    static EXCHANGE: RefCell<Exchange> = RefCell::new(Exchange {
        payload: vec![0; PAYLOAD].into(),
        record: vec![0; RECORD].into(),
        fields: Fields::default(),
    });
}

/// The memory of this instance.
#[wasm_bindgen(js_name = coreMemory, unchecked_return_type = "WebAssembly.Memory")]
pub fn core_memory() -> JsValue {
    wasm_bindgen::memory()
}

/// The greatest size of a payload, in bytes, by what the caller sets.
#[wasm_bindgen(js_name = payloadLimit)]
pub fn payload_limit(max_bytes: Option<f64>) -> f64 {
    crate::json::limit(max_bytes.map(|max| max as usize)) as f64
}

/// The findings about a payload beyond the limit. The payload itself never comes here.
#[wasm_bindgen(js_name = refuseSize)]
pub fn refuse_size(
    size: f64,
    topic: Option<String>,
    command: Option<bool>,
    max_bytes: Option<f64>,
) -> String {
    let options = options(topic.as_deref(), command, false, None, max_bytes);
    found(&by_tree(Input::too_large(size as usize), &options).diagnostics)
}

/// Where in memory the payload goes and the record is: offset and length of each, the record's length
/// in units of four bytes. They stay there.
#[wasm_bindgen(js_name = exchangePlaces)]
pub fn exchange_places() -> Vec<u32> {
    EXCHANGE.with_borrow(|exchange| {
        let Exchange {
            payload, record, ..
        } = exchange;
        vec![
            payload.as_ptr() as u32,
            payload.len() as u32,
            record.as_ptr() as u32,
            record.len() as u32,
        ]
    })
}

/// Reads the first `length` bytes of the payload. 0: not sure; else the message is valid, nothing is
/// to be said about it, and the record is filled: 1 if all is ASCII, 2 if not. That `device_uid` is the
/// topic's device is left to the caller. `now` is negative where it is not known.
#[wasm_bindgen(js_name = scanPayload)]
pub fn scan_payload(length: u32, command: bool, now: f64) -> u32 {
    let known = Known {
        kind: if command { Kind::Command } else { Kind::Result },
        device: None,
        now: (now >= 0.0).then_some(now as u64),
    };
    EXCHANGE.with_borrow_mut(|exchange| {
        let Exchange {
            payload,
            record,
            fields,
        } = exchange;
        let payload = payload.get(..length as usize);
        if payload
            .and_then(|payload| scan(payload, &known, fields))
            .is_none()
        {
            return 0;
        }
        write(fields, record);
        if fields.ascii { 1 } else { 2 }
    })
}

fn write(fields: &Fields, record: &mut [u32]) {
    let Some((head, rest)) = record.split_first_chunk_mut() else {
        return;
    };
    let head: &mut [u32; HEAD] = head;
    *head = [
        fields.present,
        fields.escaped,
        fields.timestamp as u32,
        (fields.timestamp >> 32) as u32,
        fields.status.into(),
        fields.unknown.len() as u32,
    ];
    let Some((strings, rest)) = rest.split_at_mut_checked(2 * STRINGS) else {
        return;
    };
    for (to, place) in strings.as_chunks_mut().0.iter_mut().zip(&fields.strings) {
        *to = place.units().into();
    }
    for (to, unknown) in rest.as_chunks_mut().0.iter_mut().zip(&fields.unknown) {
        let Unknown {
            key,
            value,
            in_data,
            plain,
        } = unknown;
        let ((key, key_end), (value, value_end)) = (key.units(), value.units());
        let flags = u32::from(*in_data) | u32::from(*plain) << 1;
        let member: [u32; UNKNOWN] = [key, key_end, value, value_end, flags];
        *to = member;
    }
}
