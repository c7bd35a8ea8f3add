//! Alerts: what an operator should look at.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::diagnostic::Text;

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

/// An alert in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Alert {
    /// Why.
    pub code: AlertCode,
    /// What happened and what to do.
    pub message: Text,
}

impl From<AlertCode> for Alert {
    fn from(code: AlertCode) -> Alert {
        Alert {
            code,
            message: code.text(),
        }
    }
}

impl AlertCode {
    /// What happened and what to do.
    #[must_use]
    pub fn text(self) -> Text {
        let (en, zh) = match self {
            AlertCode::OutcomeWorsened => (
                "The device now reports a worse ending than before. The worse one stands",
                "设备上报了比之前更差的结果，以更差的结果为准",
            ),
            AlertCode::OutcomeDiffers => (
                "The device also reports another ending, no worse than the one that stands. Check the device",
                "设备还上报了另一个并不更差的结果，原结果不变。请检查设备",
            ),
            AlertCode::PreparedThenFailed => (
                "The device had reported the update as prepared, and now as forbidden or not prepared",
                "设备先上报“更新已准备”，随后又上报“禁止更新”或“更新准备失败”",
            ),
            AlertCode::ActedAfterCancel => (
                "The device went on with an upgrade that was cancelled here. Check what it runs now",
                "该升级已在本端取消，但设备仍继续执行。请检查设备当前运行的版本",
            ),
            AlertCode::ActedThoughUnsent => (
                "The device acts on a command that counts as never sent or as refused here. Check what it runs now",
                "该命令在本端记为未发送或被拒绝，但设备已执行。请检查设备当前运行的版本",
            ),
            AlertCode::Superseded => (
                "Another upgrade was opened in place of this one, which the device may still carry out",
                "本次升级已被另一次升级取代，但设备仍可能执行本次升级",
            ),
            AlertCode::Ambiguous => (
                "The result fits several upgrades of this device, and advances none. Assign it to the right one",
                "该结果与此设备的多次升级都相符，未计入任何一次。请手动指派其所属的升级",
            ),
            AlertCode::WrongSubject => (
                "The result names this upgrade, but comes from another address or sub-device. It advances nothing",
                "该结果指向本次升级，但来自其他地址或子设备，因此不予采用",
            ),
            AlertCode::SuspectTime => (
                "The result names no command, and its timestamp is more than 10 minutes before the command or ahead of the present time. Assign it if it belongs here",
                "该结果未指明所应答的命令，且其时间戳早于命令或超前当前时间 10 分钟以上。如确属本次升级，请手动指派",
            ),
            AlertCode::EarlyResult => (
                "The result was first seen before this command was sent, so it cannot be an answer to it",
                "该结果在本命令发送之前就已出现，不可能是对本命令的应答",
            ),
            AlertCode::InvalidResult => (
                "The device sent a result that breaks the protocol's rules. It advances nothing",
                "设备发送的结果不符合协议规定，不予采用",
            ),
            AlertCode::TargetDiffers => (
                "The device has prepared another version or commit than expected",
                "设备准备的版本或提交与预期不符",
            ),
            AlertCode::VerificationMismatched => (
                "What the device reports is not what was asked for or expected",
                "设备上报的内容与请求或预期不符",
            ),
            AlertCode::ForeignCommand => (
                "Somebody else sent an upgrade command for the same device and target. A result that names no command is no longer taken as an answer to this one",
                "有其他操作者对同一设备和更新目标发送了升级命令。此后未指明所应答命令的结果不再视为对本命令的应答",
            ),
            AlertCode::RetainedCommand => (
                "An upgrade command is retained on the broker: a device may carry it out whenever it connects. Clear it",
                "服务器上保留了一条升级命令，设备每次连接都可能执行它。请将其清除",
            ),
        };
        Text {
            en: en.to_owned(),
            zh: zh.to_owned(),
        }
    }
}
