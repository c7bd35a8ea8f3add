//! The JavaScript bindings; with the files in `wasm/` the only place that names a JavaScript type.
//!
//! Arguments come in as strings, numbers and bytes; messages, reports and findings go out as JSON, which
//! JavaScript reads with `JSON.parse`. So unknown members of a message arrive exactly as `JSON.parse` gives
//! them (`__proto__` stays a member like any other), and an absent member is absent. Texts go out in numbers
//! of the one table. What goes wrong is thrown as a string: findings, or code and text of an `OtaError`.
//! Ordinary messages go a shorter way: see `fast`. The TypeScript in `pkg/src/core` is the only caller.

mod desk;
mod error;
mod fast;
mod gateway;
mod hash;
mod json;
mod message;
mod tracker;

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen]
unsafe extern "C" {
    /// The double that JavaScript reads in a text.
    #[wasm_bindgen(js_name = Number)]
    safe fn number_of(text: &str) -> f64;

    /// At least 0, less than 1.
    #[wasm_bindgen(js_namespace = Math, js_name = random)]
    safe fn random_number() -> f64;

    /// A text in lower case.
    #[wasm_bindgen(js_namespace = ["String", "prototype", "toLowerCase"], js_name = call)]
    safe fn lower_case_of(text: &str) -> JsValue;

    /// The character at a place; 0 behind the last one.
    #[wasm_bindgen(js_namespace = ["String", "prototype", "codePointAt"], js_name = call)]
    safe fn code_point_at(text: &JsValue, at: usize) -> u32;
}

/// The double that JavaScript reads in a number.
#[cfg(target_arch = "wasm32")]
pub(crate) fn number(text: &str) -> f64 {
    number_of(text)
}

/// A number that nobody can guess from outside.
#[cfg(target_arch = "wasm32")]
pub(crate) fn random() -> u64 {
    let half = || (random_number() * f64::from(u32::MAX)) as u64;
    half() << 32 | half()
}

/// A letter in lower case, wherever it stands: one alone is never at the end of a word. It crosses by its
/// characters, as nothing else needs glue for texts that JavaScript gives.
#[cfg(target_arch = "wasm32")]
pub(crate) fn lower_case(c: char) -> String {
    let mut lower = String::from(c.to_ascii_lowercase());
    if !c.is_ascii() {
        let text = lower_case_of(&lower);
        lower.clear();
        let mut at = 0;
        while let Some(c @ '\u{1}'..) = char::from_u32(code_point_at(&text, at)) {
            lower.push(c);
            at += c.len_utf16();
        }
    }
    lower
}
