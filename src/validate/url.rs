//! `download_url` (§3): the grammar of RFC 3986, and what is stricter here.

use super::uri::{self, Authority, Host, Wrong};
use crate::diagnostic::problem::{self, Problem};
use crate::json::scan::Class;

/// Longer URLs get a warning, in bytes.
const LONG: usize = 2_048;

/// Everything that is to be said about a URL.
pub(super) fn problems(text: &str) -> Vec<Problem<'_>> {
    let mut problems = Vec::new();
    match uri::read(text) {
        Ok(uri) => {
            scheme(uri.scheme, &mut problems);
            match uri.authority {
                Some(authority) => authority_rules(&authority, &mut problems),
                None => problems.push(problem::url_no_host()),
            }
            if let Some(at) = text.as_bytes().windows(3).position(|part| part == b"%00") {
                problems.push(problem::url_percent(text, at));
            }
            if let Some(fragment) = uri.fragment {
                problems.push(problem::url_fragment(fragment));
            }
        }
        Err(wrong) => problems.push(syntax(text, wrong)),
    }
    if text.len() > LONG {
        problems.push(problem::url_long(text.len()));
    }
    problems
}

/// Whether a URL is of the most ordinary form, about which there is nothing to say: `https`, a name
/// whose last label begins with a letter, no port, a path and query without escapes.
pub(super) fn is_plain(text: &[u8]) -> bool {
    const SCHEME: &[u8] = b"https://";
    const HOST: Class = Class::new(b"abcdefghijklmnopqrstuvwxyz0123456789.-");
    const REST: Class =
        Class::new(b"/.-_~=&?+,0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    let end = HOST.run(text, SCHEME.len());
    let host = text.get(SCHEME.len()..end).unwrap_or_default();
    let label = host.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    text.starts_with(SCHEME)
        && label.first().is_some_and(u8::is_ascii_lowercase)
        && label != b"localhost"
        && matches!(text.get(end), None | Some(b'/' | b'?'))
        && REST.run(text, end) == text.len()
        && text.len() <= LONG
}

/// What is wrong where the grammar stops, as exactly as can be said.
fn syntax(text: &str, Wrong { at, percent }: Wrong) -> Problem<'_> {
    if percent {
        return problem::url_percent(text, at);
    }
    host_or_port(text, at).unwrap_or_else(|| problem::url_syntax(text, at))
}

/// The problem at `at`, if that lies in an address with colons or in a port.
fn host_or_port(text: &str, at: usize) -> Option<Problem<'_>> {
    let before = text.as_bytes().windows(3).position(|part| part == b"://")?;
    let rest = text.get(before + "://".len()..)?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host_port = authority.rsplit('@').next()?;
    let start = before + "://".len() + authority.len() - host_port.len();
    let at = at.checked_sub(start).filter(|at| *at <= host_port.len())?;
    let (host, port) = match host_port.rsplit_once(']') {
        Some((host, after)) => (host.len() + 1, after.strip_prefix(':')),
        None if host_port.starts_with('[')
            || host_port.bytes().filter(|byte| *byte == b':').count() > 1 =>
        {
            (host_port.len(), None)
        }
        None => host_port
            .split_once(':')
            .map(|(host, port)| (host.len(), Some(port)))?,
    };
    match port {
        Some(port) if at > host => Some(problem::url_port(port)),
        _ if host_port.contains(['[', ']']) || port.is_none() => {
            Some(problem::url_host(host_port.get(..host)?))
        }
        _ => None,
    }
}

fn scheme<'a>(scheme: &'a str, problems: &mut Vec<Problem<'a>>) {
    if scheme.eq_ignore_ascii_case("http") {
        problems.push(problem::url_http());
    } else if !scheme.eq_ignore_ascii_case("https") {
        problems.push(problem::url_scheme(scheme));
    }
}

fn authority_rules<'a>(authority: &Authority<'a>, problems: &mut Vec<Problem<'a>>) {
    if authority.userinfo.is_some_and(|user| !user.is_empty()) {
        problems.push(problem::url_credentials());
    }
    host(authority, problems);
    if let Some(port) = authority.port {
        let number = if port.len() <= 5 {
            port.parse::<u16>().unwrap_or(0)
        } else {
            0
        };
        if number == 0 {
            problems.push(problem::url_port(port));
        }
    }
}

