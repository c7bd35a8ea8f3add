//! Topics and filters (§1).
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use wudun_ota::topic::filter;
use wudun_ota::{Channel, Error, Namespace, Topic};

fn wudun(product_key: &str) -> Namespace {
    Namespace::Wudun {
        product_key: product_key.to_owned(),
    }
}

fn user(tenant: &str) -> Namespace {
    Namespace::User {
        tenant: tenant.to_owned(),
    }
}

fn prefix(prefix: &str) -> Namespace {
    Namespace::Prefix {
        prefix: prefix.to_owned(),
    }
}

/// `code@path` of every finding.
fn findings(error: &Error) -> Vec<String> {
    error
        .diagnostics()
        .iter()
        .map(|d| format!("{}@{}", d.code, d.path))
        .collect()
}

#[track_caller]
fn assert_parses(text: &str, namespace: Namespace, device: &str, channel: Channel) {
    let topic = Topic::parse(text).unwrap();
    assert_eq!(
        (topic.namespace(), topic.device(), topic.channel()),
        (&namespace, device, channel)
    );
    assert_eq!(topic.to_string(), text);
    assert_eq!(Topic::new(namespace, device, channel).unwrap(), topic);
}

#[track_caller]
fn assert_refused(text: &str, codes: &[&str]) {
    let error = Topic::parse(text).unwrap_err();
    let found: Vec<_> = error
        .diagnostics()
        .iter()
        .map(|d| d.code.as_str())
        .collect();
    assert_eq!(found, codes, "{text}");
}

#[test]
fn the_three_namespaces() {
    assert_parses(
        "v1/wudun/pk/gw/ota/upgrade/command",
        wudun("pk"),
        "gw",
        Channel::Command,
    );
    assert_parses(
        "v1/user/t/gw/ota/upgrade/result",
        user("t"),
        "gw",
        Channel::Result,
    );
    assert_parses(
        "site/a/gw/ota/upgrade/result",
        prefix("site/a"),
        "gw",
        Channel::Result,
    );
    assert_parses(
        "/site/gw/ota/upgrade/result",
        prefix("/site"),
        "gw",
        Channel::Result,
    );
}

#[test]
fn read_from_the_right() {
    assert_parses(
        "v1/wudun/gw/ota/upgrade/result",
        prefix("v1/wudun"),
        "gw",
        Channel::Result,
    );
    assert_parses(
        "v1/user/t/more/gw/ota/upgrade/result",
        prefix("v1/user/t/more"),
        "gw",
        Channel::Result,
    );
    assert_parses(
        "/v1/wudun/pk/gw/ota/upgrade/result",
        prefix("/v1/wudun/pk"),
        "gw",
        Channel::Result,
    );
    assert_parses(
        "V1/wudun/pk/gw/ota/upgrade/result",
        prefix("V1/wudun/pk"),
        "gw",
        Channel::Result,
    );
    let twice = "v1/wudun/pk/gw/ota/upgrade/command/ota/upgrade/result";
    assert_parses(
        twice,
        prefix("v1/wudun/pk/gw/ota/upgrade"),
        "command",
        Channel::Result,
    );
    let level = "v1/wudun/pk/ota/ota/upgrade/command";
    assert_parses(level, wudun("pk"), "ota", Channel::Command);
    assert_parses(
        "v1/wudun/$SYS/$x/ota/upgrade/command",
        wudun("$SYS"),
        "$x",
        Channel::Command,
    );
    assert_parses(
        "a/$b/c/ota/upgrade/command",
        prefix("a/$b"),
        "c",
        Channel::Command,
    );
    assert_parses(
        "固件/网关 1/ota/upgrade/command",
        prefix("固件"),
        "网关 1",
        Channel::Command,
    );
}

