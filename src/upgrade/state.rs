//! Where an attempt stands, and when it ends by itself (§7).

use serde::{Deserialize, Serialize};

use super::verify::Verification;
use crate::message::Status;

/// Where an attempt stands (§7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "AttemptState"))]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Open: not yet handed to a live connection.
    Unpublished,
    /// Open: handed to a live connection.
    Sent,
    /// Open: the device has downloaded and checked the image.
    Prepared,
    /// Reported by the device: 禁止更新.
    Forbidden,
    /// Reported by the device: 更新准备失败.
    PrepareFailed,
    /// Reported by the device: 更新成功.
    Succeeded,
    /// Reported by the device: 回滚成功.
    RolledBack,
    /// Reported by the device: 回滚失败.
    RollbackFailed,
    /// Ended by us: no result in time. The device may still act.
    TimedOut,
    /// Ended by us: cancelled or superseded, locally. The device may still act.
    Cancelled,
    /// Ended by us: not handed to a connection in time.
    NotSent,
    /// Ended by us: the broker refused the command, or the connection was lost too often.
    Refused,
}

impl State {
    /// Every state.
    pub const ALL: [State; 12] = [
        State::Unpublished,
        State::Sent,
        State::Prepared,
        State::Forbidden,
        State::PrepareFailed,
        State::Succeeded,
        State::RolledBack,
        State::RollbackFailed,
        State::TimedOut,
        State::Cancelled,
        State::NotSent,
        State::Refused,
    ];

    /// Whether the attempt still waits for something.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, State::Unpublished | State::Sent | State::Prepared)
    }
}

/// What is known of phase 1 (§7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Phase1 {
    /// The device reported it: `prepared`, `forbidden` or `prepare_failed`.
    Reported,
    /// A final status came without it.
    Inferred,
}

impl Phase1 {
    /// Both.
    pub const ALL: [Phase1; 2] = [Phase1::Reported, Phase1::Inferred];
}

/// What can be said of an attempt in one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// Where it stands.
    pub state: State,
    /// The ending that the device reported, also beside a `state` that stays `cancelled`,
    /// `not_sent` or `refused`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Status>,
    /// How the device's reports compare with what was expected; there with `outcome`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification: Option<Verification>,
    /// Absent until the device reports something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase1: Option<Phase1>,
}

/// The three waiting times, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// From opening to being handed to a connection.
    pub send_ms: u64,
    /// From there to the device's first result.
    pub first_result_ms: u64,
    /// From the first `prepared` to the final result; never restarted.
    pub final_result_ms: u64,
}

impl Default for Deadlines {
    fn default() -> Self {
        Deadlines {
            send_ms: 30_000,
            first_result_ms: 600_000,
            final_result_ms: 3_600_000,
        }
    }
}

/// Which of the three an attempt waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum DeadlineKind {
    /// To be handed to a connection.
    Send,
    /// For the device's first result.
    FirstResult,
    /// For the device's final result.
    FinalResult,
}

/// When an open attempt ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Deadline {
    /// What it waits for.
    pub kind: DeadlineKind,
    /// Unix milliseconds; from this moment on it is due.
    pub at: u64,
}