fn host<'a>(authority: &Authority<'a>, problems: &mut Vec<Problem<'a>>) {
    let text = authority.host;
    let local = match authority.is {
        Host::V4(octets) => is_local_v4(octets),
        Host::V6(groups) => is_local_v6(groups),
        Host::Name if text.is_empty() => {
            problems.push(problem::url_no_host());
            return;
        }
        Host::Name => {
            // Some resolvers decode what is percent-encoded, and ignore a dot at the end.
            let name = decoded(text);
            let name = name.strip_suffix(b".").unwrap_or(&name);
            if is_number(name) {
                problems.push(problem::url_host_numeric(text));
            }
            name == b"localhost"
                || name.ends_with(b".localhost")
                || uri::v4(name).is_some_and(is_local_v4)
        }
        Host::Future => {
            problems.push(problem::url_host(text));
            return;
        }
    };
    if local {
        problems.push(problem::url_host_local(text));
    }
}

/// A name without percent-encoding, in lower case.
fn decoded(name: &str) -> Vec<u8> {
    let mut bytes = name.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        let mut digit = || char::from(bytes.next()?).to_digit(16);
        let byte = match byte {
            b'%' => digit()
                .zip(digit())
                .map_or(byte, |(high, low)| (high << 4 | low) as u8),
            byte => byte,
        };
        decoded.push(byte.to_ascii_lowercase());
    }
    decoded
}

/// Every part decimal, octal or hexadecimal: what C libraries take for an IPv4 address, and more.
fn is_number(name: &[u8]) -> bool {
    name.split(|byte| *byte == b'.')
        .all(|part| match part.strip_prefix(b"0x") {
            Some(digits) => digits.iter().all(u8::is_ascii_hexdigit),
            None => !part.is_empty() && part.iter().all(u8::is_ascii_digit),
        })
}

/// Loopback, link-local, unspecified.
fn is_local_v4(octets: [u8; 4]) -> bool {
    matches!(octets, [127, ..] | [169, 254, ..] | [0, 0, 0, 0])
}

