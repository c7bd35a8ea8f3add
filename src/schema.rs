//! JSON Schema and AsyncAPI documents, made from the table of fields that validation reads.

mod asyncapi;
mod json;
mod pattern;

pub use asyncapi::async_api;

use crate::diagnostic::problem::Level;
use crate::json::MAX_KEYS;
use crate::message::field::{COMMAND_DATA, ENVELOPE, Field, RESULT_DATA, Rule};
use crate::message::{Kind, Status, TYPE};
use json::Json;

/// A command as it goes over the wire.
const COMMAND_EXAMPLE: &str = r#"{"mid":"3f1c2b64-9d0e-4a57-8b21-6c0d5e7f8a90","type":"ota_upgrade","device_uid":"GW-1","timestamp":1763889600000,"data":{"source":"ems_II","download_url":"https://files.example/ems_II-2.4.0.bin","md5_code":"9e107d9d372bb6826bd81d3542a419d6"}}"#;
/// The two results of a device that succeeds.
const RESULT_EXAMPLES: [&str; 2] = [
    r#"{"mid":"b9a0a6f2-51c8-4a35-9a05-0e8a3f1d7c11","type":"ota_upgrade","device_uid":"GW-1","timestamp":1763889660000,"data":{"source":"ems_II","version":"2.3.1","target_version":"2.4.0","target_commit_sha":"6a1f0c9b2d3e","status":2}}"#,
    r#"{"mid":"c4d3b2a1-7e6f-4b5a-8c9d-1f2e3d4c5b6a","type":"ota_upgrade","device_uid":"GW-1","timestamp":1763889720000,"data":{"source":"ems_II","version":"2.4.0","target_version":"2.4.0","target_commit_sha":"6a1f0c9b2d3e","final_version":"2.4.0","final_commit_sha":"6a1f0c9b2d3e","status":4}}"#,
];

/// The JSON Schema (2020-12) of a message, as JSON text.
///
/// It accepts what [`decode`](crate::decode()) accepts with this kind and no topic, apart from the
/// rules that JSON Schema cannot say: the five refusals (§5), except for the keys of the message
/// itself and of its `data`, and whatever compares a message with its topic.
#[must_use]
pub fn json_schema(kind: Kind) -> String {
    let mut members = vec![(
        "$schema",
        Json::text("https://json-schema.org/draft/2020-12/schema"),
    )];
    members.extend(message(kind));
    members.push(("examples", Json::Array(examples(kind))));
    Json::Object(members).to_string()
}

/// Valid messages, as an author of a gateway or a portal would write them.
fn examples(kind: Kind) -> Vec<Json> {
    let texts: &[&'static str] = match kind {
        Kind::Command => &[COMMAND_EXAMPLE],
        Kind::Result => &RESULT_EXAMPLES,
    };
    texts.iter().map(|text| Json::Raw((*text).into())).collect()
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Command => "OTA upgrade command",
        Kind::Result => "OTA upgrade result",
    }
}

fn about(kind: Kind) -> &'static str {
    match kind {
        Kind::Command => {
            "Tells a device to download an image, check it and install it. QoS 1, never retained."
        }
        Kind::Result => {
            "What became of an upgrade: a device sends one for each phase that it reaches, preparation and final."
        }
    }
}

/// The schema of a message, in keywords that drafts 7 to 2020-12 share.
fn message(kind: Kind) -> Vec<(&'static str, Json)> {
    let mut members = vec![
        ("title", Json::text(title(kind))),
        ("description", Json::text(about(kind))),
    ];
    members.extend(object(ENVELOPE, kind));
    members
}

fn object(table: &'static [Field], kind: Kind) -> Vec<(&'static str, Json)> {
    let properties = table
        .iter()
        .map(|field| (field.name, property(field, kind)));
    let required = table.iter().filter(|field| field.required);
    vec![
        ("type", Json::text("object")),
        ("properties", Json::Object(properties.collect())),
        (
            "required",
            Json::Array(required.map(|field| Json::text(field.name)).collect()),
        ),
        ("maxProperties", Json::number(MAX_KEYS)),
    ]
}

