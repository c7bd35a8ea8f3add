//! The state of every upgrade attempt (§7).
//!
//! [`attempt::step`] is the state machine of one attempt: a pure function. [`Tracker`] holds many
//! attempts: it decides which attempt a delivery belongs to, keeps deadlines, timelines and logs,
//! and leaves every change of state to `step`.
//!
//! What it remembers is bounded: 16 results for each address (for at most 16,384 addresses without
//! attempts), 512 entries in each log with the first 4,096 bytes of a payload, 256 entries on a
//! timeline besides those that tell of a change.

pub mod attempt;

mod alert;
mod bytes;
mod correlate;
mod explain;
mod heard;
mod index;
mod job;
mod log;
mod record;
mod state;
mod store;
mod timeline;
mod tracker;
mod verify;
mod view;

pub use alert::{Alert, AlertCode, Alerts};
pub use correlate::MatchedBy;
pub use log::LogKind;
#[cfg(feature = "wasm")]
pub(crate) use record::pack;
pub use state::{Deadline, DeadlineKind, Deadlines, Phase1, Snapshot, State};
pub use timeline::{Disposition, EntryKind, RefusalReason};
pub use tracker::{Open, Tracker};
#[cfg(feature = "wasm")]
pub(crate) use tracker::{Outcome, Restoring};
pub use verify::{Evidence, Expected, Verification, commits_match, versions_match};
pub use view::{
    AttemptRow, AttemptView, ByState, Change, Counts, Explained, Ingested, LogEntry, LogView, Page,
    PageQuery, TimelineEntry,
};
