//! Texts about the fields of messages (§2–§4).

use super::{Code, Problem, Text, behind, count, excerpt};
use crate::message::Kind;

pub(crate) fn field_missing(field: &str, expected: Expected) -> Problem {
    let (en, zh) = expected.names();
    say!(
        FieldMissing,
        "the required field `{field}` is missing; add it: {en}",
        "缺少必填字段 `{field}`；请补充：{zh}"
    )
}

/// What a field should hold.
#[derive(Clone, Copy)]
pub(crate) enum Expected {
    Object,
    Text,
    Integer,
    Mid,
    Type,
    Device,
    Timestamp,
    Source,
    Url,
    Md5,
}

impl Expected {
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Expected::Object => ("an object", "对象"),
            Expected::Text => ("a string", "字符串"),
            Expected::Integer => ("an integer", "整数"),
            Expected::Mid => (
                "a UUID as a string, fresh for each message",
                "UUID 字符串，每条消息各不相同",
            ),
            Expected::Type => ("the string `ota_upgrade`", "字符串 `ota_upgrade`"),
            Expected::Device => (
                "the device level of the topic, as a string",
                "字符串，与主题中的设备层级一致",
            ),
            Expected::Timestamp => (
                "an integer, milliseconds since 1970-01-01T00:00:00Z",
                "整数，自 1970-01-01T00:00:00Z 起的毫秒数",
            ),
            Expected::Source => (
                "the update target as a string, such as `ems_II`",
                "字符串，更新目标，例如 `ems_II`",
            ),
            Expected::Url => (
                "the http or https URL of the image, as a string",
                "字符串，固件的 http 或 https 下载地址",
            ),
            Expected::Md5 => (
                "the MD5 of the image, 32 hexadecimal digits as a string",
                "字符串，固件的 MD5，32 位十六进制数字",
            ),
        }
    }
}

/// What a JSON value is, as a message names it.
pub(crate) struct Shown {
    pub(crate) en: String,
    pub(crate) zh: String,
}

pub(crate) fn field_type(field: Option<&str>, found: &Shown, expected: Expected) -> Problem {
    let (want_en, want_zh) = expected.names();
    let want_zh = behind(want_zh);
    let Shown { en, zh } = found;
    match field {
        Some(field) => say!(
            FieldType,
            "`{field}` is {en}; expected {want_en}",
            "`{field}` 为{zh}；应为{want_zh}"
        ),
        None => say!(
            FieldType,
            "the message is {en}; expected {want_en}",
            "消息为{zh}；应为{want_zh}"
        ),
    }
}

pub(crate) fn source_empty() -> Problem {
    say!(
        FieldEmpty,
        "`source` is empty; expected the update target, such as `ems_II`",
        "`source` 为空；应填写更新目标，例如 `ems_II`"
    )
}

pub(crate) fn field_empty_optional(field: &str) -> Problem {
    say!(
        FieldEmptyOptional,
        "`{field}` is an empty string, which counts as absent; leave the field out",
        "`{field}` 为空字符串，视为未填写；建议省略该字段"
    )
}

pub(crate) fn mid_form(found: &str) -> Problem {
    let found = excerpt(found);
    say!(
        MidForm,
        "`mid` is `{found}`; expected a UUID: 8-4-4-4-12 hexadecimal digits without braces or `urn:uuid:`",
        "`mid` 为 `{found}`；应为 UUID:8-4-4-4-12 位十六进制数字，不带花括号或 `urn:uuid:` 前缀"
    )
}

pub(crate) fn type_unknown(found: &str) -> Problem {
    let found = excerpt(found);
    say!(
        TypeUnknown,
        "`type` is `{found}`; expected `ota_upgrade`. Another value is another kind of message",
        "`type` 为 `{found}`；应为 `ota_upgrade`。其他取值属于其他类型的消息"
    )
}

pub(crate) fn device_mismatch(found: &str, topic: &str) -> Problem {
    let (found, topic) = (excerpt(found), excerpt(topic));
    say!(
        DeviceMismatch,
        "`device_uid` is `{found}`, but the topic's device is `{topic}`; expected both to be the same",
        "`device_uid` 为 `{found}`，而主题中的设备为 `{topic}`；两者应一致"
    )
}