fn property(field: &Field, kind: Kind) -> Json {
    let mut members = vec![("description", Json::Text(meaning(field)))];
    let string = if field.required {
        Json::text("string")
    } else {
        Json::Array(vec![Json::text("string"), Json::text("null")])
    };
    let matching =
        |string, pattern: String| vec![("type", string), ("pattern", Json::Text(pattern))];
    members.extend(match field.rule {
        Rule::Mid => matching(string, pattern::uuid()),
        Rule::Type => vec![("const", Json::text(TYPE))],
        Rule::Level(Level::SubDeviceUid) => matching(string, pattern::level_or_empty()),
        Rule::Level(_) => matching(string, pattern::level()),
        Rule::Timestamp => vec![
            ("type", Json::text("integer")),
            ("minimum", Json::number(1)),
            ("maximum", Json::number(9_007_199_254_740_991_u64)),
        ],
        Rule::Data => object(
            match kind {
                Kind::Command => COMMAND_DATA,
                Kind::Result => RESULT_DATA,
            },
            kind,
        ),
        Rule::Text | Rule::Reply => vec![("type", string)],
        Rule::Target => vec![("type", string), ("minLength", Json::number(1))],
        Rule::Url => matching(string, pattern::url()),
        Rule::Md5 => matching(string, pattern::md5()),
        Rule::Status => vec![(
            "enum",
            Json::Array(Status::ALL.map(|status| Json::number(status.code())).into()),
        )],
    });
    Json::Object(members)
}

/// What a field means, in English; `source` is required in commands alone.
fn about_field(field: &Field) -> &'static str {
    match (field.name, field.required) {
        ("mid", _) => {
            "Message id, fresh for each message: a UUID of any version, in either case, compared as 128 bits."
        }
        ("type", _) => "What kind of message this is.",
        ("device_uid", _) => {
            "The device that speaks or is addressed; equals the device level of the topic."
        }
        ("sub_device_uid", _) => {
            "The first-level device (一级设备), only when a second-level device acts for it."
        }
        ("timestamp", _) => {
            "When the message was made, in milliseconds since 1970-01-01T00:00:00Z."
        }
        ("data", _) => "What the message says.",
        ("trace_id", _) => {
            "Any string, carried along to follow a piece of work through several systems."
        }
        ("reply", _) => {
            "The mid of the message answered, in UUID form; in another form it matches nothing."
        }
        ("source", true) => "The update target (更新目标), such as ems_II.",
        ("download_url", _) => {
            "Where the device downloads the image: an http or https URL (RFC 3986 absolute-URI)."
        }
        ("md5_code", _) => "MD5 of the image: an integrity check against accidental damage.",
        ("source", false) => "Origin (来源): the command's update target.",
        ("version", _) => "Current version (当前版本).",
        ("target_version", _) => "Version asked for (目标版本).",
        ("target_commit_sha", _) => "Commit asked for (目标提交SHA).",
        ("final_version", _) => "Version that now runs (最终版本).",
        ("final_commit_sha", _) => "Commit that now runs (最终提交SHA).",
        ("status", _) => "What happened; a result without it is informational.",
        _ => "",
    }
}

/// What a field means; of a status, also what its values mean.
fn meaning(field: &Field) -> String {
    if !matches!(field.rule, Rule::Status) {
        return about_field(field).to_owned();
    }
    let values = Status::ALL.map(|status| {
        let (code, name) = (status.code(), status.name());
        format!("{code} {name} ({})", status.term())
    });
    format!("{} {}.", about_field(field), values.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Input, Options, decode};

    #[test]
    fn examples_are_valid_and_raise_nothing() {
        for kind in [Kind::Command, Kind::Result] {
            for example in examples(kind) {
                let options = Options {
                    kind: Some(kind),
                    ..Options::default()
                };
                let decoded = decode(Input::bytes(example.to_string().as_bytes()), &options);
                assert_eq!(decoded.diagnostics, []);
            }
        }
    }

    #[test]
    fn every_field_is_described() {
        for field in [ENVELOPE, COMMAND_DATA, RESULT_DATA].concat() {
            assert_ne!(about_field(&field), "", "{}", field.name);
        }
    }

    #[test]
    fn schemas_are_json() {
        for kind in [Kind::Command, Kind::Result] {
            let schema: serde_json::Value = serde_json::from_str(&json_schema(kind)).unwrap();
            assert_eq!(schema["properties"]["type"]["const"], TYPE);
        }
    }
}
