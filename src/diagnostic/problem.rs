//! What is said of each problem: what was found, what was expected and, where it helps, what to do.

use std::borrow::Cow;

use super::line::{Line, Shown, Words};
use super::{Code, Diagnostic};
use crate::json::push_hex;
use crate::json::scan::Class;

/// A code with what is said, not yet at a place.
pub(crate) struct Problem {
    pub(crate) code: Code,
    /// What was found and what was expected.
    pub(super) finding: Line,
    /// What to do.
    pub(super) hint: Option<Line>,
}

impl Problem {
    pub(crate) fn into_diagnostic(self, path: String) -> Diagnostic {
        Diagnostic {
            code: self.code,
            severity: self.code.severity(),
            path,
            span: None,
            finding: self.finding,
            hint: self.hint,
        }
    }
}

/// What was found, without a hint.
fn say(code: Code, finding: impl Into<Line>) -> Problem {
    Problem {
        code,
        finding: finding.into(),
        hint: None,
    }
}

/// What was found, and what to do if that is known.
fn advise(code: Code, finding: impl Into<Line>, hint: Option<Line>) -> Problem {
    Problem {
        hint,
        ..say(code, finding)
    }
}

/// What was found, and what to do.
fn hinted(code: Code, finding: impl Into<Line>, hint: Words) -> Problem {
    advise(code, finding, Some(hint.into()))
}

/// Most characters of a found value that a message shows.
const SHOWN: usize = 60;

/// The beginning of `text`, safe to show: nothing in it moves the cursor, hides or reorders text.
pub(crate) fn excerpt(text: &str) -> Cow<'_, str> {
    if text.len() <= SHOWN && Class::PLAIN.run(text.as_bytes(), 0) == text.len() {
        return Cow::Borrowed(text);
    }
    let mut shown = String::new();
    for c in text.chars().take(SHOWN) {
        show_char(c, &mut shown);
    }
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    Cow::Owned(shown)
}

fn show_char(c: char, to: &mut String) {
    let invisible =
        matches!(u32::from(c), 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFEFF);
    // A grave accent would end the quotation that the value is shown in.
    if c.is_control() || invisible || is_noncharacter(c) || c == '`' {
        to.push_str("\\u{");
        push_hex(to, u32::from(c), 4);
        to.push('}');
    } else {
        to.push(c);
    }
}

/// U+FDD0–U+FDEF and the last two code points of each plane.
pub(crate) fn is_noncharacter(c: char) -> bool {
    matches!(u32::from(c), 0xFDD0..=0xFDEF) || u32::from(c) & 0xFFFE == 0xFFFE
}

/// A text about a value, which is quoted; what is empty is called so.
fn quoting(line: Words, text: &str) -> Line {
    let line = Line::from(line);
    if text.is_empty() {
        return line.line(&Words::Empty.into());
    }
    line.line_with(Words::Quoted, &excerpt(text))
}

/// A character with its number: `` `x` (U+0078) ``.
fn named(c: char) -> String {
    let mut shown = String::from("`");
    show_char(c, &mut shown);
    shown.push_str("` (U+");
    push_hex(&mut shown, u32::from(c), 4);
    shown.push(')');
    shown
}

/// How many, for a line.
fn count(number: usize) -> u64 {
    number as u64
}

#[cold]
pub(crate) fn too_many_diagnostics(left_out: usize) -> Problem {
    let more = Line::from(Words::TooManyDiagnostics).number(count(left_out));
    hinted(Code::TooManyDiagnostics, more, Words::CorrectFirst)
}

mod field;
mod json;
mod topic;
mod tracker;
mod url;

pub(crate) use field::*;
pub(crate) use json::*;
pub(crate) use topic::*;
pub(crate) use tracker::*;
pub(crate) use url::*;
