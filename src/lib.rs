//! Builds, validates, decodes and tracks OTA upgrades of Wudun energy-management gateways ("EMS").
//!
//! The protocol is described in `docs/protocol.md`; section numbers in this crate's documentation
//! refer to that page. The crate has no clock, no network and no randomness of its own (the one
//! exception is [`Mid::random`]): time is Unix milliseconds given by the caller.
//!
//! - [`Topic`]: where messages travel (§1)
//! - [`message`]: commands and results, as read and as built (§2–§4)
//! - [`decode`](decode()): bytes and topic to message and diagnostics (§5–§6)
//! - [`schema`]: the same rules as JSON Schema and AsyncAPI
//! - [`upgrade`]: the state of every upgrade attempt (§7)
//! - [`gateway`]: what a simulated device does with a command

pub mod diagnostic;
pub mod gateway;
pub mod md5;
pub mod message;
pub mod schema;
pub mod topic;
pub mod upgrade;

mod decode;
mod json;
mod similar;
#[cfg(test)]
mod types;
mod validate;
#[cfg(feature = "wasm")]
mod wasm;

#[doc(hidden)]
pub use decode::ways;
pub use decode::{Decoded, Input, Options, check, decode};
pub use diagnostic::{Code, Diagnostic, Error, Severity, Span, Text};
pub use message::{
    Command, CommandData, Kind, Message, Mid, Phase, ResultData, ResultMessage, Status,
};
pub use topic::{Channel, Namespace, Topic};
