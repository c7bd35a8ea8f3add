//! Texts about the fields of messages (§2–§4).

use super::{Code, Problem, Shown, Text, behind, count, excerpt, quoted};
use crate::json::Value;
use crate::message::field::{Field, Rule};
use crate::message::{Kind, Status, TYPE};
use crate::similar::near;

#[cold]
pub(crate) fn field_missing(field: &Field) -> Problem {
    let (name, (en, zh)) = (field.name, expected(field));
    say!(
        FieldMissing,
        "the required field `{name}` is missing",
        "缺少必填字段 `{name}`";
        "Add it: {en}",
        "请补充：{zh}"
    )
}

#[cold]
pub(crate) fn field_unknown_similar(found: &str, field: &Field) -> Problem {
    let (found, name) = (excerpt(found), field.name);
    say!(
        FieldUnknownSimilar,
        "the protocol has no field `{found}`, and the field `{name}` is missing",
        "协议中没有字段 `{found}`，而字段 `{name}` 缺失";
        "Did you mean `{name}`?",
        "是否想写 `{name}`？"
    )
}

#[cold]
pub(crate) fn field_misplaced(field: &Field, in_data: bool) -> Problem {
    let name = field.name;
    if in_data {
        say!(
            FieldMisplaced,
            "`{name}` stands inside `data`, where it means nothing",
            "`{name}` 位于 `data` 之内，不起作用";
            "Move it out of `data`, beside `mid`",
            "请将其移到 `data` 之外，与 `mid` 同级"
        )
    } else {
        say!(
            FieldMisplaced,
            "`{name}` stands beside `data`, where it means nothing",
            "`{name}` 位于 `data` 之外，不起作用";
            "Move it into `data`",
            "请将其移入 `data`"
        )
    }
}

/// What a field should hold.
fn expected(field: &Field) -> (&'static str, &'static str) {
    if !field.required && !matches!(field.rule, Rule::Status) {
        return ("a string", "字符串");
    }
    match field.rule {
        Rule::Mid => (
            "a UUID as a string, fresh for each message",
            "UUID 字符串，每条消息各不相同",
        ),
        Rule::Type => ("the string `ota_upgrade`", "字符串 `ota_upgrade`"),
        Rule::Level(_) => (
            "the device level of the topic, as a string",
            "字符串，与主题中的设备层级一致",
        ),
        Rule::Timestamp => (
            "an integer, milliseconds since 1970-01-01T00:00:00Z",
            "整数，自 1970-01-01T00:00:00Z 起的毫秒数",
        ),
        Rule::Data => ("an object", "对象"),
        Rule::Text | Rule::Reply => ("a string", "字符串"),
        Rule::Target => (
            "the update target as a string, such as `ems_II`",
            "字符串，更新目标，例如 `ems_II`",
        ),
        Rule::Url => (
            "the http or https URL of the image, as a string",
            "字符串，固件的 http 或 https 下载地址",
        ),
        Rule::Md5 => (
            "the MD5 of the image, 32 hexadecimal digits as a string",
            "字符串，固件的 MD5，32 位十六进制数字",
        ),
        Rule::Status => ("an integer", "整数"),
    }
}

/// A value of the wrong type, as a hint needs to know it.
pub(crate) enum Wrong<'a> {
    Text(&'a str),
    Number,
    Null,
    Other,
}

#[cold]
pub(crate) fn field_type(field: &Field, found: &Shown, wrong: &Wrong<'_>) -> Problem {
    let (name, (want_en, want_zh)) = (field.name, expected(field));
    let want_zh = behind(want_zh);
    let Shown { en, zh } = found;
    say!(
        FieldType,
        "`{name}` is {en}; expected {want_en}",
        "`{name}` 为{zh}；应为{want_zh}"
    )
    .with_hint(type_hint(field, wrong))
}

