//! The short way through a message, without text or objects that cross: JavaScript writes the payload
//! to a fixed place in memory, and reads at another where each field lies in it.

use std::cell::RefCell;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::error::found;
use super::message::{channel, input, options, valid};
use crate::decode::{Context, by_tree};
use crate::diagnostic::findings::Findings;
use crate::json::scan::{Device, Known, Scanner};
use crate::{Input, Kind};

/// Larger payloads go the long way.
const PAYLOAD: usize = 65_536;
/// Behind the payload: the topic's device.
const DEVICE: usize = 256;

/// What is known of a payload that is read: JavaScript has the same numbers in `fast.ts`.
const TEXT: u32 = 1;
const COMMAND: u32 = 2;
const LENIENT: u32 = 4;
/// Nothing is wanted but whether it is valid.
const CHECK: u32 = 8;

struct Exchange {
    payload: Box<[u8]>,
    scanner: Box<Scanner>,
    findings: Findings,
    rows: Vec<u32>,
    /// About a valid message.
    answer: String,
    answered: Box<Answered>,
}

/// Where an answer is in memory: JavaScript has the same order in `fast.ts`.
#[derive(Default)]
#[repr(C)]
struct Answered {
    text: u32,
    length: u32,
    is_ascii: u32,
    /// Of findings.
    rows: u32,
    row_numbers: u32,
    numbers: u32,
}

impl Answered {
    fn of(text: &str, rows: &[u32], numbers: &[u32]) -> Answered {
        Answered {
            text: text.as_ptr() as u32,
            length: text.len() as u32,
            is_ascii: text.is_ascii().into(),
            rows: rows.as_ptr() as u32,
            row_numbers: rows.len() as u32,
            numbers: numbers.as_ptr() as u32,
        }
    }
}

thread_local! {
    static EXCHANGE: RefCell<Exchange> = RefCell::new(Exchange {
        payload: vec![0; PAYLOAD + DEVICE].into(),
        scanner: Box::default(),
        findings: Findings::default(),
        rows: Vec::new(),
        answer: String::new(),
        answered: Box::default(),
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

/// Where in memory the payload goes and what was found is: offset and length of the payload, offset and length
/// of the device behind it, offset of the fields, offset of what tells where an answer is. They stay there.
#[wasm_bindgen(js_name = exchangePlaces)]
pub fn exchange_places() -> Vec<u32> {
    EXCHANGE.with_borrow(
        |Exchange {
             payload,
             scanner,
             answered,
             ..
         }| {
            let fields = std::ptr::from_ref(&scanner.fields);
            let answered = std::ptr::from_ref(&**answered);
            let at = payload.as_ptr() as u32;
            let (length, device) = (PAYLOAD as u32, DEVICE as u32);
            vec![
                at,
                length,
                at + length,
                device,
                fields as u32,
                answered as u32,
            ]
        },
    )
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
    EXCHANGE.with_borrow_mut(
        |Exchange {
             payload, scanner, ..
         }| {
            let payload = payload.get(..length as usize);
            match payload.and_then(|payload| scanner.scan(payload, &known)) {
                None => 0,
                Some(()) if scanner.fields.is_ascii() => 1,
                Some(()) => 2,
            }
        },
    )
}

/// Reads what [`scan_payload`] was not sure about, where it lies: whether the payload is valid. Unless that is all that
/// is asked, with [`CHECK`], it tells in its place where the answer is: an object, or findings. `device` is the length
/// of the topic's device, negative where there is no topic.
#[wasm_bindgen(js_name = readPayload)]
pub fn read_payload(length: u32, known: u32, device: i32, now: f64) -> bool {
    let is = |flag| known & flag != 0;
    EXCHANGE.with_borrow_mut(|exchange| {
        let Exchange {
            payload,
            findings,
            rows,
            answer,
            ..
        } = exchange;
        let device = usize::try_from(device).ok();
        let device = device.and_then(|length| payload.get(PAYLOAD..PAYLOAD + length));
        let payload = payload.get(..length as usize).unwrap_or_default();
        let source = input(payload, is(TEXT)).source();
        let mut context = Context {
            kind: Some(channel(is(COMMAND))),
            device: device.and_then(|device| std::str::from_utf8(device).ok()),
            lenient: is(LENIENT),
            now: (now >= 0.0).then_some(now as u64),
        };
        if is(CHECK) {
            return context.is_valid(&source, &mut Findings::counted());
        }
        findings.clear();
        let message = context.read(&source, findings);
        *exchange.answered = match &message {
            Some(message) => {
                answer.clear();
                valid(message, &findings.finish(&source), answer);
                Answered::of(answer, &[], &[])
            }
            None => {
                rows.clear();
                let wire = findings.finish_in(&source, rows);
                Answered::of(&wire.texts, rows, &wire.numbers)
            }
        };
        message.is_some()
    })
}
