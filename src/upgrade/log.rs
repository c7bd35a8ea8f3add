//! Results that belong to no attempt, are held back or are invalid: kept to be shown, bounded.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::alert::AlertCode;
use super::timeline::Disposition;

/// Most entries of each log.
pub(crate) const MAX_ENTRIES: usize = 512;

/// Most bytes of a payload that a log keeps.
pub(crate) const MAX_PAYLOAD: usize = 4_096;

/// Which log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum LogKind {
    /// Results that belong to no attempt.
    Unsolicited,
    /// Results that were held back: retained, suspect or ambiguous.
    Suspect,
    /// What breaks a rule of the protocol.
    Invalid,
}

impl LogKind {
    /// Every log.
    pub const ALL: [LogKind; 3] = [LogKind::Unsolicited, LogKind::Suspect, LogKind::Invalid];
}

/// One delivery.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Logged {
    pub result_id: u64,
    pub at: u64,
    pub topic: String,
    /// Cut at [`MAX_PAYLOAD`].
    pub payload: Vec<u8>,
    pub disposition: Disposition,
    pub alerts: Vec<AlertCode>,
    /// The whole result, while the operator may assign it.
    pub assignable: Option<String>,
}

/// The latest entries and how many are gone.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Log {
    pub dropped: u64,
    pub entries: VecDeque<Logged>,
}

impl Log {
    /// Adds an entry, in place of an earlier one for the same result. What may be assigned stays so:
    /// a retained copy takes nothing from the live one.
    pub(crate) fn add(&mut self, mut logged: Logged) {
        let earlier = self
            .entries
            .iter()
            .position(|entry| entry.result_id == logged.result_id);
        if let Some(earlier) = earlier.and_then(|at| self.entries.remove(at)) {
            logged.assignable = logged.assignable.or(earlier.assignable);
        }
        self.entries.push_back(logged);
        if self.entries.len() > MAX_ENTRIES {
            self.entries.pop_front();
            self.dropped += 1;
        }
    }

    pub(crate) fn get(&self, result_id: u64) -> Option<&Logged> {
        self.entries
            .iter()
            .find(|entry| entry.result_id == result_id)
    }

    /// The result has found its attempt.
    pub(crate) fn settle(&mut self, result_id: u64) {
        for entry in self
            .entries
            .iter_mut()
            .filter(|entry| entry.result_id == result_id)
        {
            entry.assignable = None;
        }
    }
}
