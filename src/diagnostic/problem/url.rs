//! Texts about `download_url` (§3).

use super::{Code, Problem, Text, excerpt, named};
use crate::similar::near;

#[cold]
pub(crate) fn url_syntax(found: &str, at: usize) -> Problem {
    let (url, rest) = (excerpt(found), found.get(at..).unwrap_or_default());
    let before = found.get(..at).unwrap_or_default();
    if found.is_empty() {
        return say!(
            UrlSyntax,
            "`download_url` is empty; expected the http or https URL of the image, such as `https://host/path`",
            "`download_url` 为空；应为固件的 http 或 https 下载地址，例如 `https://host/path`";
            "Fill it in",
            "请填写"
        );
    }
    match rest.chars().next() {
        Some(c) => {
            let (shown, position) = (named(c), before.chars().count() + 1);
            say!(
                UrlSyntax,
                "`download_url` is `{url}`; expected an RFC 3986 URI such as `https://host/path`, but it goes wrong at character {position}, {shown}",
                "`download_url` 为 `{url}`；应为符合 RFC 3986 的 URI，例如 `https://host/path`，但第 {position} 个字符 {shown} 处有误"
            )
            .with_hint(character_hint(found, before, c))
        }
        None => say!(
            UrlSyntax,
            "`download_url` is `{url}`; expected an RFC 3986 URI such as `https://host/path`, but it ends too early",
            "`download_url` 为 `{url}`；应为符合 RFC 3986 的 URI，例如 `https://host/path`，但内容不完整"
        )
        .with_hint((!found.contains(':')).then(start_with_scheme)),
    }
}

fn start_with_scheme() -> Text {
    text!("Start it with `https://`", "请以 `https://` 开头")
}

/// What to do about a character that a URL must not hold.
fn character_hint(found: &str, before: &str, c: char) -> Option<Text> {
    let authority = before
        .split_once("://")
        .is_some_and(|(_, rest)| !rest.contains(['/', '?']));
    if c.is_whitespace() && (before.is_empty() || found.trim_end() == before) {
        Some(text!(
            "Remove the white space around it",
            "请去掉首尾的空白字符"
        ))
    } else if c == '\\' {
        Some(text!("Write `/` for `\\`", "请用 `/` 代替 `\\`"))
    } else if !before.contains(':') && !found.contains("://") {
        Some(start_with_scheme())
    } else if authority && !c.is_ascii() {
        Some(text!(
            "Write the host name in its ASCII form (Punycode, `xn--…`)",
            "请将域名写成 ASCII 形式（Punycode，即 `xn--…`）"
        ))
    } else if before.contains(':') {
        let mut buffer = [0; 4];
        let bytes = c.encode_utf8(&mut buffer).bytes();
        let encoded: String = bytes.map(|byte| format!("%{byte:02X}")).collect();
        Some(text!(
            "Percent-encode it: write `{encoded}`",
            "请使用百分号编码，写作 `{encoded}`"
        ))
    } else {
        None
    }
}

#[cold]
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
        "`download_url` is `{url}` and holds `{part}`; after `%` two hexadecimal digits are expected, and not `00`",
        "`download_url` 为 `{url}`，其中含有 `{part}`；`%` 之后应为两位十六进制数字，且不得为 `00`";
        "A percent sign itself is written `%25`",
        "百分号本身应写作 `%25`"
    )
}

#[cold]
pub(crate) fn url_scheme(scheme: &str) -> Problem {
    let hint = near(scheme, "https").then(|| text!("Did you mean `https`?", "是否想写 `https`？"));
    let scheme = excerpt(scheme);
    say!(
        UrlScheme,
        "`download_url` has the scheme `{scheme}`; expected `https` or `http`",
        "`download_url` 的协议为 `{scheme}`；应为 `https` 或 `http`"
    )
    .with_hint(hint)
}

