//! Findings and errors on their way to JavaScript: in numbers, where `pkg/src/core/words.ts` finds the words.

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::diagnostic::line::{Line, Words};
use crate::diagnostic::{LINES, NAMES};
use crate::json::{write_integer, write_string};
use crate::{Diagnostic, Error};

/// What the numbers of codes and texts mean: the names of all codes, an empty line, all texts.
#[wasm_bindgen]
pub fn words() -> String {
    [NAMES, LINES].join("\n")
}

/// An error that is not about a message.
pub(super) fn coded(code: &str, text: &Line) -> String {
    let mut json = String::from("{\"code\":");
    write_string(&mut json, code);
    json.push_str(",\"text\":");
    text.write(&mut json);
    json.push('}');
    json
}

/// From the findings about a topic or a message.
pub(super) fn refused(error: Error) -> String {
    found(error.diagnostics())
}

/// Findings as JSON.
pub(super) fn found(diagnostics: &[Diagnostic]) -> String {
    let mut json = String::new();
    write_found(diagnostics, &mut json);
    json
}

/// Appends an array of findings: code, severity, path, what was found, what to do or `0`, and the four
/// numbers of the span, if there is one.
pub(super) fn write_found(diagnostics: &[Diagnostic], to: &mut String) {
    to.push('[');
    for (index, diagnostic) in diagnostics.iter().enumerate() {
        to.push_str(if index == 0 { "[" } else { ",[" });
        write_integer(to, diagnostic.code as u64);
        to.push(',');
        write_integer(to, diagnostic.severity as u64);
        to.push(',');
        write_string(to, &diagnostic.path);
        to.push(',');
        diagnostic.finding.write(to);
        match &diagnostic.hint {
            Some(hint) => {
                to.push(',');
                hint.write(to);
            }
            None => to.push_str(",0"),
        }
        if let Some(span) = diagnostic.span {
            for number in [span.start, span.end, span.line, span.column] {
                to.push(',');
                write_integer(to, number as u64);
            }
        }
        to.push(']');
    }
    to.push(']');
}

/// Writes a value that has no map keys but strings: cannot fail, so a failure shows as `null`.
pub(super) fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| String::from("null"))
}

/// What a caller passed is not as the types say.
pub(super) fn invalid(name: &str, why: &str) -> String {
    coded(
        "invalid-argument",
        &Line::with(Words::InvalidArgument, name).text(why),
    )
}

/// Reads an argument: a plain object that TypeScript has copied, so that no code of the caller's runs here.
pub(super) fn argument<T: DeserializeOwned>(value: JsValue, name: &str) -> Result<T, String> {
    serde_wasm_bindgen::from_value(value).map_err(|error| invalid(name, &error.to_string()))
}
