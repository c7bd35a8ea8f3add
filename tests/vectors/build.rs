use serde::Deserialize;
use serde_json::Value;
use wudun_ota::message::{CommandInput, ResultInput};
use wudun_ota::{Diagnostic, Error, Input, Message, Options, Phase, Severity, Status, decode};

use crate::notation::{Document, Finding, compare, list, read, string, verdict};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    vectors: Vec<Vector>,
    encode: Vec<Encode>,
    statuses: Vec<Row>,
}

/// A row of the status table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    code: u8,
    status: String,
    phase: Phase,
    done: bool,
    zh: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    name: String,
    command: Option<Value>,
    result: Option<Value>,
    encoded: Option<String>,
    #[serde(default)]
    errors: Vec<Finding>,
    #[serde(default)]
    warnings: Vec<Finding>,
}

/// A message that is read and written again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Encode {
    name: String,
    text: String,
    encoded: String,
    /// Where JavaScript, which keeps values and not their text, writes something else.
    #[serde(rename = "encodedJs")]
    _encoded_js: Option<String>,
    #[serde(default)]
    lenient: bool,
}

/// Every text of the input, expanded; `None` where a Rust string cannot hold one.
fn expanded(input: &Value) -> Option<Value> {
    Some(match input {
        Value::String(text) => Value::from(string(text)?),
        Value::Object(members) => {
            let pairs = members
                .iter()
                .map(|(key, value)| Some((key.clone(), expanded(value)?)));
            Value::Object(pairs.collect::<Option<_>>()?)
        }
        other => other.clone(),
    })
}

type Built = Result<(Message, Vec<Diagnostic>), Error>;

fn build(vector: &Vector) -> Option<Built> {
    Some(match (&vector.command, &vector.result) {
        (Some(input), None) => {
            let input: CommandInput = serde_json::from_value(expanded(input)?).unwrap();
            input
                .build()
                .map(|(command, warnings)| (Message::Command(command), warnings))
        }
        (None, Some(input)) => {
            let input: ResultInput = serde_json::from_value(expanded(input)?).unwrap();
            input
                .build()
                .map(|(result, warnings)| (Message::Result(result), warnings))
        }
        _ => panic!("{}: either a command or a result", vector.name),
    })
}

#[test]
fn building() {
    let file: File = read("build.json");
    let mut failures = Vec::new();
    for v in &file.vectors {
        let Some(built) = build(v) else { continue };
        let (encoded, diagnostics) = match built {
            Ok((message, warnings)) => (Some(message.encode()), warnings),
            Err(error) => (None, error.diagnostics().to_vec()),
        };
        // Nothing was read from a text, so nothing has a place in one.
        let placeless = diagnostics.iter().all(|d| d.span.is_none());
        let found = compare(Severity::Error, &v.errors, &diagnostics, &Document::Hex)
            .and_then(|()| compare(Severity::Warning, &v.warnings, &diagnostics, &Document::Hex));
        let expected = v.encoded.as_deref().map(|text| string(text).unwrap());
        if found.is_err() || encoded != expected || !placeless {
            let all = list(&diagnostics);
            failures.push(format!(
                "{}: {found:?}\n  expected {expected:?}\n  found {encoded:?}{all}",
                v.name
            ));
        }
    }
    verdict("build.json", file.vectors.len(), &failures);
}

#[test]
fn encoding() {
    let file: File = read("build.json");
    let mut failures = Vec::new();
    for v in &file.encode {
        let options = Options {
            lenient: v.lenient,
            ..Options::default()
        };
        let decoded = decode(Input::bytes(string(&v.text).unwrap().as_bytes()), &options);
        let found = decoded.message.map(|message| message.encode());
        let expected = string(&v.encoded);
        if found != expected {
            failures.push(format!(
                "{}\n  expected {expected:?}\n  found {found:?}{}",
                v.name,
                list(&decoded.diagnostics)
            ));
        }
        let again = decode(
            Input::bytes(expected.unwrap().as_bytes()),
            &Options::default(),
        );
        if again.message.map(|message| message.encode()) != found {
            failures.push(format!(
                "{}: written, read and written again it differs",
                v.name
            ));
        }
    }
    verdict("build.json (encode)", file.encode.len(), &failures);
}

#[test]
fn statuses() {
    let file: File = read("build.json");
    assert_eq!(file.statuses.len(), Status::ALL.len());
    for (row, listed) in file.statuses.iter().zip(Status::ALL) {
        let status = Status::from_code(row.code).unwrap();
        let found = (
            status,
            status.code(),
            status.name(),
            status.phase(),
            status.done(),
            status.label().zh,
        );
        let expected = (
            listed,
            row.code,
            row.status.as_str(),
            row.phase,
            row.done,
            row.zh.clone(),
        );
        assert_eq!(found, expected, "{}", row.name);
    }
}