#[cold]
pub(crate) fn url_no_host() -> Problem {
    say!(
        UrlHost,
        "`download_url` names no host; expected one, as in `https://host/path`",
        "`download_url` 未包含主机名；应为 `https://host/path` 形式";
        "Add the host, after `//`",
        "请在 `//` 之后补上主机名"
    )
}

#[cold]
pub(crate) fn url_host(host: &str) -> Problem {
    let host = excerpt(host);
    say!(
        UrlHost,
        "`download_url` has the host `{host}`; expected a name, an IPv4 address, or an IPv6 address in brackets without zone",
        "`download_url` 的主机为 `{host}`；应为域名、IPv4 地址，或方括号内不带区域标识的 IPv6 地址";
        "Use a name or address that the device can reach",
        "请使用设备能够访问的域名或地址"
    )
}

#[cold]
pub(crate) fn url_port(port: &str) -> Problem {
    if port.is_empty() {
        return say!(
            UrlPort,
            "`download_url` has a colon after the host and no port; expected 1 to 5 digits, in 1 … 65535",
            "`download_url` 的主机之后有冒号，但没有端口；应为 1 至 5 位数字，取值范围 1 … 65535";
            "Without a port, leave the colon out too",
            "不指定端口时请一并去掉冒号"
        );
    }
    let port = excerpt(port);
    say!(
        UrlPort,
        "`download_url` has the port `{port}`; expected 1 to 5 digits, in 1 … 65535",
        "`download_url` 的端口为 `{port}`；应为 1 至 5 位数字，取值范围 1 … 65535";
        "Without a port, leave the colon out too",
        "不指定端口时请一并去掉冒号"
    )
}

#[cold]
pub(crate) fn url_fragment(fragment: &str) -> Problem {
    let fragment = excerpt(fragment);
    say!(
        UrlFragment,
        "`download_url` ends in the fragment `#{fragment}`, which servers never see; expected none",
        "`download_url` 末尾带有片段 `#{fragment}`，服务器不会收到该部分；不应有片段";
        "Remove it; a `#` in a file name is written `%23`",
        "请将其删除；文件名中的 `#` 应写作 `%23`"
    )
}

#[cold]
pub(crate) fn url_http() -> Problem {
    say!(
        UrlHttp,
        "`download_url` uses `http`: anyone on the way can read and replace the image",
        "`download_url` 使用 `http`，传输途中固件可能被窃取或替换";
        "Use `https` where the device can",
        "设备支持时请使用 `https`"
    )
}

#[cold]
pub(crate) fn url_credentials() -> Problem {
    say!(
        UrlCredentials,
        "`download_url` holds a user name or password, which everyone who can read the topic sees",
        "`download_url` 含有用户名或密码，任何能读取该主题的人都能看到";
        "Use a signed or short-lived URL",
        "请改用带签名或短时有效的地址"
    )
}

#[cold]
pub(crate) fn url_host_local(host: &str) -> Problem {
    let host = excerpt(host);
    say!(
        UrlHostLocal,
        "`download_url` has the host `{host}`, which means the device itself or its own link",
        "`download_url` 的主机为 `{host}`，指向设备自身或其本地链路";
        "Use an address that the device can reach",
        "请使用设备能够访问的地址"
    )
}

#[cold]
pub(crate) fn url_host_numeric(host: &str) -> Problem {
    let host = excerpt(host);
    say!(
        UrlHostNumeric,
        "`download_url` has the host `{host}`, a number that is no dotted IPv4 address; devices read it differently",
        "`download_url` 的主机为 `{host}`，是数字但不是点分十进制 IPv4 地址，不同设备的解读可能不同";
        "Write four numbers of 0 to 255 with dots between",
        "请写成以点分隔的四个 0 到 255 的数字"
    )
}

#[cold]
pub(crate) fn url_long(bytes: usize) -> Problem {
    say!(
        UrlLong,
        "`download_url` has {bytes} bytes; devices may not accept more than 2048",
        "`download_url` 长度为 {bytes} 字节；设备可能不接受超过 2048 字节的地址";
        "Use a shorter URL",
        "请缩短地址"
    )
}