#[test]
fn what_does_not_parse() {
    for text in [
        "",
        "gw/ota/upgrade/command",
        "/ota/upgrade/command",
        "ota/upgrade/command",
        "v1/wudun/pk/gw/ota/upgrade",
        "v1/wudun/pk/gw/ota/upgrade/",
        "v1/wudun/pk/gw/ota/upgrade/+",
        "v1/wudun/pk/gw/ota/upgrade/Command",
        "v1/wudun/pk/gw/ota/upgrade/command/",
        "v1/wudun/pk/gw/ota/upgrade/results",
    ] {
        assert_refused(text, &["topic-form"]);
    }
    assert_refused("/gw/ota/upgrade/command", &["level-empty"]);
    assert_refused("//gw/ota/upgrade/command", &["level-empty"]);
    assert_refused("a/b//gw/ota/upgrade/command", &["level-empty"]);
    assert_refused("//a/gw/ota/upgrade/command", &["level-empty"]);
    assert_refused("v1/wudun//gw/ota/upgrade/command", &["level-empty"]);
    assert_refused("v1/wudun/pk//ota/upgrade/command", &["level-empty"]);
    assert_refused("v1/wudun/+/gw/ota/upgrade/command", &["level-character"]);
    assert_refused("v1/wudun/pk/#/ota/upgrade/command", &["level-character"]);
    assert_refused(
        "a+/g#/ota/upgrade/command",
        &["level-character", "level-character"],
    );
    assert_refused("$SYS/gw/ota/upgrade/command", &["prefix-dollar"]);
    assert_refused("/$share/g/gw/ota/upgrade/command", &["prefix-dollar"]);
}

#[test]
fn characters_of_a_level() {
    let wrong = [
        '\0', '\u{1}', '\u{1F}', '\u{7F}', '\u{80}', '\u{9F}', '+', '#', '/',
    ]
    .into_iter()
    .chain([
        '\u{FDD0}',
        '\u{FDEF}',
        '\u{FFFE}',
        '\u{FFFF}',
        '\u{1FFFE}',
        '\u{10FFFF}',
    ]);
    for c in wrong {
        let error = Topic::new(wudun("pk"), &format!("a{c}"), Channel::Result).unwrap_err();
        assert_eq!(findings(&error), ["level-character@/device"], "{c:?}");
    }
    for c in [
        ' ',
        '~',
        '\u{A0}',
        '\u{FDCF}',
        '\u{FDF0}',
        '\u{FFFD}',
        '\u{FEFF}',
        '\u{10FFFD}',
        '$',
    ] {
        assert!(
            Topic::new(wudun("pk"), &c.to_string(), Channel::Result).is_ok(),
            "{c:?}"
        );
    }
}

#[test]
fn every_part_is_named() {
    let made =
        |namespace, device| findings(&Topic::new(namespace, device, Channel::Result).unwrap_err());
    assert_eq!(
        made(wudun(""), ""),
        ["level-empty@/namespace/productKey", "level-empty@/device"]
    );
    assert_eq!(
        made(user("a/b"), "gw"),
        ["level-character@/namespace/tenant"]
    );
    assert_eq!(made(prefix(""), "gw"), ["level-empty@/namespace/prefix"]);
    assert_eq!(made(prefix("a/"), "gw"), ["level-empty@/namespace/prefix"]);
    assert_eq!(made(prefix("/"), "gw"), ["level-empty@/namespace/prefix"]);
    assert_eq!(
        made(prefix("$a/+"), "gw"),
        [
            "level-character@/namespace/prefix",
            "prefix-dollar@/namespace/prefix"
        ]
    );
    assert_eq!(
        made(prefix("v1/wudun/x"), "gw"),
        ["prefix-reserved@/namespace/prefix"]
    );
    assert_eq!(
        made(prefix("v1/user/x"), "gw"),
        ["prefix-reserved@/namespace/prefix"]
    );
    for free in [
        "/v1/wudun/x",
        "/v1/user/x",
        "v1/wudun",
        "v1/user/x/y",
        "v1/other/x",
    ] {
        assert!(
            Topic::new(prefix(free), "gw", Channel::Result).is_ok(),
            "{free}"
        );
    }
}

#[test]
fn at_most_65535_bytes() {
    let around = "p//ota/upgrade/result".len();
    let device = "é".repeat((65_535 - around) / 2);
    let topic = Topic::new(prefix("p"), &device, Channel::Result).unwrap();
    assert_eq!(topic.to_string().len(), 65_535);
    assert_eq!(Topic::parse(&topic.to_string()).unwrap(), topic);
    let error = Topic::new(prefix("p"), &device, Channel::Command).unwrap_err();
    assert_eq!(findings(&error), ["topic-too-long@"]);
    let error = Topic::parse(&format!("x{topic}")).unwrap_err();
    assert_eq!(findings(&error), ["topic-too-long@"]);
    assert!(filter(&prefix("p"), Some(&device), Some(Channel::Result)).is_ok());
    assert!(filter(&prefix("p"), Some(&device), None).is_ok());
    assert!(filter(&prefix("p"), Some(&device), Some(Channel::Command)).is_err());
}

