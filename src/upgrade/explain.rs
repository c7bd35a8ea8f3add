//! A timeline in words.

use super::alert::AlertCode;
use super::correlate::MatchedBy;
use super::state::State;
use super::timeline::{Disposition, Entry, EntryKind, RefusalReason, Reported};
use super::verify::Verification;
use crate::diagnostic::Text;
use crate::message::Status;

/// `text!("English", "Chinese")`, both with inline format arguments.
macro_rules! text {
    ($en:literal, $zh:literal) => {
        Text {
            en: format!($en),
            zh: format!($zh),
        }
    };
}

/// What one entry says.
pub(crate) fn explain(entry: &Entry) -> Text {
    let mid = entry.facts.mid.as_deref().unwrap_or_default();
    match entry.kind {
        EntryKind::Opened => text!(
            "Opened; the command is not yet published",
            "已创建升级，命令尚未发布"
        ),
        EntryKind::Sent => sent(entry),
        EntryKind::Acknowledged => acknowledged(entry),
        EntryKind::Echo => text!(
            "The command came back on its own topic: the broker has passed it on",
            "命令已从其主题返回：服务器已转发"
        ),
        EntryKind::NoEcho => no_echo(),
        EntryKind::Refused => refused(entry),
        EntryKind::Result | EntryKind::Assigned => result(entry),
        EntryKind::ForeignCommand => text!(
            "Somebody else sent a command for the same device and target: {mid}",
            "有其他操作者对同一设备和更新目标发送了命令：{mid}"
        ),
        EntryKind::TimedOut => timed_out(entry),
        EntryKind::NotSent => text!(
            "Not sent in time; the command is given up",
            "未能及时发送，命令已放弃"
        ),
        EntryKind::Cancelled => cancelled(entry),
        EntryKind::Superseded => text!(
            "Superseded by {mid}. This is local only: the protocol has no cancel message, so the device may still act on a command that it has received",
            "已被 {mid} 取代。此操作仅在本端生效：协议没有取消消息，设备若已收到命令仍可能执行"
        ),
    }
}

fn no_echo() -> Text {
    text!(
        "The command did not come back on its topic: the broker may have dropped it",
        "命令未从其主题返回：可能已被服务器丢弃"
    )
}

fn sent(entry: &Entry) -> Text {
    if entry.after.state == State::Sent {
        text!("Handed to a live connection", "已交由在线连接发送")
    } else {
        text!(
            "Handed to a live connection after it had ended here; the device may act on it",
            "升级在本端结束之后，命令仍被交由在线连接发送，设备可能会执行"
        )
    }
}

fn acknowledged(entry: &Entry) -> Text {
    match entry.facts.reason {
        Some(RefusalReason::ReasonCode { code: 0x10 }) => text!(
            "The broker acknowledged the command, but nobody is subscribed to its topic: the device is not connected or listens elsewhere",
            "服务器已确认命令，但没有任何客户端订阅该主题：设备未连接或订阅了其他主题"
        ),
        Some(RefusalReason::ReasonCode { code }) if code != 0 => text!(
            "The broker acknowledged the command, reason code 0x{code:02X}",
            "服务器已确认命令，原因码 0x{code:02X}"
        ),
        _ => text!("The broker acknowledged the command", "服务器已确认命令"),
    }
}

fn refused(entry: &Entry) -> Text {
    let because = match &entry.facts.reason {
        Some(RefusalReason::ReasonCode { code: 0x87 }) => text!(
            "The broker refused the command: not authorized (reason code 0x87)",
            "服务器拒绝了命令：没有发布权限（原因码 0x87）"
        ),
        Some(RefusalReason::ReasonCode { code }) => text!(
            "The broker refused the command: reason code 0x{code:02X}",
            "服务器拒绝了命令：原因码 0x{code:02X}"
        ),
        Some(RefusalReason::ConnectionLost) => text!(
            "The connection was lost before the broker acknowledged the command; the device may have received it all the same",
            "服务器确认命令之前连接已断开，但设备仍可能已收到命令"
        ),
        Some(RefusalReason::NoEcho) => no_echo(),
        Some(RefusalReason::Other { text }) => {
            text!("The command was refused: {text}", "命令被拒绝：{text}")
        }
        None => text!("The command was refused", "命令被拒绝"),
    };
    if entry.before == entry.after && entry.after.state != State::Refused {
        let Text { en, zh } = because;
        return text!("{en}. This changes nothing now", "{zh}。当前状态不受影响");
    }
    because
}

fn timed_out(entry: &Entry) -> Text {
    if entry.before.state == State::Prepared {
        text!(
            "No final result in time. The device has the update prepared and may still act",
            "未及时收到最终结果。设备已准备好更新，仍可能执行"
        )
    } else {
        text!(
            "No result in time. The device may still act",
            "未及时收到任何结果。设备仍可能执行"
        )
    }
}

fn cancelled(entry: &Entry) -> Text {
    match entry.before.state {
        State::Unpublished => text!("Cancelled before it was sent", "发送之前已取消"),
        state if state.is_open() => text!(
            "Cancelled. This is local only: the protocol has no cancel message, so the device may still act on the command",
            "已取消。此操作仅在本端生效：协议没有取消消息，设备仍可能执行该命令"
        ),
        _ => text!(
            "Cancelled when it had already ended: this changes nothing",
            "取消时升级已结束，状态不受影响"
        ),
    }
}

