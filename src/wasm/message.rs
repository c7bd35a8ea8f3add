//! Topics, messages and their diagnostics.

use serde::Deserialize;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use super::error::{argument, coded, exact_argument, found, invalid, json};
use crate::decode::by_tree;
use crate::message::{CommandInput, ResultInput};
use crate::{Channel, Decoded, Diagnostic, Input, Kind, Message, Mid, Namespace, Options, Topic};

/// A [`Namespace`], flat: serde would have to keep the members of a tagged one until it knows the tag.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NamespaceParts {
    kind: String,
    product_key: Option<String>,
    tenant: Option<String>,
    prefix: Option<String>,
}

impl NamespaceParts {
    fn namespace(self) -> Result<Namespace, String> {
        let namespace = match self.kind.as_str() {
            "wudun" => self
                .product_key
                .map(|product_key| Namespace::Wudun { product_key }),
            "user" => self.tenant.map(|tenant| Namespace::User { tenant }),
            "prefix" => self.prefix.map(|prefix| Namespace::Prefix { prefix }),
            _ => None,
        };
        namespace.ok_or_else(|| invalid("namespace", "wudun, user or prefix"))
    }
}

#[derive(Deserialize)]
struct TopicParts {
    namespace: NamespaceParts,
    device: String,
    channel: Channel,
}

#[wasm_bindgen(js_name = formatTopic)]
pub fn format_topic(topic: JsValue) -> Result<String, String> {
    let TopicParts {
        namespace,
        device,
        channel,
    } = argument(topic, "topic")?;
    Topic::new(namespace.namespace()?, &device, channel)
        .map(|topic| topic.to_string())
        .map_err(|error| found(error.diagnostics()))
}

#[wasm_bindgen(js_name = parseTopic)]
pub fn parse_topic(topic: &str) -> Result<String, String> {
    Topic::parse(topic)
        .map(|topic| json(&topic))
        .map_err(|error| found(error.diagnostics()))
}

#[derive(Deserialize)]
struct FilterParts {
    namespace: NamespaceParts,
    device: Option<String>,
    channel: Option<Channel>,
}

#[wasm_bindgen(js_name = topicFilter)]
pub fn topic_filter(filter: JsValue) -> Result<String, String> {
    let FilterParts {
        namespace,
        device,
        channel,
    } = argument(filter, "filter")?;
    crate::topic::filter(&namespace.namespace()?, device.as_deref(), channel)
        .map_err(|error| found(error.diagnostics()))
}

#[wasm_bindgen(js_name = randomMid)]
pub fn random_mid() -> String {
    Mid::random().as_str().to_owned()
}

#[wasm_bindgen(js_name = buildCommand)]
pub fn build_command(input: JsValue) -> Result<String, String> {
    let input: CommandInput = exact_argument(input, "input")?;
    let (command, diagnostics) = input.build().map_err(|error| found(error.diagnostics()))?;
    Ok(built(&Message::Command(command), &diagnostics))
}

#[wasm_bindgen(js_name = buildResult)]
pub fn build_result(input: JsValue) -> Result<String, String> {
    let input: ResultInput = exact_argument(input, "input")?;
    let (result, diagnostics) = input.build().map_err(|error| found(error.diagnostics()))?;
    Ok(built(&Message::Result(result), &diagnostics))
}

fn built(message: &Message, diagnostics: &[Diagnostic]) -> String {
    format!(
        r#"{{"message":{},"diagnostics":{}}}"#,
        message.encode(),
        json(diagnostics)
    )
}

/// `message` is what `JSON.stringify` made of the caller's object.
#[wasm_bindgen]
pub fn encode(message: &[u8]) -> Result<String, String> {
    let decoded = crate::decode(Input::wtf8(message), &Options::default());
    decoded
        .message
        .map(|message| message.encode())
        .ok_or_else(|| found(&without_places(decoded.diagnostics)))
}

/// Times and sizes come as JavaScript numbers, checked there to be whole, positive and exact.
pub(super) fn options<'a>(
    topic: Option<&'a str>,
    kind: Option<&str>,
    lenient: bool,
    now: Option<f64>,
    max_bytes: Option<f64>,
) -> Result<Options<'a>, String> {
    let kind = kind.map(self::kind).transpose()?;
    Ok(Options {
        topic,
        kind,
        lenient,
        now: now.map(|now| now as u64),
        max_bytes: max_bytes.map(|max| max as usize),
    })
}

fn kind(name: &str) -> Result<Kind, String> {
    match name {
        "command" => Ok(Kind::Command),
        "result" => Ok(Kind::Result),
        _ => Err(coded(
            "invalid-argument",
            "`kind` is neither command nor result",
            "`kind` 既不是 command 也不是 result",
        )),
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

/// For what the short way (`fast`) is not sure about.
#[wasm_bindgen]
pub fn decode(
    payload: &[u8],
    text: bool,
    topic: Option<String>,
    kind: Option<String>,
    lenient: bool,
    now: Option<f64>,
    max_bytes: Option<f64>,
) -> Result<String, String> {
    let options = options(topic.as_deref(), kind.as_deref(), lenient, now, max_bytes)?;
    let Decoded {
        message,
        topic,
        diagnostics,
        ..
    } = by_tree(input(payload, text), &options);
    let message = message.ok_or_else(|| found(&diagnostics))?;
    let mut members = vec![
        format!(r#""kind":{}"#, json(&message.kind())),
        format!(r#""message":{}"#, message.encode()),
    ];
    if let Message::Result(result) = &message
        && let Some(status) = result.data.status
    {
        members.push(format!(
            r#""status":{},"phase":{}"#,
            json(&status),
            json(&status.phase())
        ));
    }
    if let Some(topic) = topic {
        members.push(format!(r#""topic":{}"#, json(&topic)));
    }
    members.push(format!(r#""diagnostics":{}"#, json(&diagnostics)));
    Ok(format!("{{{}}}", members.join(",")))
}

/// For what the short way (`fast`) is not sure about.
#[wasm_bindgen]
pub fn check(
    payload: &[u8],
    text: bool,
    topic: Option<String>,
    kind: Option<String>,
    lenient: bool,
    now: Option<f64>,
    max_bytes: Option<f64>,
) -> Result<bool, String> {
    let options = options(topic.as_deref(), kind.as_deref(), lenient, now, max_bytes)?;
    Ok(by_tree(input(payload, text), &options).message.is_some())
}

/// `value` is what `JSON.stringify` made of the caller's object: places in it mean nothing to the caller.
#[wasm_bindgen]
pub fn validate(
    value: &[u8],
    kind: &str,
    topic: Option<String>,
    now: Option<f64>,
) -> Result<String, String> {
    let options = options(topic.as_deref(), Some(kind), false, now, None)?;
    Ok(json(&without_places(
        crate::decode(Input::wtf8(value), &options).diagnostics,
    )))
}

fn without_places(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    for diagnostic in &mut diagnostics {
        diagnostic.span = None;
    }
    diagnostics
}

#[wasm_bindgen(js_name = jsonSchema)]
pub fn json_schema(kind: &str) -> Result<String, String> {
    self::kind(kind).map(crate::schema::json_schema)
}

/// `namespace` as in the parts of a topic.
#[wasm_bindgen(js_name = asyncApi)]
pub fn async_api(namespace: JsValue) -> Result<String, String> {
    let namespace: NamespaceParts = argument(namespace, "namespace")?;
    crate::schema::async_api(&namespace.namespace()?).map_err(|error| found(error.diagnostics()))
}
