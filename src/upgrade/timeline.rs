//! What happened to an attempt, in order.

use serde::{Deserialize, Serialize};

use super::alert::AlertCode;
use super::correlate::MatchedBy;
use super::state::Snapshot;
use crate::message::Status;

/// Most entries that change nothing on one timeline. Those that change something are always kept;
/// there are only a few in the life of an attempt.
pub(crate) const MAX_ENTRIES: usize = 256;

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// The attempt's state or outcome changed.
    Advanced,
    /// Belongs to an attempt, and changed neither its state nor its outcome.
    Recorded,
    /// The same bytes on the same topic as one of the address's last 16 results.
    Duplicate,
    /// Held back: delivered with the retain flag, and neither `reply` nor `mid` names an attempt.
    Retained,
    /// Held back: matched by subject alone, and its timestamp does not fit.
    Suspect,
    /// Held back: fits several attempts.
    Ambiguous,
    /// Belongs to no attempt.
    Unsolicited,
    /// Names an attempt at another address or sub-device.
    WrongSubject,
    /// Breaks a rule of the protocol.
    Invalid,
    /// Our own command.
    Echo,
    /// Somebody else's command.
    ForeignCommand,
}

impl Disposition {
    /// All of them.
    pub const ALL: [Disposition; 11] = [
        Disposition::Advanced,
        Disposition::Recorded,
        Disposition::Duplicate,
        Disposition::Retained,
        Disposition::Suspect,
        Disposition::Ambiguous,
        Disposition::Unsolicited,
        Disposition::WrongSubject,
        Disposition::Invalid,
        Disposition::Echo,
        Disposition::ForeignCommand,
    ];
}

/// Kinds of timeline entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "TimelineKind"))]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// The attempt was opened.
    Opened,
    /// Its command was handed to a live connection.
    Sent,
    /// The broker acknowledged it.
    Acknowledged,
    /// It came back on its own topic.
    Echo,
    /// It did not come back.
    NoEcho,
    /// It was refused.
    Refused,
    /// A result was recorded.
    Result,
    /// Another operator's command for the subject was seen.
    ForeignCommand,
    /// A result did not come in time.
    TimedOut,
    /// It was not sent in time.
    NotSent,
    /// The operator gave it up.
    Cancelled,
    /// The operator opened another in its place.
    Superseded,
    /// The operator assigned a result to it.
    Assigned,
}

/// Why a command was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum RefusalReason {
    /// The broker's reason code, 0x80 or above.
    ReasonCode {
        /// As in MQTT 5.
        code: u8,
    },
    /// The connection was lost too often before an acknowledgement.
    ConnectionLost,
    /// The command did not come back on its topic. Only ever a fact, never an ending.
    NoEcho,
    /// Anything else.
    Other {
        /// In the words of whoever refused.
        text: String,
    },
}

/// What a result said, for the timeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reported {
    pub status: Option<Status>,
    pub final_version: Option<String>,
    pub final_commit: Option<String>,
    pub target_version: Option<String>,
    pub target_commit: Option<String>,
}

/// One thing that happened, as it is told: its words are made when they are asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub at: u64,
    pub kind: EntryKind,
    pub before: Snapshot,
    pub after: Snapshot,
    pub alerts: Vec<AlertCode>,
    pub facts: Facts,
}

/// What is known of it besides, by kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Facts {
    pub disposition: Option<Disposition>,
    pub matched_by: Option<MatchedBy>,
    pub result_id: Option<u64>,
    /// Of the result, of the other command, or of the attempt that took this one's place.
    pub mid: Option<String>,
    pub reported: Option<Box<Reported>>,
    pub reason: Option<RefusalReason>,
}
