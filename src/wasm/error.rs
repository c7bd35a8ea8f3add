//! Findings and errors on their way to JavaScript: in numbers, where `pkg/src/core/words.ts` finds the words.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::diagnostic::line::{Line, Words};
use crate::diagnostic::wire::Wire;
use crate::diagnostic::{LINES, NAMES, written};
use crate::message::field;
use crate::{Diagnostic, Error};

/// What the numbers of codes, fields and texts mean: the names of all codes, an empty line, those of all fields, an
/// empty line, all texts.
#[wasm_bindgen]
pub fn words() -> String {
    format!("{NAMES}\n{}\n\n{LINES}", field::names())
}

/// An error that is not about a message: `!`, its code and its text.
pub(super) fn coded(code: &str, text: &Line<'_>) -> String {
    let mut wire = Wire::default();
    wire.text(code);
    text.write(&mut wire);
    format!("!{}", wire.packed())
}

/// From the findings about a topic or a message.
pub(super) fn refused(error: Error) -> String {
    found(error.diagnostics())
}

/// Findings, marked by a `#`.
pub(super) fn found(diagnostics: &[Diagnostic]) -> String {
    format!("#{}", written(diagnostics).packed())
}

/// What a caller passed is not as the types say.
pub(super) fn invalid(name: &str, why: &str) -> String {
    coded(
        "invalid-argument",
        &Line::with(Words::InvalidArgument, name).text(why),
    )
}