fn type_hint(field: &Field, wrong: &Wrong<'_>) -> Option<Text> {
    let integer = matches!(field.rule, Rule::Timestamp | Rule::Status);
    if let (Wrong::Text(text), Rule::Status) = (wrong, field.rule)
        && let Some(code) = status_named(text)
    {
        return Some(text!(
            "Write the number {code} for `{text}`",
            "`{text}` 应写作数字 {code}"
        ));
    }
    match (wrong, field.rule) {
        (Wrong::Text(text), _) if integer && text.parse::<u64>().is_ok() => Some(text!(
            "Remove the quotes: a number has none",
            "请去掉引号：数字不加引号"
        )),
        (Wrong::Text(text), Rule::Timestamp) if text.contains('-') => Some(text!(
            "Write the date as a number of milliseconds, not as text",
            "请用毫秒数表示时间，而不是文本"
        )),
        (Wrong::Text(text), Rule::Data) if text.trim_start().starts_with('{') => {
            Some(encoded_twice())
        }
        (Wrong::Number, Rule::Timestamp | Rule::Status) => {
            Some(text!("Write it without a fraction", "请去掉小数部分"))
        }
        (Wrong::Number, rule) if !matches!(rule, Rule::Data | Rule::Url | Rule::Md5) => {
            Some(text!("Put it in double quotes", "请用双引号括起"))
        }
        (Wrong::Null, Rule::Status) => Some(text!(
            "Leave the field out where there is no status",
            "没有状态时请省略该字段"
        )),
        _ => None,
    }
}

fn encoded_twice() -> Text {
    text!(
        "It was encoded as JSON twice: write the object itself, without quotes around it",
        "内容被重复编码为 JSON：请直接写对象，不要加引号"
    )
}

/// The code of a status that is given by its name.
fn status_named(text: &str) -> Option<u8> {
    let label = |status: &Status| status.name() == text || status.label().zh == text;
    Status::ALL.into_iter().find(label).map(Status::code)
}

#[cold]
pub(crate) fn message_type(found: &Shown, value: &Value<'_>) -> Problem {
    let Shown { en, zh } = found;
    let hint = match value {
        Value::Array => Some(text!(
            "Send each message as a payload of its own",
            "请将每条消息作为单独的载荷发送"
        )),
        Value::String(text) if text.trim_start().starts_with('{') => Some(encoded_twice()),
        _ => None,
    };
    say!(
        FieldType,
        "the message is {en}; expected an object",
        "消息为{zh}；应为对象"
    )
    .with_hint(hint)
}

#[cold]
pub(crate) fn source_empty() -> Problem {
    say!(
        FieldEmpty,
        "`source` is empty; expected the update target, such as `ems_II`",
        "`source` 为空；应填写更新目标，例如 `ems_II`";
        "Fill it in",
        "请填写"
    )
}

#[cold]
pub(crate) fn field_empty_optional(field: &str) -> Problem {
    say!(
        FieldEmptyOptional,
        "`{field}` is an empty string, which counts as absent",
        "`{field}` 为空字符串，视为未填写";
        "Leave the field out",
        "请省略该字段"
    )
}

#[cold]
pub(crate) fn mid_form(found: &str) -> Problem {
    let Shown { en, zh } = quoted(found);
    let digits = found.chars().filter(char::is_ascii_hexdigit).count();
    let hint = if found != found.trim() {
        Some(remove_space())
    } else if digits == 32 && found.len() == 32 {
        Some(text!(
            "Put hyphens after the 8th, 12th, 16th and 20th digit",
            "请在第 8、12、16、20 位数字之后加连字符"
        ))
    } else if digits == 32 && found.starts_with('{') {
        Some(text!("Remove the braces", "请去掉花括号"))
    } else if found.starts_with("urn:uuid:") {
        Some(text!("Remove `urn:uuid:`", "请去掉 `urn:uuid:` 前缀"))
    } else {
        None
    };
    say!(
        MidForm,
        "`mid` is {en}; expected a UUID: 8-4-4-4-12 hexadecimal digits without braces or `urn:uuid:`",
        "`mid` {zh}；应为 UUID：8-4-4-4-12 位十六进制数字，不带花括号或 `urn:uuid:` 前缀";
        "Use a fresh UUID for each message",
        "请为每条消息生成新的 UUID"
    )
    .with_hint(hint)
}

