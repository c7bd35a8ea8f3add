//! The AsyncAPI document of a namespace.

use super::json::Json;
use super::{about, examples, message, title};
use crate::diagnostic::Error;
use crate::message::Kind;
use crate::topic::{Namespace, filter};

/// An AsyncAPI 3.0 document, as JSON text: both channels and both messages, with examples, for all
/// devices of a namespace, from the operator's side.
///
/// # Errors
/// What [`topic::filter`](crate::topic::filter) says of the namespace.
pub fn async_api(namespace: &Namespace) -> Result<String, Error> {
    let mut channels = Vec::new();
    let mut operations = Vec::new();
    let mut messages = Vec::new();
    for kind in [Kind::Command, Kind::Result] {
        filter(namespace, None, Some(kind))?;
        channels.push((kind.as_str(), channel(namespace, kind)));
        operations.push(operation(kind));
        messages.push((kind.as_str(), message_object(kind)));
    }
    let info = Json::Object(vec![
        ("title", Json::text("Wudun gateway OTA upgrades")),
        ("version", Json::text(env!("CARGO_PKG_VERSION"))),
        (
            "description",
            Json::text(
                "Firmware upgrades of Wudun energy-management gateways over MQTT, as seen by the operator. The vendor calls the interface not yet live (未上线): gateways may differ.",
            ),
        ),
        (
            "license",
            Json::Object(vec![("name", Json::text("MIT OR Apache-2.0"))]),
        ),
    ]);
    let components = Json::Object(vec![("messages", Json::Object(messages))]);
    let document = Json::Object(vec![
        ("asyncapi", Json::text("3.0.0")),
        ("info", info),
        ("defaultContentType", Json::text("application/json")),
        ("channels", Json::Object(channels)),
        ("operations", Json::Object(operations)),
        ("components", components),
    ]);
    Ok(document.to_string())
}

fn channel(namespace: &Namespace, kind: Kind) -> Json {
    let mut parameters = vec![(
        "device",
        Json::Object(vec![(
            "description",
            Json::text("The device, one topic level; equals device_uid."),
        )]),
    )];
    let levels = namespace.levels();
    // Braces would be read as a parameter of the address: then the levels become one, with a single value.
    let shown = if levels.contains(['{', '}']) {
        let namespace = Json::Object(vec![
            ("description", Json::text("The namespace.")),
            ("enum", Json::Array(vec![Json::text(&levels)])),
            ("default", Json::text(&levels)),
        ]);
        parameters.push(("namespace", namespace));
        "{namespace}"
    } else {
        &levels
    };
    let address = format!("{shown}/{{device}}/ota/upgrade/{}", kind.as_str());
    let reference = Json::reference(&format!("#/components/messages/{}", kind.as_str()));
    Json::Object(vec![
        ("address", Json::Text(address)),
        ("title", Json::text(title(kind))),
        ("messages", Json::Object(vec![(kind.as_str(), reference)])),
        ("parameters", Json::Object(parameters)),
    ])
}

fn operation(kind: Kind) -> (&'static str, Json) {
    let (name, action) = match kind {
        Kind::Command => ("sendCommand", "send"),
        Kind::Result => ("receiveResult", "receive"),
    };
    let channel = format!("#/channels/{}", kind.as_str());
    let message = format!("{channel}/messages/{}", kind.as_str());
    let mut members = vec![
        ("action", Json::text(action)),
        ("channel", Json::reference(&channel)),
        ("summary", Json::text(about(kind))),
        ("messages", Json::Array(vec![Json::reference(&message)])),
    ];
    if kind == Kind::Command {
        let mqtt = Json::Object(vec![
            ("qos", Json::number(1)),
            ("retain", Json::Raw("false".into())),
        ]);
        members.push(("bindings", Json::Object(vec![("mqtt", mqtt)])));
    }
    (name, Json::Object(members))
}

fn message_object(kind: Kind) -> Json {
    let examples = examples(kind)
        .into_iter()
        .map(|payload| Json::Object(vec![("payload", payload)]));
    Json::Object(vec![
        ("name", Json::text(kind.as_str())),
        ("title", Json::text(title(kind))),
        ("summary", Json::text(about(kind))),
        ("contentType", Json::text("application/json")),
        ("payload", Json::Object(message(kind))),
        ("examples", Json::Array(examples.collect())),
    ])
}
