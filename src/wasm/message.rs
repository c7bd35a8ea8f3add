//! Topics, messages and what is found in them. What JavaScript can do as well is done there: it takes
//! objects apart and puts answers together.

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use super::error::{found, refused};
use crate::decode::{by_tree, is_valid};
use crate::json::write_string;
use crate::{Channel, Decoded, Diagnostic, Input, Kind, Message, Mid, Namespace, Options, Topic};

/// Numbers of namespaces: JavaScript has the same order in `arguments.ts`.
fn namespace(kind: u8, levels: String) -> Namespace {
    match kind {
        0 => Namespace::Wudun {
            product_key: levels,
        },
        1 => Namespace::User { tenant: levels },
        _ => Namespace::Prefix { prefix: levels },
    }
}

pub(super) fn channel(command: bool) -> Channel {
    if command {
        Channel::Command
    } else {
        Channel::Result
    }
}

#[wasm_bindgen(js_name = formatTopic)]
pub fn format_topic(
    kind: u8,
    levels: String,
    device: &str,
    command: bool,
) -> Result<String, String> {
    Topic::new(namespace(kind, levels), device, channel(command))
        .map(|topic| topic.to_string())
        .map_err(refused)
}

/// A topic's parts: the namespace's number and levels, the device, whether it is for commands. Or findings.
#[wasm_bindgen(js_name = parseTopic)]
pub fn parse_topic(topic: &str) -> Result<JsValue, String> {
    let topic = Topic::parse(topic).map_err(refused)?;
    let (kind, levels) = match topic.namespace() {
        Namespace::Wudun { product_key } => (0, product_key),
        Namespace::User { tenant } => (1, tenant),
        Namespace::Prefix { prefix } => (2, prefix),
    };
    let parts = (
        kind,
        levels.as_str(),
        topic.device(),
        topic.channel() == Channel::Command,
    );
    Ok(serde_wasm_bindgen::to_value(&parts).unwrap_or_default())
}

#[wasm_bindgen(js_name = topicFilter)]
pub fn topic_filter(
    kind: u8,
    levels: String,
    device: Option<String>,
    command: Option<bool>,
) -> Result<String, String> {
    let namespace = namespace(kind, levels);
    crate::topic::filter(&namespace, device.as_deref(), command.map(channel)).map_err(refused)
}

#[wasm_bindgen(js_name = randomMid)]
pub fn random_mid() -> String {
    Mid::random().as_str().to_owned()
}

/// What is known of a payload, as JavaScript has it: times and sizes as numbers, checked there to be whole,
/// positive and exact.
pub(super) fn options(
    topic: Option<&str>,
    command: Option<bool>,
    lenient: bool,
    now: Option<f64>,
    max_bytes: Option<f64>,
) -> Options<'_> {
    Options {
        topic,
        kind: command.map(channel),
        lenient,
        now: now.map(|now| now as u64),
        max_bytes: max_bytes.map(|max| max as usize),
    }
}

/// `text`: the payload was a JavaScript string and comes in generalised UTF-8.
pub(super) fn input(payload: &[u8], text: bool) -> Input<'_> {
    if text {
        Input::wtf8(payload)
    } else {
        Input::bytes(payload)
    }
}

/// The same of a payload that has `size` bytes; only the first of them come where that is beyond the limit.
pub(super) fn input_of(payload: &[u8], size: usize, text: bool) -> Input<'_> {
    if size > payload.len() {
        Input::too_large(payload, size)
    } else {
        input(payload, text)
    }
}

/// Appends a valid message, with what else was found, as one object.
pub(super) fn valid(message: &Message, diagnostics: &[Diagnostic], json: &mut String) {
    json.push_str(match message.kind() {
        Kind::Command => "{\"kind\":\"command\",\"message\":",
        Kind::Result => "{\"kind\":\"result\",\"message\":",
    });
    message.encode_to(json);
    json.push_str(",\"found\":");
    write_string(json, &found(diagnostics));
    json.push('}');
}

/// An object of a valid message, otherwise findings.
fn answer_of(decoded: &Decoded) -> String {
    let Some(message) = &decoded.message else {
        return found(&decoded.diagnostics);
    };
    let mut json = String::new();
    valid(message, &decoded.diagnostics, &mut json);
    json
}

/// For what the short way (`fast`) is not sure about.
#[wasm_bindgen]
pub fn decode(
    payload: &[u8],
    text: bool,
    topic: Option<String>,
    command: Option<bool>,
    lenient: bool,
    now: Option<f64>,
    max_bytes: Option<f64>,
) -> String {
    let options = options(topic.as_deref(), command, lenient, now, max_bytes);
    answer_of(&by_tree(input(payload, text), &options))
}

/// For what the short way (`fast`) is not sure about.
#[wasm_bindgen]
pub fn check(
    payload: &[u8],
    text: bool,
    topic: Option<String>,
    command: Option<bool>,
    lenient: bool,
    now: Option<f64>,
    max_bytes: Option<f64>,
) -> bool {
    let options = options(topic.as_deref(), command, lenient, now, max_bytes);
    is_valid(input(payload, text), &options)
}

/// As [`decode`] of what `JSON.stringify` made of the caller's object: places in it mean nothing to the
/// caller.
#[wasm_bindgen]
pub fn read(
    value: &[u8],
    command: bool,
    topic: Option<String>,
    now: Option<f64>,
    max_bytes: Option<f64>,
) -> String {
    let options = options(topic.as_deref(), Some(command), false, now, max_bytes);
    answer_of(&placeless(value, &options))
}

/// The text of a valid message as the protocol orders it, otherwise findings. `message` is as
/// in [`read`], and tells itself what it is.
#[wasm_bindgen]
pub fn encode(message: &[u8]) -> String {
    let decoded = placeless(message, &Options::default());
    match &decoded.message {
        Some(message) => message.encode(),
        None => found(&decoded.diagnostics),
    }
}

fn placeless(value: &[u8], options: &Options<'_>) -> Decoded {
    let mut decoded = by_tree(Input::wtf8(value), options);
    for diagnostic in &mut decoded.diagnostics {
        diagnostic.span = None;
    }
    decoded
}
