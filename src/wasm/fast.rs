//! The short way through a message, without text or objects that cross: JavaScript writes the payload
//! to a fixed place in memory, and reads at another where each field lies in it.

use std::cell::RefCell;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::error::found;
use super::message::options;
use crate::decode::by_tree;
use crate::json::scan::{Device, Known, Scanner};
use crate::{Input, Kind};

/// Larger payloads go the long way.
const PAYLOAD: usize = 65_536;

struct Exchange {
    payload: Box<[u8]>,
    scanner: Box<Scanner>,
}

thread_local! {
    static EXCHANGE: RefCell<Exchange> = RefCell::new(Exchange {
        payload: vec![0; PAYLOAD].into(),
        scanner: Box::default(),
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
    found(&by_tree(Input::too_large(&[], size as usize), &options).diagnostics)
}

/// Where in memory the payload goes and what was found is: offset and length of the payload, offset of
/// the fields. They stay there.
#[wasm_bindgen(js_name = exchangePlaces)]
pub fn exchange_places() -> Vec<u32> {
    EXCHANGE.with_borrow(|Exchange { payload, scanner }| {
        let fields = std::ptr::from_ref(&scanner.fields);
        vec![payload.as_ptr() as u32, payload.len() as u32, fields as u32]
    })
}

/// Reads the first `length` bytes of the payload. 0: not sure; else the message is valid, nothing is
/// to be said about it, and the fields are where they should be: 1 if all is ASCII, 2 if not. `now` is
/// negative where it is not known; `on_topic` says that the caller compares `device_uid` with a topic.
#[wasm_bindgen(js_name = scanPayload)]
pub fn scan_payload(length: u32, command: bool, on_topic: bool, now: f64) -> u32 {
    let known = Known {
        kind: if command { Kind::Command } else { Kind::Result },
        device: if on_topic { Device::Asker } else { Device::Any },
        now: (now >= 0.0).then_some(now as u64),
    };
    EXCHANGE.with_borrow_mut(|Exchange { payload, scanner }| {
        let payload = payload.get(..length as usize);
        match payload.and_then(|payload| scanner.scan(payload, &known)) {
            None => 0,
            Some(()) if scanner.fields.is_ascii() => 1,
            Some(()) => 2,
        }
    })
}
