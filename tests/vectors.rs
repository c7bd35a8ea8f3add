//! Runs the vectors of `tests/vectors/*.json`, which `tests/node/vectors.test.ts` runs through the
//! npm package. They are written from docs/protocol.md; their notation is told in
//! `tests/vectors/README.md`.

#[path = "vectors/decode.rs"]
mod decode;
#[path = "vectors/notation.rs"]
mod notation;
#[path = "vectors/topics.rs"]
mod topics;
#[path = "vectors/urls.rs"]
mod urls;
