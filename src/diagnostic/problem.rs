//! The texts: what was found, what was expected and, where it helps, what to do.

use std::fmt::Write as _;

use super::{Code, Diagnostic, Text};
use crate::message::Kind;

/// A code with its text, not yet at a place.
pub(crate) struct Problem {
    pub(crate) code: Code,
    pub(crate) message: Text,
}

impl Problem {
    pub(crate) fn into_diagnostic(self, path: String) -> Diagnostic {
        Diagnostic {
            code: self.code,
            severity: self.code.severity(),
            path,
            span: None,
            message: self.message,
        }
    }
}

/// `say!(Code, "English", "Chinese")`, both with inline format arguments.
macro_rules! say {
    ($code:ident, $en:literal, $zh:literal) => {
        Problem {
            code: Code::$code,
            message: Text {
                en: format!($en),
                zh: format!($zh),
            },
        }
    };
}

/// Most characters of a found value that a message shows.
const SHOWN: usize = 60;

/// The beginning of `text`, safe to show: nothing in it moves the cursor, hides or reorders text.
pub(crate) fn excerpt(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars().take(SHOWN) {
        show_char(c, &mut shown);
    }
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

fn show_char(c: char, to: &mut String) {
    let invisible =
        matches!(u32::from(c), 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFEFF);
    if c.is_control() || invisible || is_noncharacter(c) {
        // Writing to a String cannot fail.
        let _ = write!(to, "\\u{{{:04X}}}", u32::from(c));
    } else {
        to.push(c);
    }
}

/// U+FDD0–U+FDEF and the last two code points of each plane.
pub(crate) fn is_noncharacter(c: char) -> bool {
    matches!(u32::from(c), 0xFDD0..=0xFDEF) || u32::from(c) & 0xFFFE == 0xFFFE
}

fn named(c: char) -> String {
    let mut shown = String::new();
    show_char(c, &mut shown);
    format!("`{shown}` (U+{:04X})", u32::from(c))
}

fn characters(text: &str) -> usize {
    text.chars().count()
}

/// What obeys the rules of a topic level (§1).
#[derive(Clone, Copy)]
pub(crate) enum Level {
    ProductKey,
    Tenant,
    Prefix,
    Device,
    DeviceUid,
    SubDeviceUid,
}

impl Level {
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Level::ProductKey => ("the product key", "产品标识 product_key"),
            Level::Tenant => ("the tenant", "租户 tenant"),
            Level::Prefix => ("a level of the prefix", "自定义前缀的一个层级"),
            Level::Device => ("the device", "设备"),
            Level::DeviceUid => ("`device_uid`", "`device_uid`"),
            Level::SubDeviceUid => ("`sub_device_uid`", "`sub_device_uid`"),
        }
    }
}

pub(crate) fn topic_too_long(bytes: usize) -> Problem {
    say!(
        TopicTooLong,
        "the topic has {bytes} bytes of UTF-8; MQTT allows at most 65535",
        "主题的 UTF-8 长度为 {bytes} 字节；MQTT 最多允许 65535 字节"
    )
}

pub(crate) fn topic_form(topic: &str) -> Problem {
    let found = excerpt(topic);
    say!(
        TopicForm,
        "the topic is `{found}`; expected a namespace, a device and then `/ota/upgrade/command` or `/ota/upgrade/result`, such as `v1/wudun/PRODUCT_KEY/DEVICE/ota/upgrade/result`",
        "主题为 `{found}`；应依次为命名空间、设备，并以 `/ota/upgrade/command` 或 `/ota/upgrade/result` 结尾，例如 `v1/wudun/PRODUCT_KEY/DEVICE/ota/upgrade/result`"
    )
}

pub(crate) fn prefix_dollar(prefix: &str) -> Problem {
    let found = excerpt(prefix);
    say!(
        PrefixDollar,
        "the prefix `{found}` starts with `$`, which brokers keep for themselves; choose another first level",
        "自定义前缀 `{found}` 以 `$` 开头，该写法由 Broker 保留；请更换第一个层级"
    )
}