#[test]
fn addresses_and_channels() {
    let topic = Topic::parse("v1/user/t/gw/ota/upgrade/command").unwrap();
    assert_eq!(topic.address(), "v1/user/t/gw");
    assert_eq!(
        topic.with_channel(Channel::Result).to_string(),
        "v1/user/t/gw/ota/upgrade/result"
    );
}

#[test]
fn filters() {
    let made = |device, channel| filter(&wudun("pk"), device, channel).unwrap();
    assert_eq!(made(None, None), "v1/wudun/pk/+/ota/upgrade/+");
    assert_eq!(made(Some("gw"), None), "v1/wudun/pk/gw/ota/upgrade/+");
    assert_eq!(
        made(None, Some(Channel::Result)),
        "v1/wudun/pk/+/ota/upgrade/result"
    );
    assert_eq!(
        made(Some("gw"), Some(Channel::Command)),
        "v1/wudun/pk/gw/ota/upgrade/command"
    );
    assert_eq!(
        filter(&prefix("/a/b"), None, None).unwrap(),
        "/a/b/+/ota/upgrade/+"
    );
    assert_eq!(
        findings(&filter(&user("+"), Some("+"), None).unwrap_err()).len(),
        2
    );
}

#[test]
fn texts() {
    let error = Topic::parse("a\u{7}b/gw/ota/upgrade/command").unwrap_err();
    assert_eq!(
        error.to_string(),
        "a level of the prefix is `a\\u{0007}b` and holds `\\u{0007}` (U+0007); a topic level holds no `/`, `+`, `#`, \
         control character or non-character. Remove it"
    );
    assert_eq!(
        error.diagnostics()[0].message().zh,
        "自定义前缀的一个层级为 `a\\u{0007}b`，其中含有 `\\u{0007}` (U+0007)；主题层级中不得出现 `/`、`+`、`#`、\
         控制字符或非字符码点。请将其删除"
    );
}

#[test]
fn as_json() {
    let topic = Topic::parse("v1/wudun/pk/gw/ota/upgrade/command").unwrap();
    let json = serde_json::json!({
        "namespace": { "kind": "wudun", "productKey": "pk" }, "device": "gw", "channel": "command"
    });
    assert_eq!(serde_json::to_value(&topic).unwrap(), json);
}

/// Text that often looks like a topic.
fn topic_like() -> impl Strategy<Value = String> {
    let level = prop_oneof![
        4 => "[a-z0-9$+#]{0,3}",
        2 => Just("v1".to_owned()),
        2 => Just("wudun".to_owned()),
        2 => Just("user".to_owned()),
        1 => Just("ota".to_owned()),
        1 => "\\PC{1,3}",
    ];
    let end = prop_oneof![
        4 => Just("ota/upgrade/command"),
        4 => Just("ota/upgrade/result"),
        1 => Just("ota/upgrade"),
        1 => Just("")
    ];
    (prop::collection::vec(level, 0..6), end)
        .prop_map(|(levels, end)| format!("{}/{end}", levels.join("/")))
}

fn namespace() -> impl Strategy<Value = Namespace> {
    let level = || "(v1|user|wudun|[^/]{0,4})";
    prop_oneof![
        level().prop_map(|product_key| Namespace::Wudun { product_key }),
        level().prop_map(|tenant| Namespace::User { tenant }),
        "/?(v1/(user|wudun)/)?[^/]{1,3}(/[^/]{0,3}){0,3}"
            .prop_map(|prefix| Namespace::Prefix { prefix }),
    ]
}

proptest! {
    #[test]
    fn what_parses_is_written_back(text in topic_like()) {
        if let Ok(topic) = Topic::parse(&text) {
            prop_assert_eq!(topic.to_string(), text.clone());
            prop_assert_eq!(topic.address() + "/ota/upgrade/" + topic.channel().as_str(), text);
            let again = Topic::new(topic.namespace().clone(), topic.device(), topic.channel());
            prop_assert_eq!(again.unwrap(), topic);
        }
    }

    #[test]
    fn what_is_made_parses(namespace in namespace(), device in "[^/]{0,4}", result in any::<bool>()) {
        let channel = if result { Channel::Result } else { Channel::Command };
        if let Ok(topic) = Topic::new(namespace, &device, channel) {
            prop_assert_eq!(Topic::parse(&topic.to_string()).unwrap(), topic);
        }
    }

    #[test]
    fn any_text_is_safe(text in any::<String>()) {
        let _ = Topic::parse(&text);
        let _ = Topic::new(Namespace::Prefix { prefix: text.clone() }, &text, Channel::Result);
    }
}
