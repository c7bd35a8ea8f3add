//! Alerts: what an operator should look at.

use std::fmt;

use serde::ser::{SerializeSeq, SerializeStruct};
use serde::{Deserialize, Serialize, Serializer};

use crate::diagnostic::Phrase;
use crate::diagnostic::Text;
use crate::diagnostic::line::Words;

/// Why an alert is raised. This is the one list of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AlertCode {
    /// A worse ending replaced the one that the device had reported.
    OutcomeWorsened,
    /// The device reported another ending, no worse than the one that stands.
    OutcomeDiffers,
    /// `prepared`, then `forbidden` or `prepare_failed`.
    PreparedThenFailed,
    /// The device went on after the attempt was cancelled.
    ActedAfterCancel,
    /// The device acted on a command that was `not_sent` or `refused`.
    ActedThoughUnsent,
    /// Another attempt took this one's place after it was sent.
    Superseded,
    /// A result fits several attempts.
    Ambiguous,
    /// A result names an attempt at another address or sub-device.
    WrongSubject,
    /// A result's timestamp does not fit the attempt.
    SuspectTime,
    /// A result was first seen before the attempt was sent.
    EarlyResult,
    /// A result breaks a rule of the protocol.
    InvalidResult,
    /// `prepared` for something else than expected.
    TargetDiffers,
    /// What the device reports is not what was asked for or expected.
    VerificationMismatched,
    /// Somebody else sent a command for the same subject.
    ForeignCommand,
    /// A command is retained on the broker.
    RetainedCommand,
}

impl AlertCode {
    /// Every code, in the order in which a set of them is told.
    pub const ALL: [AlertCode; 15] = [
        AlertCode::OutcomeWorsened,
        AlertCode::OutcomeDiffers,
        AlertCode::PreparedThenFailed,
        AlertCode::ActedAfterCancel,
        AlertCode::ActedThoughUnsent,
        AlertCode::Superseded,
        AlertCode::Ambiguous,
        AlertCode::WrongSubject,
        AlertCode::SuspectTime,
        AlertCode::EarlyResult,
        AlertCode::InvalidResult,
        AlertCode::TargetDiffers,
        AlertCode::VerificationMismatched,
        AlertCode::ForeignCommand,
        AlertCode::RetainedCommand,
    ];
}

/// A set of alerts, in two bytes.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Alerts(u16);

impl Alerts {
    /// Adds one.
    pub fn insert(&mut self, code: AlertCode) {
        self.0 |= 1 << code as u16;
    }

    /// Whether it is among them.
    #[must_use]
    pub fn contains(self, code: AlertCode) -> bool {
        self.0 & 1 << code as u16 != 0
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// A set of one.
    pub(crate) fn of(code: AlertCode) -> Alerts {
        let mut alerts = Alerts::default();
        alerts.insert(code);
        alerts
    }

    /// Both together.
    #[must_use]
    pub(crate) fn and(self, other: Alerts) -> Alerts {
        Alerts(self.0 | other.0)
    }

    /// As bits, the first code's the lowest.
    pub(crate) fn bits(self) -> u16 {
        self.0
    }

    pub(crate) fn of_bits(bits: u16) -> Alerts {
        Alerts(bits)
    }

    pub(crate) fn count(self) -> u16 {
        self.0.count_ones() as u16
    }

    /// In the order of [`AlertCode::ALL`].
    pub fn iter(self) -> impl Iterator<Item = AlertCode> {
        AlertCode::ALL
            .into_iter()
            .filter(move |code| self.contains(*code))
    }
}

impl fmt::Debug for Alerts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// An alert. Its words are put together when they are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Alert {
    /// Why.
    pub code: AlertCode,
    /// What happened and what to do.
    #[cfg_attr(test, ts(rename = "message", type = "Text"))]
    words: Words,
}

impl Alert {
    /// What happened and what to do.
    #[must_use]
    pub fn message(&self) -> Text {
        Phrase::from(self.words).text()
    }
}

/// For people, code and message; otherwise code and number of the text.
impl Serialize for Alert {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            let mut to = serializer.serialize_struct("Alert", 2)?;
            to.serialize_field("code", &self.code)?;
            to.serialize_field("message", &self.message())?;
            return to.end();
        }
        let mut to = serializer.serialize_seq(Some(2))?;
        to.serialize_element(&self.code)?;
        to.serialize_element(&(self.words as u16))?;
        to.end()
    }
}

impl From<AlertCode> for Alert {
    fn from(code: AlertCode) -> Alert {
        Alert {
            code,
            words: code.words(),
        }
    }
}

impl AlertCode {
    /// What happened and what to do.
    #[must_use]
    pub fn text(self) -> Text {
        Phrase::from(self.words()).text()
    }

    pub(super) fn words(self) -> Words {
        match self {
            AlertCode::OutcomeWorsened => Words::AlertOutcomeWorsened,
            AlertCode::OutcomeDiffers => Words::AlertOutcomeDiffers,
            AlertCode::PreparedThenFailed => Words::AlertPreparedThenFailed,
            AlertCode::ActedAfterCancel => Words::AlertActedAfterCancel,
            AlertCode::ActedThoughUnsent => Words::AlertActedThoughUnsent,
            AlertCode::Superseded => Words::AlertSuperseded,
            AlertCode::Ambiguous => Words::AlertAmbiguous,
            AlertCode::WrongSubject => Words::AlertWrongSubject,
            AlertCode::SuspectTime => Words::AlertSuspectTime,
            AlertCode::EarlyResult => Words::AlertEarlyResult,
            AlertCode::InvalidResult => Words::AlertInvalidResult,
            AlertCode::TargetDiffers => Words::AlertTargetDiffers,
            AlertCode::VerificationMismatched => Words::AlertVerificationMismatched,
            AlertCode::ForeignCommand => Words::AlertForeignCommand,
            AlertCode::RetainedCommand => Words::AlertRetainedCommand,
        }
    }
}
