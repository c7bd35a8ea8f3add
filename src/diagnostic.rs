//! Findings: stable codes, severities, places, and messages in English and Simplified Chinese (§6).

use std::fmt;

use line::lines;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use wire::{Mark, Wire};

mod code;
pub(crate) mod findings;
pub(crate) mod line;
pub(crate) mod problem;
mod texts;
pub(crate) mod wire;

pub use code::Code;
#[cfg(feature = "wasm")]
pub(crate) use code::NAMES;
pub use line::Phrase;
#[cfg(feature = "wasm")]
pub(crate) use texts::LINES;

/// A text in both languages of the product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Text {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    pub zh: String,
}

/// How bad a finding is. A message is valid when it has no [`Severity::Error`].
///
/// Ordered from the worst to the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Breaks a rule of the protocol.
    Error,
    /// Allowed, and probably not meant.
    Warning,
    /// Worth knowing.
    Info,
}

/// Where a finding lies in the source text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Span {
    /// First unit: bytes, or UTF-16 units when the input was a JavaScript string.
    pub start: usize,
    /// One past the last unit.
    pub end: usize,
    /// Line of `start`, from 1. Lines end with `\n`, `\r\n` or `\r`.
    pub line: usize,
    /// Column of `start` in characters, from 1.
    pub column: usize,
}

/// One finding (§6). Its words are put together when they are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Diagnostic {
    /// What was found, as a stable name.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// JSON Pointer (RFC 6901) to the field. Empty for the whole message and for a topic.
    /// Where a pointer would be longer than 1,024 bytes, it points to the nearest enclosing value
    /// whose pointer is not.
    pub path: String,
    /// Where it lies in the source text, when there is one.
    #[cfg_attr(test, ts(skip))]
    pub span: Option<Span>,
    /// What was found, what was expected and, where it helps, what to do.
    #[cfg_attr(test, ts(rename = "message", type = "Text"))]
    said: Wire,
    /// The end of `message` that says what to do, for those who show it apart.
    #[cfg_attr(test, ts(rename = "hint", optional, as = "Option<Text>"))]
    has_hint: bool,
}

impl Diagnostic {
    /// What was found, what was expected and, where it helps, what to do.
    #[must_use]
    pub fn message(&self) -> Text {
        let mut lines = lines(&self.said);
        let Text { en, zh } = lines.next().unwrap_or_default();
        match lines.next() {
            Some(hint) => Text {
                en: format!("{en}. {}", hint.en),
                zh: format!("{zh}。{}", hint.zh),
            },
            None => Text { en, zh },
        }
    }

    /// The end of [`message`](Diagnostic::message) that says what to do, for those who show it apart.
    #[must_use]
    pub fn hint(&self) -> Option<Text> {
        lines(&self.said).nth(1)
    }
}

/// How many numbers a row has.
const ROW: usize = 7;

/// What JavaScript reads of a finding first: code, severity and what else there is as one number, where its path and
/// words begin, and its span.
fn row(code: Code, severity: Severity, has_hint: bool, span: Option<Span>, at: Mark) -> [u32; ROW] {
    let flags = u32::from(span.is_some()) << 3 | u32::from(has_hint) << 2;
    let Span {
        start,
        end,
        line,
        column,
    } = span.unwrap_or_default();
    let head = (code as u32) << 4 | flags | severity as u32;
    let [number, unit] = [at.number, at.unit].map(|at| at as u32);
    let [start, end, line, column] = [start, end, line, column].map(|place| place as u32);
    [head, number, unit, start, end, line, column]
}

/// Findings for the npm package, which has the words: how many they are, a row for each, then the paths and what is
/// said.
pub(crate) fn written(diagnostics: &[Diagnostic]) -> Wire {
    let (mut rows, mut wire) = (vec![diagnostics.len() as u32], Wire::default());
    for found in diagnostics {
        rows.extend(row(
            found.code,
            found.severity,
            found.has_hint,
            found.span,
            wire.mark(),
        ));
        wire.text(&found.path);
        wire.append(&found.said);
    }
    rows.append(&mut wire.numbers);
    wire.numbers = rows;
    wire
}

/// For people, as the npm package gives it: the members of the span are its own. Otherwise in numbers.
impl Serialize for Diagnostic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return serializer.serialize_str(&written(std::slice::from_ref(self)).packed());
        }
        let mut to = serializer.serialize_struct("Diagnostic", 9)?;
        to.serialize_field("code", &self.code)?;
        to.serialize_field("severity", &self.severity)?;
        to.serialize_field("path", &self.path)?;
        if let Some(span) = self.span {
            to.serialize_field("start", &span.start)?;
            to.serialize_field("end", &span.end)?;
            to.serialize_field("line", &span.line)?;
            to.serialize_field("column", &span.column)?;
        }
        to.serialize_field("message", &self.message())?;
        if let Some(hint) = self.hint() {
            to.serialize_field("hint", &hint)?;
        }
        to.end()
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(span) = self.span {
            write!(f, "{}:{}: ", span.line, span.column)?;
        }
        f.write_str(&self.message().en)
    }
}

/// Why a topic, a filter or a message could not be made. Shows itself in English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    code: Code,
    diagnostics: Vec<Diagnostic>,
}

impl Error {
    /// From findings with an error among them.
    pub(crate) fn new(diagnostics: Vec<Diagnostic>) -> Error {
        let first = diagnostics.iter().find(|d| d.severity == Severity::Error);
        Error {
            code: first.map_or(Code::TooManyDiagnostics, |d| d.code),
            diagnostics,
        }
    }

    /// From a single problem at `path`.
    pub(crate) fn one(problem: problem::Problem<'_>, path: &str) -> Error {
        Error::new(vec![problem.into_diagnostic(path.to_owned())])
    }

    /// The same findings at another path.
    pub(crate) fn with_path(mut self, path: &str) -> Error {
        for diagnostic in &mut self.diagnostics {
            path.clone_into(&mut diagnostic.path);
        }
        self
    }

    /// Code of the first error.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// Every finding, warnings too.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors = self
            .diagnostics
            .iter()
            .filter(|d| d.severity == Severity::Error);
        for (i, error) in errors.enumerate() {
            if i > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
