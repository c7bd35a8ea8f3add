//! The rules of strings as regular expressions (ECMA-262 with the `u` flag, as JSON Schema wants them).

const HEX: &str = "[0-9A-Fa-f]";

pub(super) fn uuid() -> String {
    format!("^{HEX}{{8}}-{HEX}{{4}}-{HEX}{{4}}-{HEX}{{4}}-{HEX}{{12}}$")
}

pub(super) fn md5() -> String {
    format!("^{HEX}{{32}}$")
}

pub(super) fn level() -> String {
    format!("^{}+$", level_character())
}

pub(super) fn level_or_empty() -> String {
    format!("^{}*$", level_character())
}

/// No `/`, `+`, `#`, control character, surrogate or non-character (§1).
fn level_character() -> String {
    let planes: String = (1..=16)
        .map(|plane| format!("\\u{{{plane:X}FFFE}}\\u{{{plane:X}FFFF}}"))
        .collect();
    format!(
        "[^/+#\\u0000-\\u001F\\u007F-\\u009F\\uD800-\\uDFFF\\uFDD0-\\uFDEF\\uFFFE\\uFFFF{planes}]"
    )
}

/// RFC 3986 `absolute-URI` with the rules of §3.
pub(super) fn url() -> String {
    let percent = format!("%(?!00){HEX}{{2}}");
    let one_of = |more: &str| format!("(?:[A-Za-z0-9._~!$&'()*+,;={more}\\-]|{percent})");
    let (name, userinfo, path, query) = (one_of(""), one_of(":"), one_of(":@/"), one_of(":@/?"));
    let port = "(?!0+(?:[/?]|$))(?:[0-5]?[0-9]{1,4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";
    let ipv6 = ipv6();
    format!(
        "^[Hh][Tt][Tt][Pp][Ss]?://(?:{userinfo}*@)?(?:\\[{ipv6}\\]|{name}+)(?::{port})?(?:/{path}*)?(?:\\?{query}*)?$"
    )
}

/// RFC 3986 `IPv6address`, the alternatives in its order.
fn ipv6() -> String {
    let group = format!("{HEX}{{1,4}}");
    let octet = "(?:[0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])";
    let last = format!("(?:{group}:{group}|{octet}\\.{octet}\\.{octet}\\.{octet})");
    let before = |most: usize| match most {
        0 => String::new(),
        most => format!("(?:(?:{group}:){{0,{}}}{group})?", most - 1),
    };
    let mut forms = vec![format!("(?:{group}:){{6}}{last}")];
    for groups in (0..=5).rev() {
        forms.push(format!(
            "{}::(?:{group}:){{{groups}}}{last}",
            before(5 - groups)
        ));
    }
    forms.push(format!("{}::{group}", before(6)));
    forms.push(format!("{}::", before(7)));
    format!("(?:{})", forms.join("|"))
}