fn result(entry: &Entry) -> Text {
    let facts = &entry.facts;
    let Some(reported) = facts.reported.as_deref() else {
        return text!(
            "A result of this device breaks the protocol's rules; it was kept and not used",
            "该设备的一条结果不符合协议规定，已保留但未采用"
        );
    };
    let Text { en, zh } = said(reported);
    let tail = match facts.disposition {
        Some(Disposition::Retained) => text!(
            ". Held back: it was retained on the broker, possibly from an earlier run",
            "。未采用：该消息由服务器保留，可能来自以前的升级"
        ),
        Some(Disposition::Suspect) => text!(
            ". Held back: its timestamp does not fit; it may be assigned by hand",
            "。未采用：时间戳不符，可手动指派"
        ),
        Some(Disposition::Ambiguous) => text!(
            ". Held back: it fits several upgrades; it may be assigned by hand",
            "。未采用：与多次升级都相符，可手动指派"
        ),
        Some(Disposition::WrongSubject) => text!(
            ". Not used: it comes from another address or sub-device",
            "。未采用：来自其他地址或子设备"
        ),
        _ if entry.alerts.contains(&AlertCode::EarlyResult) => text!(
            ". Not used: it was first seen before this command was sent",
            "。未采用：在本命令发送之前就已出现"
        ),
        _ => matched(facts.matched_by, entry.kind == EntryKind::Assigned),
    };
    let verdict = verdict(entry);
    Text {
        en: en + &tail.en + &verdict.en,
        zh: zh + &tail.zh + &verdict.zh,
    }
}

/// How the report compares with what was expected, where that is new.
fn verdict(entry: &Entry) -> Text {
    if entry.before.verification == entry.after.verification {
        return text!("", "");
    }
    match entry.after.verification {
        Some(Verification::Verified) => text!(
            ". Verified: it is what was expected",
            "。已验证：与预期一致"
        ),
        Some(Verification::Mismatched) => text!(
            ". Mismatched: it is not what was asked for or expected",
            "。不一致：与请求或预期不同"
        ),
        Some(Verification::Unverified) => text!(
            ". Unverified: nothing to compare",
            "。未验证：没有可比较的内容"
        ),
        None => text!("", ""),
    }
}

fn matched(by: Option<MatchedBy>, assigned: bool) -> Text {
    match by {
        Some(MatchedBy::Operator) | None if assigned => {
            text!(" (assigned by the operator)", "（由操作者指派）")
        }
        Some(MatchedBy::Reply) => text!(" (it replies to this command)", "（应答本命令）"),
        Some(MatchedBy::Mid) => text!(" (it has this command's mid)", "（mid 与本命令相同）"),
        Some(MatchedBy::TraceId) => text!(
            " (it has this command's trace_id)",
            "（trace_id 与本命令相同）"
        ),
        Some(MatchedBy::Subject) => text!(
            " (it names no command; this one waits for an answer)",
            "（结果未指明命令，按等待应答的升级匹配）"
        ),
        Some(MatchedBy::Operator) | None => text!("", ""),
    }
}

/// The status in a sentence, with versions and commits where there are any.
fn said(reported: &Reported) -> Text {
    let Text { en, zh } = match reported.status {
        Some(Status::Forbidden) => text!("The device forbids the update", "设备上报：禁止更新"),
        Some(Status::Prepared) => text!(
            "The device has downloaded and checked the update and prepared it",
            "设备上报：更新已准备"
        ),
        Some(Status::PrepareFailed) => text!(
            "The device could not prepare the update",
            "设备上报：更新准备失败"
        ),
        Some(Status::Succeeded) => text!("The device reports success", "设备上报：更新成功"),
        Some(Status::RolledBack) => text!(
            "The update failed and the device has rolled back",
            "更新未成功，设备上报：回滚成功"
        ),
        Some(Status::RollbackFailed) => text!(
            "The update failed and so did the rollback: the device needs attention on site",
            "更新未成功，设备上报：回滚失败，需到现场处理"
        ),
        None => text!(
            "The device sent information without a status",
            "设备发送了不含状态的信息"
        ),
    };
    let (target, target_zh) = named(
        reported.target_version.as_deref(),
        reported.target_commit.as_deref(),
    );
    let (last, last_zh) = named(
        reported.final_version.as_deref(),
        reported.final_commit.as_deref(),
    );
    let mut text = Text { en, zh };
    if let (Some(target), Some(target_zh)) = (target, target_zh) {
        text.en += &format!("; asked for: {target}");
        text.zh += &format!("；目标：{target_zh}");
    }
    if let (Some(last), Some(last_zh)) = (last, last_zh) {
        text.en += &format!("; runs now: {last}");
        text.zh += &format!("；当前运行：{last_zh}");
    }
    text
}

fn named(version: Option<&str>, commit: Option<&str>) -> (Option<String>, Option<String>) {
    match (version, commit) {
        (None, None) => (None, None),
        (Some(version), None) => (
            Some(format!("version {version}")),
            Some(format!("版本 {version}")),
        ),
        (None, Some(commit)) => (
            Some(format!("commit {commit}")),
            Some(format!("提交 {commit}")),
        ),
        (Some(version), Some(commit)) => (
            Some(format!("version {version}, commit {commit}")),
            Some(format!("版本 {version}，提交 {commit}")),
        ),
    }
}
