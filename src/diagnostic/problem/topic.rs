//! Texts about topics and their levels (§1).

use super::{Code, Problem, Shown, Text, excerpt, named, quoted};
use crate::similar::near;

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

#[cold]
pub(crate) fn topic_too_long(bytes: usize) -> Problem {
    say!(
        TopicTooLong,
        "the topic has {bytes} bytes of UTF-8; MQTT allows at most 65535",
        "主题的 UTF-8 长度为 {bytes} 字节；MQTT 最多允许 65535 字节";
        "Use shorter levels",
        "请缩短各层级"
    )
}

#[cold]
pub(crate) fn topic_form(topic: &str) -> Problem {
    let Shown { en, zh } = quoted(topic);
    say!(
        TopicForm,
        "the topic is {en}; expected a namespace, a device and then `/ota/upgrade/command` or `/ota/upgrade/result`, such as `v1/wudun/PRODUCT_KEY/DEVICE/ota/upgrade/result`",
        "主题{zh}；应依次为命名空间、设备，并以 `/ota/upgrade/command` 或 `/ota/upgrade/result` 结尾，例如 `v1/wudun/PRODUCT_KEY/DEVICE/ota/upgrade/result`"
    )
    .with_hint(form_hint(topic))
}

fn filter_hint() -> Text {
    text!(
        "This is a subscription: give the topic of one device",
        "这是订阅过滤器：请填写单个设备的主题"
    )
}

fn form_hint(topic: &str) -> Option<Text> {
    let fits = |text: &str| {
        text.ends_with("/ota/upgrade/command") || text.ends_with("/ota/upgrade/result")
    };
    let (_, last) = topic.rsplit_once('/')?;
    if fits(topic) {
        Some(text!(
            "Put a namespace before the device",
            "请在设备之前补上命名空间"
        ))
    } else if fits(topic.trim()) {
        Some(text!(
            "Remove the white space around it",
            "请去掉首尾的空白字符"
        ))
    } else if fits(topic.trim_end_matches('/')) {
        Some(text!("Remove the `/` at the end", "请去掉末尾的 `/`"))
    } else if matches!(last, "+" | "#") {
        Some(filter_hint())
    } else if fits(&topic.to_lowercase()) {
        Some(text!(
            "Write the last levels in lower case",
            "最后几个层级请使用小写"
        ))
    } else {
        let name = ["command", "result"]
            .into_iter()
            .find(|name| near(last, name))?;
        Some(text!("Did you mean `{name}`?", "是否想写 `{name}`？"))
    }
}

#[cold]
pub(crate) fn prefix_dollar(prefix: &str) -> Problem {
    let found = excerpt(prefix);
    say!(
        PrefixDollar,
        "the prefix `{found}` starts with `$`, which brokers keep for themselves",
        "自定义前缀 `{found}` 以 `$` 开头，该写法由 Broker 保留";
        "Choose another first level",
        "请更换第一个层级"
    )
}

#[cold]
pub(crate) fn prefix_reserved(prefix: &str, user: bool) -> Problem {
    let found = excerpt(prefix);
    if user {
        say!(
            PrefixReserved,
            "the prefix `{found}` is the platform-default namespace",
            "前缀 `{found}` 属于平台默认MQTT";
            "Use the namespace `user` with this tenant",
            "请改用命名空间 `user` 并填写该租户"
        )
    } else {
        say!(
            PrefixReserved,
            "the prefix `{found}` is the user-defined namespace",
            "前缀 `{found}` 属于用户自定义MQTT";
            "Use the namespace `wudun` with this product key",
            "请改用命名空间 `wudun` 并填写该产品标识"
        )
    }
}

#[cold]
pub(crate) fn level_empty(level: Level) -> Problem {
    let (en, zh) = level.names();
    say!(
        LevelEmpty,
        "{en} is empty; expected at least one character",
        "{zh}为空；至少需要一个字符";
        "Fill it in",
        "请填写"
    )
}

#[cold]
pub(crate) fn level_character(level: Level, text: &str, c: char) -> Problem {
    let subscription =
        (matches!(level, Level::Device) && matches!(text, "+" | "#")).then(filter_hint);
    let ((en, zh), found, c) = (level.names(), excerpt(text), named(c));
    say!(
        LevelCharacter,
        "{en} is `{found}` and holds {c}; a topic level holds no `/`, `+`, `#`, control character or non-character",
        "{zh}为 `{found}`，其中含有 {c}；主题层级中不得出现 `/`、`+`、`#`、控制字符或非字符码点";
        "Remove it",
        "请将其删除"
    )
    .with_hint(subscription)
}