/// The same in IPv6, and IPv4 addresses mapped into it.
fn is_local_v6(groups: [u16; 8]) -> bool {
    match groups {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => true,
        [0, 0, 0, 0, 0, 0xFFFF, high, low] => {
            let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
            is_local_v4([a, b, c, d])
        }
        [first, ..] => first & 0xFFC0 == 0xFE80,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code::{self, *};

    #[track_caller]
    fn assert_codes(url: &str, expected: &[Code]) {
        let found: Vec<Code> = problems(url).iter().map(|problem| problem.code).collect();
        assert_eq!(found, expected, "{url}");
        assert!(!is_plain(url.as_bytes()) || found.is_empty(), "{url}");
    }

    #[test]
    fn nothing_to_say() {
        for url in [
            "https://files.example/fw.bin",
            "HTTPS://files.example",
            "https://files.example?x=1/2?3",
            "https://files.example:1/",
            "https://files.example:65535",
            "https://files.example:00080",
            "https://192.0.2.1/a",
            "https://[2001:db8::1]:8443/a",
            "https://[::ffff:192.0.2.1]/a",
            "https://files.example/%E5%9B%BA%20a%25",
            "https://a_b!$&'()*+,;=~/@:",
            "https://@files.example/",
            "https://localhost.example/",
            "https://1.example/",
            "https://x0/",
            "https://10.0.0.1/",
            "https://files.example//a/../b",
        ] {
            assert_codes(url, &[]);
        }
    }

    #[test]
    fn grammar() {
        for url in [
            "",
            "fw.bin",
            "/fw.bin",
            "//files.example/fw.bin",
            "https//files.example",
            "1https://files.example/",
            " https://files.example/",
            "https://files.example/ ",
            "https://files.example/a b",
            "https://files.example/固件",
            "https://文件.example/",
            "https://files.example\\a",
            "https://files.example/a\tb",
            "https://files.example/\"",
            "https://files.example/[1]",
            "https://files.example/a|b",
            "https://a@b@c/x y",
        ] {
            assert_codes(url, &[UrlSyntax]);
        }
    }

    #[test]
    fn percent() {
        for url in [
            "https://h/%",
            "https://h/%2",
            "https://h/%zz",
            "https://h/%0",
            "https://%g0/",
            "https://h/?%4",
        ] {
            assert_codes(url, &[UrlPercent]);
        }
        for url in [
            "https://h/%00",
            "https://h/a%00%00",
            "https://h%00/",
            "https://u%00@h/",
        ] {
            assert!(
                problems(url)
                    .iter()
                    .any(|problem| problem.code == UrlPercent),
                "{url}"
            );
        }
        assert_codes("https://h/%2500", &[]);
    }

    #[test]
    fn scheme_and_fragment() {
        assert_codes("http://h/", &[UrlHttp]);
        assert_codes("HtTp://h/", &[UrlHttp]);
        assert_codes("ftp://h/", &[UrlScheme]);
        assert_codes("file:///fw.bin", &[UrlScheme, UrlHost]);
        assert_codes("mailto:a@h", &[UrlScheme, UrlHost]);
        assert_codes("https://h/#", &[UrlFragment]);
        assert_codes("https://h#a", &[UrlFragment]);
        assert_codes(
            "ftp://:0/%00#a",
            &[UrlScheme, UrlHost, UrlPort, UrlPercent, UrlFragment],
        );
    }

    #[test]
    fn host() {
        for url in [
            "https:///fw.bin",
            "https://",
            "https:fw.bin",
            "https:/fw.bin",
            "https://:80/",
            "https://u@/",
            "https://[v1.a]/",
            "https://[fe80::1%25eth0]/",
            "https://[fe80::1%eth0]/",
            "https://[::1/",
            "https://[]/",
            "https://[1.2.3.4]/",
            "https://[1:2:3:4:5:6:7]/",
            "https://[1:2:3:4:5:6:7:8:9]/",
            "https://[::256.1.1.1]/",
            "https://2001:db8::1/",
            "https://[::1]x/",
        ] {
            let codes: Vec<Code> = problems(url).iter().map(|problem| problem.code).collect();
            assert!(codes.contains(&UrlHost), "{url}: {codes:?}");
        }
    }

    #[test]
    fn port() {
        for port in [
            "", "0", "00000", "65536", "99999", "000080", "123456", "8a", "-1", "+1", "80 ",
        ] {
            assert_codes(&format!("https://h:{port}/"), &[UrlPort]);
            assert_codes(&format!("https://[2001:db8::1]:{port}"), &[UrlPort]);
        }
    }

    #[test]
    fn hosts_that_mean_the_device_itself() {
        for host in [
            "localhost",
            "LOCALHOST",
            "localhost.",
            "a.b.localhost",
            "%6cocalhost",
            "127.0.0.1",
            "127.255.1.2",
            "0.0.0.0",
            "169.254.1.1",
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[FEBF::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::ffff:0.0.0.0]",
            "[::ffff:169.254.0.1]",
        ] {
            assert_codes(&format!("https://{host}:8443/a"), &[UrlHostLocal]);
        }
        assert_codes("https://[fec0::1]/", &[]);
        assert_codes("https://notlocalhost/", &[]);
        assert_codes("https://169.253.1.1/", &[]);
    }

    #[test]
    fn hosts_that_are_numbers() {
        for host in [
            "2130706433",
            "0x7f000001",
            "0X7F.1",
            "127.1",
            "010.0.0.1",
            "256.1.1.1",
            "1.2.3.4.5",
            "0x",
            "0300.0250.1",
        ] {
            assert_codes(&format!("https://{host}/a"), &[UrlHostNumeric]);
        }
        assert_codes("https://127.0.0.1./", &[UrlHostNumeric, UrlHostLocal]);
    }

    #[test]
    fn credentials_and_length() {
        for user in ["u", "u:p", ":p", "u:", ":"] {
            assert_codes(&format!("https://{user}@h/"), &[UrlCredentials]);
        }
        let long = |bytes: usize| format!("https://h/{}", "a".repeat(bytes - 10));
        assert_codes(&long(2_048), &[]);
        assert_codes(&long(2_049), &[UrlLong]);
        assert_codes(
            "http://u@localhost/",
            &[UrlHttp, UrlCredentials, UrlHostLocal],
        );
    }
}
