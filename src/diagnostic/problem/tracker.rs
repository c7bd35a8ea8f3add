//! The texts of what the tracker refuses (§7).

use super::{Code, Problem, Text, excerpt};

#[cold]
pub(crate) fn topic_not_command(topic: &str) -> Problem {
    let found = excerpt(topic);
    say!(
        TopicNotCommand,
        "the topic is `{found}`; an upgrade is opened with the topic that its command goes to, which ends in `/ota/upgrade/command`",
        "主题为 `{found}`；创建升级时应使用命令所发往的主题，即以 `/ota/upgrade/command` 结尾的主题"
    )
}

#[cold]
pub(crate) fn mid_in_use(mid: &str) -> Problem {
    say!(
        MidInUse,
        "an upgrade with the `mid` `{mid}` exists already; devices drop a repeated `mid`",
        "已存在 `mid` 为 `{mid}` 的升级；设备会丢弃重复的 `mid`";
        "Use a fresh one",
        "请使用新的 `mid`"
    )
}

#[cold]
pub(crate) fn subject_busy(mid: &str) -> Problem {
    say!(
        SubjectBusy,
        "the upgrade `{mid}` of the same device and target waits to be sent",
        "同一设备和更新目标的升级 `{mid}` 正等待发送";
        "Wait for it, cancel it, or open this one with `supersede`",
        "请等待其完成、将其取消，或使用 `supersede` 取代它"
    )
}

#[cold]
pub(crate) fn needs_supersede(mid: &str) -> Problem {
    say!(
        NeedsSupersede,
        "the upgrade `{mid}` of the same device and target was sent, and the device has not reported its ending: it may still act on it",
        "同一设备和更新目标的升级 `{mid}` 已发送，而设备尚未上报最终结果，仍可能执行";
        "Open this one with `supersede` to go on all the same",
        "如仍要继续，请使用 `supersede`"
    )
}

#[cold]
pub(crate) fn expected_commit_short(commit: &str) -> Problem {
    let (found, count) = (excerpt(commit), commit.chars().count());
    say!(
        ExpectedCommitShort,
        "the expected commit is `{found}` ({count} characters); expected at least 7, or two commits could not be told apart",
        "预期提交为 `{found}`（共 {count} 个字符）；至少需要 7 个字符，否则无法区分不同的提交"
    )
}

#[cold]
pub(crate) fn attempt_unknown(id: &str) -> Problem {
    let found = excerpt(id);
    say!(
        AttemptUnknown,
        "there is no upgrade with the id `{found}`; expected the `mid` of one that was opened and not forgotten",
        "没有编号为 `{found}` 的升级；应为已创建且未被移除的升级的 `mid`"
    )
}

#[cold]
pub(crate) fn attempt_open(id: &str) -> Problem {
    let found = excerpt(id);
    say!(
        AttemptOpen,
        "the upgrade `{found}` is still open",
        "升级 `{found}` 尚未结束";
        "Cancel it before it is forgotten",
        "移除前请先取消"
    )
}

#[cold]
pub(crate) fn result_unknown(result_id: u64) -> Problem {
    say!(
        ResultUnknown,
        "no result with the number {result_id} waits to be assigned; only suspect and ambiguous results do, until they have found their upgrade",
        "没有编号为 {result_id} 的待指派结果；只有可疑或匹配到多次升级、且尚未归属的结果可以指派"
    )
}

#[cold]
pub(crate) fn result_elsewhere(result_id: u64, id: &str) -> Problem {
    let found = excerpt(id);
    say!(
        ResultElsewhere,
        "the result {result_id} comes from another address or sub-device than that of the upgrade `{found}`",
        "结果 {result_id} 的来源地址或子设备与升级 `{found}` 不同"
    )
}

#[cold]
pub(crate) fn page_unknown(after: &str) -> Problem {
    let found = excerpt(after);
    say!(
        PageUnknown,
        "`after` is `{found}`; expected the `next` of an earlier page",
        "`after` 为 `{found}`；应为之前某页返回的 `next`"
    )
}

#[cold]
pub(crate) fn saved_state_foreign() -> Problem {
    say!(
        SavedStateForeign,
        "this is no saved tracker; expected what `save` gave",
        "这不是已保存的跟踪器状态；应为 `save` 的返回值"
    )
}

#[cold]
pub(crate) fn saved_state_version(version: u8) -> Problem {
    say!(
        SavedStateVersion,
        "the saved tracker has the format version {version}, which this release cannot read; expected 1. Use a later release",
        "已保存的跟踪器状态的格式版本为 {version}，本版本无法读取（应为 1）；请使用更新的版本"
    )
}

#[cold]
pub(crate) fn saved_state_damaged() -> Problem {
    say!(
        SavedStateDamaged,
        "the saved tracker is damaged: chunks are changed, cut, missing, out of order or of different saves",
        "已保存的跟踪器状态已损坏：数据块被改动、截断、缺失、顺序错误，或来自不同的保存"
    )
}
