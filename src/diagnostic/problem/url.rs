//! About `download_url` (§3).

use super::{Code, Line, Problem, Words, advise, count, hinted};
use crate::similar::near;

#[cold]
pub(crate) fn url_syntax(found: &str, at: usize) -> Problem<'_> {
    if found.is_empty() {
        return hinted(Code::UrlSyntax, Words::UrlEmpty, Words::FillIn);
    }
    let rest = found.get(at..).unwrap_or_default();
    let before = found.get(..at).unwrap_or_default();
    match rest.chars().next() {
        Some(c) => {
            let position = before.chars().count() + 1;
            let syntax = Line::about(Words::UrlSyntax, found)
                .number(count(position))
                .character(c);
            advise(Code::UrlSyntax, syntax, character_hint(found, before, c))
        }
        None => {
            let scheme = (!found.contains(':')).then(|| Words::StartWithScheme.into());
            advise(Code::UrlSyntax, Line::about(Words::UrlShort, found), scheme)
        }
    }
}

/// What to do about a character that a URL must not hold.
fn character_hint(found: &str, before: &str, c: char) -> Option<Line<'static>> {
    let slashes = |text: &str| text.as_bytes().windows(3).position(|part| part == b"://");
    let authority = slashes(before)
        .and_then(|at| before.get(at + 3..))
        .is_some_and(|rest| !rest.contains(['/', '?']));
    let hint = if c.is_whitespace() && (before.is_empty() || found.trim_end() == before) {
        Words::RemoveSpace
    } else if c == '\\' {
        Words::SlashForBackslash
    } else if !before.contains(':') && slashes(found).is_none() {
        Words::StartWithScheme
    } else if authority && !c.is_ascii() {
        Words::Punycode
    } else if before.contains(':') {
        return Some(Line::from(Words::PercentEncode).percent(c));
    } else {
        return None;
    };
    Some(hint.into())
}

#[cold]
pub(crate) fn url_percent(found: &str, at: usize) -> Problem<'_> {
    let mut part = found.get(at..).unwrap_or_default();
    if let Some((end, _)) = part.char_indices().nth(3) {
        part = part.get(..end).unwrap_or_default();
    }
    let percent = Line::about(Words::UrlPercent, found).excerpt(part);
    hinted(Code::UrlPercent, percent, Words::PercentItself)
}

#[cold]
pub(crate) fn url_scheme(scheme: &str) -> Problem<'_> {
    let hint = near(scheme, "https").then(|| Line::with(Words::DidYouMean, "https"));
    let found = Line::about(Words::UrlScheme, scheme);
    advise(Code::UrlScheme, found, hint)
}

#[cold]
pub(crate) fn url_no_host() -> Problem<'static> {
    hinted(Code::UrlHost, Words::UrlNoHost, Words::AddHost)
}

#[cold]
pub(crate) fn url_host(host: &str) -> Problem<'_> {
    let found = Line::about(Words::UrlHost, host);
    hinted(Code::UrlHost, found, Words::ReachableHost)
}

#[cold]
pub(crate) fn url_port(port: &str) -> Problem<'_> {
    let found = if port.is_empty() {
        Words::UrlNoPort.into()
    } else {
        Line::about(Words::UrlPort, port)
    };
    hinted(Code::UrlPort, found, Words::NoColon)
}

#[cold]
pub(crate) fn url_fragment(fragment: &str) -> Problem<'_> {
    let found = Line::about(Words::UrlFragment, fragment);
    hinted(Code::UrlFragment, found, Words::RemoveFragment)
}

#[cold]
pub(crate) fn url_http() -> Problem<'static> {
    hinted(Code::UrlHttp, Words::UrlHttp, Words::UseHttps)
}

#[cold]
pub(crate) fn url_credentials() -> Problem<'static> {
    hinted(
        Code::UrlCredentials,
        Words::UrlCredentials,
        Words::UseSignedUrl,
    )
}

#[cold]
pub(crate) fn url_host_local(host: &str) -> Problem<'_> {
    let found = Line::about(Words::UrlHostLocal, host);
    hinted(Code::UrlHostLocal, found, Words::ReachableAddress)
}

#[cold]
pub(crate) fn url_host_numeric(host: &str) -> Problem<'_> {
    let found = Line::about(Words::UrlHostNumeric, host);
    hinted(Code::UrlHostNumeric, found, Words::DottedQuad)
}

#[cold]
pub(crate) fn url_long(bytes: usize) -> Problem<'static> {
    let found = Line::from(Words::UrlLong).number(count(bytes));
    hinted(Code::UrlLong, found, Words::ShorterUrl)
}