pub(crate) fn prefix_reserved(prefix: &str, user: bool) -> Problem {
    let found = excerpt(prefix);
    if user {
        say!(
            PrefixReserved,
            "the prefix `{found}` is the platform-default namespace; use the namespace `user` with this tenant",
            "前缀 `{found}` 属于平台默认MQTT；请改用命名空间 `user` 并填写该租户"
        )
    } else {
        say!(
            PrefixReserved,
            "the prefix `{found}` is the user-defined namespace; use the namespace `wudun` with this product key",
            "前缀 `{found}` 属于用户自定义MQTT；请改用命名空间 `wudun` 并填写该产品标识"
        )
    }
}

pub(crate) fn level_empty(level: Level) -> Problem {
    let (en, zh) = level.names();
    say!(
        LevelEmpty,
        "{en} is empty; expected at least one character",
        "{zh}为空；至少需要一个字符"
    )
}

pub(crate) fn level_character(level: Level, text: &str, c: char) -> Problem {
    let ((en, zh), found, c) = (level.names(), excerpt(text), named(c));
    say!(
        LevelCharacter,
        "{en} is `{found}` and holds {c}; a topic level holds no `/`, `+`, `#`, control character or non-character. Remove it",
        "{zh}为 `{found}`，其中含有 {c}；主题层级中不得出现 `/`、`+`、`#`、控制字符或非字符码点，请将其删除"
    )
}

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
                "字符串，升级包的 http 或 https 下载地址",
            ),
            Expected::Md5 => (
                "the MD5 of the image, 32 hexadecimal digits as a string",
                "字符串，升级包的 MD5，32 位十六进制数字",
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
    let minutes = found.saturating_sub(now) / 60_000;
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

pub(crate) fn url_syntax(found: &str, at: usize) -> Problem {
    let (url, rest) = (excerpt(found), found.get(at..).unwrap_or_default());
    match rest.chars().next() {
        Some(c) => {
            let (c, position) = (
                named(c),
                characters(found.get(..at).unwrap_or_default()) + 1,
            );
            say!(
                UrlSyntax,
                "`download_url` is `{url}`; expected an RFC 3986 URI such as `https://host/path`, but it goes wrong at character {position}, {c}. Percent-encode what a URL must not hold",
                "`download_url` 为 `{url}`；应为符合 RFC 3986 的 URI，例如 `https://host/path`，但第 {position} 个字符 {c} 处有误。URL 中不允许的字符须使用百分号编码"
            )
        }
        None => say!(
            UrlSyntax,
            "`download_url` is `{url}`; expected an RFC 3986 URI such as `https://host/path`, but it ends too early",
            "`download_url` 为 `{url}`；应为符合 RFC 3986 的 URI，例如 `https://host/path`，但内容不完整"
        ),
    }
}

pub(crate) fn url_percent(found: &str, at: usize) -> Problem {
    let part: String = found
        .get(at..)
        .unwrap_or_default()
        .chars()
        .take(3)
        .collect();
    let (url, part) = (excerpt(found), excerpt(&part));
    say!(
        UrlPercent,
        "`download_url` is `{url}` and holds `{part}`; after `%` two hexadecimal digits are expected, and not `00`. A percent sign itself is written `%25`",
        "`download_url` 为 `{url}`，其中含有 `{part}`；`%` 之后应为两位十六进制数字，且不得为 `00`。百分号本身应写作 `%25`"
    )
}

pub(crate) fn url_scheme(scheme: &str) -> Problem {
    let scheme = excerpt(scheme);
    say!(
        UrlScheme,
        "`download_url` has the scheme `{scheme}`; expected `https` or `http`",
        "`download_url` 的协议为 `{scheme}`；应为 `https` 或 `http`"
    )
}

pub(crate) fn url_no_host() -> Problem {
    say!(
        UrlHost,
        "`download_url` names no host; expected one, as in `https://host/path`",
        "`download_url` 未包含主机名；应为 `https://host/path` 形式"
    )
}

pub(crate) fn url_host(host: &str) -> Problem {
    let host = excerpt(host);
    say!(
        UrlHost,
        "`download_url` has the host `{host}`; expected a name, an IPv4 address, or an IPv6 address in brackets without zone",
        "`download_url` 的主机为 `{host}`；应为域名、IPv4 地址，或方括号内不带区域标识的 IPv6 地址"
    )
}

pub(crate) fn url_port(port: &str) -> Problem {
    let port = excerpt(port);
    say!(
        UrlPort,
        "`download_url` has the port `{port}`; expected 1 to 5 digits, in 1 … 65535. Without a port, leave the colon out too",
        "`download_url` 的端口为 `{port}`；应为 1 至 5 位数字，取值范围 1 … 65535。不指定端口时请一并去掉冒号"
    )
}

pub(crate) fn url_fragment(fragment: &str) -> Problem {
    let fragment = excerpt(fragment);
    say!(
        UrlFragment,
        "`download_url` ends in the fragment `#{fragment}`, which servers never see; remove it",
        "`download_url` 末尾带有片段 `#{fragment}`，服务器不会收到该部分；请将其删除"
    )
}

pub(crate) fn url_http() -> Problem {
    say!(
        UrlHttp,
        "`download_url` uses `http`: anyone on the way can read and replace the image; use `https` where the device can",
        "`download_url` 使用 `http`，传输途中升级包可能被窃取或替换；设备支持时请使用 `https`"
    )
}

pub(crate) fn url_credentials() -> Problem {
    say!(
        UrlCredentials,
        "`download_url` holds a user name or password, which everyone who can read the topic sees; use a signed or short-lived URL",
        "`download_url` 含有用户名或密码，任何能读取该主题的人都能看到；请改用带签名或短时有效的地址"
    )
}

pub(crate) fn url_host_local(host: &str) -> Problem {
    let host = excerpt(host);
    say!(
        UrlHostLocal,
        "`download_url` has the host `{host}`, which means the device itself or its own link; use an address that the device can reach",
        "`download_url` 的主机为 `{host}`，指向设备自身或其本地链路；请使用设备能够访问的地址"
    )
}

pub(crate) fn url_host_numeric(host: &str) -> Problem {
    let host = excerpt(host);
    say!(
        UrlHostNumeric,
        "`download_url` has the host `{host}`, a number that is no dotted IPv4 address; devices read it differently. Write four numbers of 0 to 255 with dots between",
        "`download_url` 的主机为 `{host}`，是数字但不是点分十进制 IPv4 地址，不同设备的解读可能不同；请写成以点分隔的四个 0 到 255 的数字"
    )
}

pub(crate) fn url_long(bytes: usize) -> Problem {
    say!(
        UrlLong,
        "`download_url` has {bytes} bytes; devices may not accept more than 2048. Use a shorter URL",
        "`download_url` 长度为 {bytes} 字节；设备可能不接受超过 2048 字节的地址，请缩短"
    )
}

pub(crate) fn md5_form(found: &str) -> Problem {
    let (shown, count) = (excerpt(found), characters(found));
    say!(
        Md5Form,
        "`md5_code` is `{shown}` ({count} characters); expected the MD5 of the image, 32 hexadecimal digits",
        "`md5_code` 为 `{shown}`（共 {count} 个字符）；应为升级包的 MD5，即 32 位十六进制数字"
    )
}

pub(crate) fn md5_of_nothing() -> Problem {
    say!(
        Md5OfNothing,
        "`md5_code` is the MD5 of empty input; expected that of the image. Check that the file is not empty",
        "`md5_code` 是空内容的 MD5；应为升级包的 MD5，请检查文件是否为空"
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

pub(crate) fn too_many_diagnostics(left_out: usize) -> Problem {
    say!(
        TooManyDiagnostics,
        "{left_out} more findings were left out; correct those above first",
        "另有 {left_out} 项未列出；请先修正以上各项"
    )
}

mod json;

pub(crate) use json::*;

mod tracker;

pub(crate) use tracker::*;
