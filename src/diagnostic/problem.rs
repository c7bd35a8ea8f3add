//! What is said of each problem: what was found, what was expected and, where it helps, what to do.

use super::line::{Line, Shown, Words};
use super::wire::Wire;
use super::{Code, Diagnostic};

/// A code with what is said, not yet at a place.
pub(crate) struct Problem<'a> {
    pub(crate) code: Code,
    /// What was found and what was expected.
    pub(super) finding: Line<'a>,
    /// What to do.
    pub(super) hint: Option<Line<'a>>,
}

impl Problem<'_> {
    /// Appends what is said.
    pub(super) fn write(&self, to: &mut Wire) {
        self.finding.write(to);
        if let Some(hint) = &self.hint {
            hint.write(to);
        }
    }

    pub(crate) fn into_diagnostic(self, path: String) -> Diagnostic {
        let mut said = Wire::default();
        self.write(&mut said);
        Diagnostic {
            code: self.code,
            severity: self.code.severity(),
            path,
            span: None,
            said,
            has_hint: self.hint.is_some(),
        }
    }
}

/// What was found, without a hint.
fn say<'a>(code: Code, finding: impl Into<Line<'a>>) -> Problem<'a> {
    Problem {
        code,
        finding: finding.into(),
        hint: None,
    }
}

/// What was found, and what to do if that is known.
fn advise<'a>(code: Code, finding: impl Into<Line<'a>>, hint: Option<Line<'a>>) -> Problem<'a> {
    Problem {
        hint,
        ..say(code, finding)
    }
}

/// What was found, and what to do.
fn hinted<'a>(code: Code, finding: impl Into<Line<'a>>, hint: Words) -> Problem<'a> {
    advise(code, finding, Some(hint.into()))
}

/// A text about a value, which is quoted; what is empty is called so.
fn quoting(line: Words, text: &str) -> Line<'_> {
    let line = Line::from(line);
    if text.is_empty() {
        return line.line(Words::Empty);
    }
    line.line(Line::about(Words::Quoted, text))
}

/// How many, for a line.
fn count(number: usize) -> u64 {
    number as u64
}

#[cold]
pub(crate) fn too_many_diagnostics(left_out: usize) -> Problem<'static> {
    let more = Line::from(Words::TooManyDiagnostics).number(count(left_out));
    hinted(Code::TooManyDiagnostics, more, Words::CorrectFirst)
}

mod field;
mod json;
mod topic;
mod tracker;
mod url;

pub(crate) use super::line::is_noncharacter;
pub(crate) use field::*;
pub(crate) use json::*;
pub(crate) use topic::*;
pub(crate) use tracker::*;
pub(crate) use url::*;
