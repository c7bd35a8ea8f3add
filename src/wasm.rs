//! The JavaScript bindings; with the files in `wasm/` the only place that names a JavaScript type.
//!
//! Arguments come in as plain objects, read by `serde_wasm_bindgen`; messages, reports and errors go out
//! as JSON, which JavaScript reads with `JSON.parse`. So unknown members of a message arrive exactly as
//! `JSON.parse` gives them (`__proto__` stays a member like any other), and an absent member is absent.
//! What goes wrong is thrown as a string: the JSON of an `OtaError`. Ordinary messages go a
//! shorter way: see `fast`. The TypeScript in `pkg/src/core` is the only caller.

mod desk;
mod error;
mod fast;
mod gateway;
mod hash;
mod json;
mod message;
mod tracker;
