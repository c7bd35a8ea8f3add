//! Reading JSON (§5): exactly what `JSON.parse` accepts, less five refusals, and what lenient
//! reading allows on top. [`tree`] defines what is accepted; [`scan`] is a short way through ordinary messages.

mod hash;
mod keys;
mod number;
mod parser;
mod pass;
mod path;
pub(crate) mod scan;
mod source;
mod string;
mod tree;
mod write;

pub(crate) use number::value_of;
pub(crate) use parser::{fits, limit, read};
pub(crate) use path::pointer;
pub(crate) use source::Source;
pub(crate) use tree::{Document, Member, Node, Value};
#[cfg(feature = "wasm")]
pub(crate) use write::write_integer;
pub(crate) use write::{push_hex, write_number, write_string};

/// Greatest depth of nesting; the root is 1.
const MAX_DEPTH: usize = 64;
/// Most keys in one object.
pub(crate) const MAX_KEYS: usize = 1_024;
/// Default limit of a payload, in bytes of UTF-8.
const DEFAULT_MAX_BYTES: usize = 64 * 1_024;
/// The greatest limit that a caller may set.
const GREATEST_MAX_BYTES: usize = 16 * 1_024 * 1_024;
