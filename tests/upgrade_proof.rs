//! §7 proved, as far as trying can: the tracker against the page, written down a second time from
//! the page alone (`page.rs`, `history.rs`), over every short course of events and many long ones.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[path = "upgrade_proof/exhaustive.rs"]
mod exhaustive;
#[path = "upgrade_proof/history.rs"]
mod history;
#[path = "upgrade_proof/narrow.rs"]
mod narrow;
#[path = "upgrade_proof/page.rs"]
mod page;
#[path = "upgrade_proof/pair.rs"]
mod pair;
#[path = "upgrade_proof/random.rs"]
mod random;
#[path = "upgrade_proof/words.rs"]
mod words;
