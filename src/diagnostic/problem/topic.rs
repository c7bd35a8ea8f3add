//! Texts about topics and their levels (§1).

use super::{Code, Problem, Text, excerpt, named};

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
            Level::ProductKey => ("the product key", "产品标识（product_key）"),
            Level::Tenant => ("the tenant", "租户（tenant）"),
            Level::Prefix => ("a level of the prefix", "自定义前缀的一个层级"),
            Level::Device => ("the device", "设备"),
            Level::DeviceUid => ("`device_uid`", "`device_uid` "),
            Level::SubDeviceUid => ("`sub_device_uid`", "`sub_device_uid` "),
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
