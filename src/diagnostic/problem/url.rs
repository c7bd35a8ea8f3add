//! Texts about `download_url` (§3).

use super::{Code, Problem, Text, excerpt, named};

pub(crate) fn url_syntax(found: &str, at: usize) -> Problem {
    let (url, rest) = (excerpt(found), found.get(at..).unwrap_or_default());
    match rest.chars().next() {
        Some(c) => {
            let (c, position) = (
                named(c),
                found.get(..at).unwrap_or_default().chars().count() + 1,
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
        "`download_url` 使用 `http`，传输途中固件可能被窃取或替换；设备支持时请使用 `https`"
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
