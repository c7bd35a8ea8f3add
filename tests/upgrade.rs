//! Upgrade attempts, from outside (§7).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[path = "upgrade/support.rs"]
mod support;

#[path = "upgrade/lifecycle.rs"]
mod lifecycle;