pub(crate) fn timestamp_range(found: &Shown) -> Problem {
    let Shown { en, zh } = found;
    say!(
        TimestampRange,
        "`timestamp` is {en}; expected milliseconds since 1970-01-01T00:00:00Z, in 1 … 9007199254740991",
        "`timestamp` 为{zh}；应为自 1970-01-01T00:00:00Z 起的毫秒数，取值范围 1 … 9007199254740991"
    )
}

pub(crate) fn timestamp_seconds(found: u64) -> Problem {
    say!(
        TimestampSeconds,
        "`timestamp` is {found}, which looks like seconds; expected milliseconds. Multiply it by 1000",
        "`timestamp` 为 {found}，疑似以秒为单位；应为毫秒，请乘以 1000"
    )
}

pub(crate) fn timestamp_ahead(found: u64, now: u64) -> Problem {
    let minutes = found.saturating_sub(now).div_ceil(60_000);
    say!(
        TimestampAhead,
        "`timestamp` is {found}, {minutes} minutes ahead of the present time; expected at most 10. Check the sender's clock",
        "`timestamp` 为 {found}，比当前时间超前 {minutes} 分钟；最多应为 10 分钟，请检查发送方的时钟"
    )
}

pub(crate) fn reply_form(found: &str) -> Problem {
    let found = excerpt(found);
    say!(
        ReplyForm,
        "`reply` is `{found}`; expected the `mid` of the message answered, in UUID form. It will match nothing",
        "`reply` 为 `{found}`；应为所应答消息的 `mid`（UUID 格式）。该值不会匹配任何消息"
    )
}

fn kind_names(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Command => ("command", "命令"),
        Kind::Result => ("result", "结果"),
    }
}

pub(crate) fn kind_mismatch(stated: Kind, topic: Kind) -> Problem {
    let ((stated_en, stated_zh), (topic_en, topic_zh)) = (kind_names(stated), kind_names(topic));
    say!(
        KindMismatch,
        "the message was stated to be a {stated_en}, but the topic is for a {topic_en}; correct one of them",
        "调用方声明该消息为{stated_zh}，而主题属于{topic_zh}；请更正其中之一"
    )
}

pub(crate) fn kind_inferred(kind: Kind) -> Problem {
    if kind == Kind::Command {
        say!(
            KindInferred,
            "read as a command, because `data` has `download_url` or `md5_code`; give a topic or a kind to be sure",
            "因 `data` 含有 `download_url` 或 `md5_code`，按命令解读；提供主题或消息类型可避免推断"
        )
    } else {
        say!(
            KindInferred,
            "read as a result, because `data` has neither `download_url` nor `md5_code`; give a topic or a kind to be sure",
            "因 `data` 不含 `download_url` 和 `md5_code`，按结果解读；提供主题或消息类型可避免推断"
        )
    }
}

pub(crate) fn md5_form(found: &str) -> Problem {
    let (shown, number) = (excerpt(found), found.chars().count());
    let length = count(number, "character");
    say!(
        Md5Form,
        "`md5_code` is `{shown}` ({length}); expected the MD5 of the image, 32 hexadecimal digits",
        "`md5_code` 为 `{shown}`（共 {number} 个字符）；应为固件的 MD5，即 32 位十六进制数字"
    )
}

pub(crate) fn md5_of_nothing() -> Problem {
    say!(
        Md5OfNothing,
        "`md5_code` is the MD5 of empty input; expected that of the image. Check that the file is not empty",
        "`md5_code` 是空内容的 MD5；应为固件的 MD5，请检查文件是否为空"
    )
}

pub(crate) fn status_unknown(found: &Shown) -> Problem {
    let Shown { en, zh } = found;
    say!(
        StatusUnknown,
        "`status` is {en}; expected 1 (forbidden), 2 (prepared), 3 (preparation failed), 4 (succeeded), 5 (rolled back) or 6 (rollback failed)",
        "`status` 为{zh}；应为 1（禁止更新）、2（更新已准备）、3（更新准备失败）、4（更新成功）、5（回滚成功）或 6（回滚失败）"
    )
}
