//! What the bindings throw.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Diagnostic, Severity, Text};

/// An `OtaError` on its way to JavaScript.
#[derive(Serialize)]
struct Thrown<'a> {
    code: &'a str,
    text: Text,
    diagnostics: &'a [Diagnostic],
}

fn thrown(code: &str, text: Text, diagnostics: &[Diagnostic]) -> String {
    json(&Thrown {
        code,
        text,
        diagnostics,
    })
}

/// Without findings behind it.
pub(super) fn coded(code: &str, en: impl Into<String>, zh: impl Into<String>) -> String {
    thrown(
        code,
        Text {
            en: en.into(),
            zh: zh.into(),
        },
        &[],
    )
}

/// From the findings about a topic or a message: the code of the first error, the text of all errors.
pub(super) fn found(diagnostics: &[Diagnostic]) -> String {
    let errors: Vec<&Diagnostic> = diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .collect();
    let join = |separator: &str, text: fn(&Diagnostic) -> &str| {
        errors
            .iter()
            .map(|d| text(d))
            .collect::<Vec<_>>()
            .join(separator)
    };
    let text = Text {
        en: join("; ", |d| &d.message.en),
        zh: join("；", |d| &d.message.zh),
    };
    thrown(
        errors.first().map_or("invalid", |d| d.code.as_str()),
        text,
        diagnostics,
    )
}

/// Writes a value that has no map keys but strings: cannot fail, so a failure shows as `null`.
pub(super) fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| String::from("null"))
}

/// Reads an argument that TypeScript wrote.
pub(super) fn argument<T: DeserializeOwned>(json: &str, name: &str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|error| {
        coded(
            "invalid-argument",
            format!("`{name}` is not as expected: {error}"),
            format!("`{name}` 不符合要求：{error}"),
        )
    })
}