fn remove_space() -> Text {
    text!("Remove the white space around it", "请去掉首尾的空白字符")
}

#[cold]
pub(crate) fn type_unknown(found: &str) -> Problem {
    let Shown { en, zh } = quoted(found);
    let hint = near(found, TYPE).then(|| text!("Did you mean `{TYPE}`?", "是否想写 `{TYPE}`？"));
    say!(
        TypeUnknown,
        "`type` is {en}; expected `ota_upgrade`",
        "`type` {zh}；应为 `ota_upgrade`";
        "Another value is another kind of message",
        "其他取值属于其他类型的消息"
    )
    .with_hint(hint)
}

#[cold]
pub(crate) fn device_mismatch(found: &str, topic: &str) -> Problem {
    let same_letters = found.eq_ignore_ascii_case(topic);
    let hint = if same_letters {
        Some(text!(
            "They differ in letter case, which counts",
            "两者仅大小写不同，但大小写有区别"
        ))
    } else if found.trim() == topic {
        Some(remove_space())
    } else {
        None
    };
    let (Shown { en, zh }, topic) = (quoted(found), excerpt(topic));
    say!(
        DeviceMismatch,
        "`device_uid` is {en}, but the topic's device is `{topic}`; expected both to be the same",
        "`device_uid` {zh}，而主题中的设备为 `{topic}`；两者应一致";
        "Use the topic of that device, or correct `device_uid`",
        "请使用该设备的主题，或更正 `device_uid`"
    )
    .with_hint(hint)
}

#[cold]
pub(crate) fn timestamp_range(found: &Shown, value: f64) -> Problem {
    let Shown { en, zh } = found;
    // Nanoseconds from 2001 to 2286.
    let hint = (1e18..1e19).contains(&value).then(|| {
        text!(
            "This looks like nanoseconds: divide it by 1000000",
            "疑似以纳秒为单位：请除以 1000000"
        )
    });
    say!(
        TimestampRange,
        "`timestamp` is {en}; expected milliseconds since 1970-01-01T00:00:00Z, in 1 … 9007199254740991",
        "`timestamp` 为{zh}；应为自 1970-01-01T00:00:00Z 起的毫秒数，取值范围 1 … 9007199254740991";
        "Use the present time in milliseconds",
        "请使用当前时间的毫秒数"
    )
    .with_hint(hint)
}

#[cold]
pub(crate) fn timestamp_seconds(found: u64) -> Problem {
    say!(
        TimestampSeconds,
        "`timestamp` is {found}, which looks like seconds; expected milliseconds",
        "`timestamp` 为 {found}，疑似以秒为单位；应为毫秒";
        "Multiply it by 1000",
        "请乘以 1000"
    )
}

#[cold]
pub(crate) fn timestamp_ahead(found: u64, now: u64) -> Problem {
    let minutes = found.saturating_sub(now).div_ceil(60_000);
    // From half to twice a thousand times the present.
    let micro = (now.saturating_mul(500)..now.saturating_mul(2_000)).contains(&found);
    let hint = micro.then(|| {
        text!(
            "This looks like microseconds: divide it by 1000",
            "疑似以微秒为单位：请除以 1000"
        )
    });
    say!(
        TimestampAhead,
        "`timestamp` is {found}, {minutes} minutes ahead of the present time; expected at most 10",
        "`timestamp` 为 {found}，比当前时间超前 {minutes} 分钟；最多应为 10 分钟";
        "Check the sender's clock",
        "请检查发送方的时钟"
    )
    .with_hint(hint)
}

#[cold]
pub(crate) fn reply_form(found: &str) -> Problem {
    let found = excerpt(found);
    say!(
        ReplyForm,
        "`reply` is `{found}`, which matches no message; expected the `mid` of the message answered, in UUID form",
        "`reply` 为 `{found}`，不会匹配任何消息；应为所应答消息的 `mid`（UUID 格式）";
        "Copy the `mid` of the command",
        "请填写命令的 `mid`"
    )
}

