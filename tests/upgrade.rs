//! Upgrade attempts, from outside (§7). The rules one by one are in `tests/vectors/transitions.json`;
//! here are the corners between them, and what holds for every course of events.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[path = "upgrade/ambiguous.rs"]
mod ambiguous;
#[path = "upgrade/held.rs"]
mod held;
#[path = "upgrade/lifecycle.rs"]
mod lifecycle;
#[path = "upgrade/matching.rs"]
mod matching;
#[path = "upgrade/properties.rs"]
mod properties;
#[path = "upgrade/saved.rs"]
mod saved;
#[path = "upgrade/scale.rs"]
mod scale;
#[path = "upgrade/shapes.rs"]
mod shapes;
#[path = "upgrade/support.rs"]
mod support;
#[path = "upgrade/table.rs"]
mod table;
#[path = "upgrade/verification.rs"]
mod verification;
