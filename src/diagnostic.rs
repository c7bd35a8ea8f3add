//! Findings: stable codes, severities, places, and messages in English and Simplified Chinese (§6).

use serde::Serialize;

/// A text in both languages of the product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Text {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    pub zh: String,
}

/// How bad a finding is. A message is valid when it has no [`Severity::Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
    /// First unit: bytes, or UTF-16 units when the input was a JavaScript string.
    pub start: usize,
    /// One past the last unit.
    pub end: usize,
    /// Line of `start`, from 1.
    pub line: usize,
    /// Column of `start` in characters, from 1.
    pub column: usize,
}
