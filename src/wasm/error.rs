//! Findings and errors on their way to JavaScript: in numbers, where `pkg/src/core/words.ts` finds the words.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::diagnostic::line::{Line, Words};
use crate::diagnostic::wire::push_text;
use crate::diagnostic::{LINES, NAMES};
use crate::{Diagnostic, Error};

/// What the numbers of codes and texts mean: the names of all codes, an empty line, all texts.
#[wasm_bindgen]
pub fn words() -> String {
    [NAMES, LINES].join("\n")
}

/// An error that is not about a message: `!`, its code and its text.
pub(super) fn coded(code: &str, text: &Line) -> String {
    let mut error = String::from("!");
    push_text(&mut error, 0, code);
    text.write(&mut error);
    error
}

/// From the findings about a topic or a message.
pub(super) fn refused(error: Error) -> String {
    found(error.diagnostics())
}

/// Findings: see [`write_found`].
pub(super) fn found(diagnostics: &[Diagnostic]) -> String {
    let mut found = String::new();
    write_found(diagnostics, &mut found);
    found
}

/// Appends findings: `#`, then one after the other.
pub(super) fn write_found(diagnostics: &[Diagnostic], to: &mut String) {
    to.push('#');
    for diagnostic in diagnostics {
        diagnostic.write(to);
    }
}

/// What a caller passed is not as the types say.
pub(super) fn invalid(name: &str, why: &str) -> String {
    coded(
        "invalid-argument",
        &Line::with(Words::InvalidArgument, name).text(why),
    )
}