fn kind_names(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Command => ("command", "命令"),
        Kind::Result => ("result", "结果"),
    }
}

#[cold]
pub(crate) fn kind_mismatch(stated: Kind, topic: Kind) -> Problem {
    let ((stated_en, stated_zh), (topic_en, topic_zh)) = (kind_names(stated), kind_names(topic));
    say!(
        KindMismatch,
        "the message was stated to be a {stated_en}, but the topic is for a {topic_en}",
        "调用方声明该消息为{stated_zh}，而主题属于{topic_zh}";
        "Correct one of them",
        "请更正其中之一"
    )
}

#[cold]
pub(crate) fn kind_inferred(kind: Kind) -> Problem {
    if kind == Kind::Command {
        say!(
            KindInferred,
            "read as a command, because `data` has `download_url` or `md5_code`",
            "因 `data` 含有 `download_url` 或 `md5_code`，按命令解读";
            "Give a topic or a kind to be sure",
            "提供主题或消息类型可避免推断"
        )
    } else {
        say!(
            KindInferred,
            "read as a result, because `data` has neither `download_url` nor `md5_code`",
            "因 `data` 不含 `download_url` 和 `md5_code`，按结果解读";
            "Give a topic or a kind to be sure",
            "提供主题或消息类型可避免推断"
        )
    }
}

#[cold]
pub(crate) fn md5_form(found: &str) -> Problem {
    let number = found.chars().count();
    let (length, Shown { en, zh }) = (count(number, "character"), quoted(found));
    let (length_en, length_zh) = if found.is_empty() {
        (String::new(), String::new())
    } else {
        (format!(" ({length})"), format!("（共 {number} 个字符）"))
    };
    say!(
        Md5Form,
        "`md5_code` is {en}{length_en}; expected the MD5 of the image, 32 hexadecimal digits",
        "`md5_code` {zh}{length_zh}；应为固件的 MD5，即 32 位十六进制数字";
        "Compute it from the image again",
        "请根据固件重新计算"
    )
    .with_hint(digest_hint(found))
}

/// What a digest that is no MD5 probably is.
fn digest_hint(found: &str) -> Option<Text> {
    let bare: String = found.chars().filter(char::is_ascii_hexdigit).collect();
    let other = match (bare.len() == found.len(), found.len()) {
        (true, 40) => "SHA-1",
        (true, 64) => "SHA-256",
        (true, 128) => "SHA-512",
        _ if bare.len() == 32 && found.trim() != found => return Some(remove_space()),
        _ if bare.len() == 32 => {
            return Some(text!(
                "Write the 32 digits alone, nothing between, before or after them",
                "请只写 32 位数字，中间和前后不加其他字符"
            ));
        }
        _ if found.len() == 24 && found.ends_with("==") => {
            return Some(text!(
                "This looks like Base64: write it in hexadecimal digits",
                "疑似 Base64 编码：请改写为十六进制数字"
            ));
        }
        _ => return None,
    };
    Some(text!(
        "This looks like {other}: compute the MD5 instead",
        "疑似 {other}：请改用 MD5"
    ))
}

#[cold]
pub(crate) fn md5_of_nothing() -> Problem {
    say!(
        Md5OfNothing,
        "`md5_code` is the MD5 of empty input; expected that of the image",
        "`md5_code` 是空内容的 MD5；应为固件的 MD5";
        "Check that the file is not empty",
        "请检查文件是否为空"
    )
}

#[cold]
pub(crate) fn status_unknown(found: &Shown) -> Problem {
    let Shown { en, zh } = found;
    say!(
        StatusUnknown,
        "`status` is {en}; expected 1 (forbidden), 2 (prepared), 3 (preparation failed), 4 (succeeded), 5 (rolled back) or 6 (rollback failed)",
        "`status` 为{zh}；应为 1（禁止更新）、2（更新已准备）、3（更新准备失败）、4（更新成功）、5（回滚成功）或 6（回滚失败）";
        "Use one of these numbers, or leave the field out",
        "请使用其中一个数字，或省略该字段"
    )
}
