//! Findings and errors on their way to JavaScript: in numbers, where `pkg/src/core/words.ts` finds the words.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::diagnostic::line::{Line, Words};
use crate::diagnostic::{LINES, NAMES};
use crate::json::write_string;
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

/// Appends an array of findings.
pub(super) fn write_found(diagnostics: &[Diagnostic], to: &mut String) {
    to.push('[');
    for (index, diagnostic) in diagnostics.iter().enumerate() {
        if index > 0 {
            to.push(',');
        }
        diagnostic.write(to);
    }
    to.push(']');
}

/// What a caller passed is not as the types say.
pub(super) fn invalid(name: &str, why: &str) -> String {
    coded(
        "invalid-argument",
        &Line::with(Words::InvalidArgument, name).text(why),
    )
}
