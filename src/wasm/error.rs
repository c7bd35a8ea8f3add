//! What the bindings throw.

use serde::Serialize;
use serde::de::{DeserializeOwned, Deserializer, Visitor};
use wasm_bindgen::JsValue;

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

/// What a caller passed is not as the types say.
pub(super) fn invalid(name: &str, why: &str) -> String {
    coded(
        "invalid-argument",
        format!("`{name}` is not as expected: {why}"),
        format!("`{name}` 不符合要求：{why}"),
    )
}

/// Reads an argument: a plain object that TypeScript has copied, so that no code of the caller's runs here.
pub(super) fn argument<T: DeserializeOwned>(value: JsValue, name: &str) -> Result<T, String> {
    serde_wasm_bindgen::from_value(value).map_err(|error| invalid(name, &error.to_string()))
}

/// As [`argument`]; a member that `T` does not have is refused if `T` denies unknown fields.
pub(super) fn exact_argument<T: DeserializeOwned>(value: JsValue, name: &str) -> Result<T, String> {
    T::deserialize(Entries(value.into())).map_err(|error| invalid(name, &error.to_string()))
}

/// Shows all members of an object: by itself, `serde_wasm_bindgen` only looks for those it wants.
struct Entries(serde_wasm_bindgen::Deserializer);

impl<'de> Deserializer<'de> for Entries {
    type Error = serde_wasm_bindgen::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        self.0.deserialize_map(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}
