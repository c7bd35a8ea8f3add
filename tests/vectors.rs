//! Runs the vectors of `tests/vectors/*.json`, which `tests/node/vectors.test.ts` runs through the
//! npm package. They are written from docs/protocol.md; their notation is told in
//! `tests/vectors/README.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic; clippy knows only those functions that are tests themselves"
)]

#[path = "vectors/build.rs"]
mod build;
#[path = "vectors/decode.rs"]
mod decode;
#[path = "vectors/notation.rs"]
mod notation;
#[path = "vectors/steps.rs"]
mod steps;
#[path = "vectors/topics.rs"]
mod topics;
#[path = "vectors/transitions.rs"]
mod transitions;
#[path = "vectors/urls.rs"]
mod urls;
