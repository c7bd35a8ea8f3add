//! `download_url` (§3): the grammar of RFC 3986, and what is stricter here.

use std::net::{Ipv4Addr, Ipv6Addr};

use fluent_uri::Uri;
use fluent_uri::component::{Authority, Host};

use crate::diagnostic::problem::{self, Problem};

/// Longer URLs get a warning, in bytes.
const LONG: usize = 2_048;

/// Everything that is to be said about a URL.
pub(super) fn problems(text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    match Uri::parse(text) {
        Ok(uri) => {
            scheme(uri.scheme().as_str(), &mut problems);
            match uri.authority() {
                Some(authority) => authority_rules(&authority, &mut problems),
                None => problems.push(problem::url_no_host()),
            }
            if let Some(at) = text.find("%00") {
                problems.push(problem::url_percent(text, at));
            }
            if let Some(fragment) = uri.fragment() {
                problems.push(problem::url_fragment(fragment.as_str()));
            }
        }
        Err(error) => {
            let at = error.index();
            let percent = text.get(at..).is_some_and(|rest| rest.starts_with('%'));
            problems.push(if percent {
                problem::url_percent(text, at)
            } else {
                problem::url_syntax(text, at)
            });
        }
    }
    if text.len() > LONG {
        problems.push(problem::url_long(text.len()));
    }
    problems
}

fn scheme(scheme: &str, problems: &mut Vec<Problem>) {
    if scheme.eq_ignore_ascii_case("http") {
        problems.push(problem::url_http());
    } else if !scheme.eq_ignore_ascii_case("https") {
        problems.push(problem::url_scheme(scheme));
    }
}

fn authority_rules(authority: &Authority<'_>, problems: &mut Vec<Problem>) {
    if authority
        .userinfo()
        .is_some_and(|userinfo| !userinfo.as_str().is_empty())
    {
        problems.push(problem::url_credentials());
    }
    host(authority, problems);
    if let Some(port) = authority.port().map(|port| port.as_str()) {
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

fn host(authority: &Authority<'_>, problems: &mut Vec<Problem>) {
    let text = authority.host();
    let local = match authority.host_parsed() {
        Host::Ipv4 { .. } => text.parse().is_ok_and(is_local_v4),
        Host::Ipv6 { .. } => text.trim_matches(['[', ']']).parse().is_ok_and(is_local_v6),
        Host::RegName(name) if name.as_str().is_empty() => {
            problems.push(problem::url_no_host());
            return;
        }
        Host::RegName(name) => {
            // Some resolvers decode what is percent-encoded, and ignore a dot at the end.
            let name = name.decode().to_string_lossy().to_ascii_lowercase();
            let name = name.strip_suffix('.').unwrap_or(&name);
            if is_number(name) {
                problems.push(problem::url_host_numeric(text));
            }
            name == "localhost"
                || name.ends_with(".localhost")
                || name.parse().is_ok_and(is_local_v4)
        }
        _ => {
            problems.push(problem::url_host(text));
            return;
        }
    };
    if local {
        problems.push(problem::url_host_local(text));
    }
}

/// Every part decimal, octal or hexadecimal: what C libraries take for an IPv4 address, and more.
fn is_number(name: &str) -> bool {
    name.split('.').all(|part| match part.strip_prefix("0x") {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()),
    })
}

fn is_local_v4(address: Ipv4Addr) -> bool {
    address.is_loopback() || address.is_link_local() || address.is_unspecified()
}

fn is_local_v6(address: Ipv6Addr) -> bool {
    let link_local = address
        .segments()
        .first()
        .is_some_and(|first| first & 0xFFC0 == 0xFE80);
    link_local
        || address.is_loopback()
        || address.is_unspecified()
        || address.to_ipv4_mapped().is_some_and(is_local_v4)
}
