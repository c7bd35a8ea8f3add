//! The notation of the vectors: see `tests/vectors/README.md`.

use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use wudun_ota::{Diagnostic, Severity};

/// Reads a file of vectors. An unknown key or a wrong type fails here.
pub fn read<T: DeserializeOwned>(file: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{file}: {e}"))
}

/// Fails when any of the vectors failed, naming each of them; fails when there are none.
pub fn verdict(file: &str, ran: usize, failures: &[String]) {
    assert!(ran > 0, "{file} holds no vector");
    assert!(
        failures.is_empty(),
        "{} of {ran} in {file} failed:\n\n{}\n",
        failures.len(),
        failures.join("\n\n")
    );
}

/// `'` to `"`, then `⟨hhhh⟩` (a UTF-16 unit), `⟨text×N⟩` (repeated), `⟨#N⟩` (N members).
pub fn expand(text: &str) -> Vec<u16> {
    let mut units = Vec::new();
    let text = text.replace('\'', "\"");
    let mut rest = text.as_str();
    while let Some((plain, after)) = rest.split_once('⟨') {
        let (token, after) = after.split_once('⟩').expect("closed token");
        units.extend(plain.encode_utf16());
        if let Some(count) = token.strip_prefix('#') {
            let members: Vec<String> = (0..count.parse().unwrap())
                .map(|i: u32| format!("\"k{i}\":{i}"))
                .collect();
            units.extend(members.join(",").encode_utf16());
        } else if let Some((repeated, count)) = token.rsplit_once('×') {
            units.extend(repeated.repeat(count.parse().unwrap()).encode_utf16());
        } else {
            assert_eq!(token.len(), 4, "token {token}");
            units.push(u16::from_str_radix(token, 16).unwrap());
        }
        rest = after;
    }
    units.extend(rest.encode_utf16());
    units
}

/// Bytes that no text can tell.
pub fn bytes_of(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap())
        .collect()
}

/// Generalised UTF-8: an unpaired surrogate is encoded like any other code point.
pub fn wtf8(units: &[u16]) -> Vec<u8> {
    if let Ok(text) = String::from_utf16(units) {
        return text.into_bytes();
    }
    let mut bytes = Vec::new();
    for c in char::decode_utf16(units.iter().copied()) {
        match c {
            Ok(c) => bytes.extend(c.to_string().bytes()),
            Err(e) => {
                let unit = e.unpaired_surrogate();
                bytes.extend([
                    0xED,
                    0x80 | (unit >> 6 & 0x3F) as u8,
                    0x80 | (unit & 0x3F) as u8,
                ]);
            }
        }
    }
    bytes
}

/// Expanded text, or `None` where a Rust string cannot hold it (an unpaired surrogate).
pub fn string(text: &str) -> Option<String> {
    String::from_utf16(&expand(text)).ok()
}

/// Replaces each `find`, which must occur exactly once.
pub fn patch(text: &str, patches: &[(String, String)]) -> String {
    patches.iter().fold(text.to_owned(), |text, (find, put)| {
        assert_eq!(
            text.matches(find.as_str()).count(),
            1,
            "`{find}` in `{text}`"
        );
        text.replace(find.as_str(), put)
    })
}

/// `[code, path]`, `[code, path, at]`, or `[code]` where only the code is told.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Finding {
    Code([String; 1]),
    Path([String; 2]),
    At(String, String, At),
}

/// Where: text of the payload (the part between `‹` and `›`, or all of it) that occurs once, or
/// numbers: start, end, line, column in bytes, then the same in UTF-16 units where both are told.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum At {
    Text(String),
    Bytes([usize; 4]),
    Both([usize; 4], [usize; 4]),
}

/// What was read, and in which units its spans count.
pub enum Document<'a> {
    Bytes(&'a [u16]),
    Units(&'a [u16]),
    /// Not UTF-8: only numbers can tell a place.
    Hex,
}

impl At {
    /// Start, end, line, column.
    fn place(&self, document: &Document<'_>) -> [usize; 4] {
        match (self, document) {
            (At::Bytes(bytes) | At::Both(bytes, _), Document::Bytes(_) | Document::Hex) => *bytes,
            // Without a character outside ASCII both units are the same.
            (At::Bytes(same), Document::Units(doc)) if doc.iter().all(|unit| *unit < 0x80) => *same,
            (At::Both(_, units), Document::Units(_)) => *units,
            (At::Text(text), Document::Bytes(doc)) => {
                let (start, end) = find(doc, text);
                let [line, column] = line_and_column(&doc[..start]);
                [
                    wtf8(&doc[..start]).len(),
                    wtf8(&doc[..end]).len(),
                    line,
                    column,
                ]
            }
            (At::Text(text), Document::Units(doc)) => {
                let (start, end) = find(doc, text);
                let [line, column] = line_and_column(&doc[..start]);
                [start, end, line, column]
            }
            (at, _) => panic!("{at:?} cannot be told of this payload"),
        }
    }
}

fn find(document: &[u16], at: &str) -> (usize, usize) {
    let (before, rest) = at.split_once('‹').unwrap_or(("", at));
    let (inside, after) = rest.split_once('›').unwrap_or((rest, ""));
    let [before, inside, after] = [before, inside, after].map(expand);
    let snippet = [before.as_slice(), &inside, &after].concat();
    let mut places = document
        .windows(snippet.len())
        .enumerate()
        .filter(|(_, window)| *window == snippet);
    let (start, _) = places
        .next()
        .unwrap_or_else(|| panic!("`{at}` does not occur"));
    assert!(places.next().is_none(), "`{at}` occurs twice");
    (start + before.len(), start + before.len() + inside.len())
}

fn line_and_column(before: &[u16]) -> [usize; 2] {
    let before = String::from_utf16_lossy(before)
        .replace("\r\n", "\n")
        .replace('\r', "\n");
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .map_or(0, |last| last.chars().count())
        + 1;
    [line, column]
}

/// Compares what was found with what was expected, whatever the order.
pub fn compare(
    severity: Severity,
    expected: &[Finding],
    found: &[Diagnostic],
    document: &Document<'_>,
) -> Result<(), String> {
    let mut left: Vec<&Diagnostic> = found.iter().filter(|d| d.severity == severity).collect();
    for finding in expected {
        let (code, path, at) = match finding {
            Finding::Code([code]) => (code, None, None),
            Finding::Path([code, path]) => (code, Some(string(path).unwrap()), None),
            Finding::At(code, path, at) => {
                (code, Some(string(path).unwrap()), Some(at.place(document)))
            }
        };
        let matches = |d: &&Diagnostic| {
            let place = d.span.map(|s| [s.start, s.end, s.line, s.column]);
            d.code.as_str() == code
                && path.as_ref().is_none_or(|p| *p == d.path)
                && (at.is_none() || place == at)
        };
        let Some(index) = left.iter().position(matches) else {
            return Err(format!(
                "{severity:?} {code} at {path:?} {at:?} was expected"
            ));
        };
        left.remove(index);
    }
    if left.is_empty() {
        Ok(())
    } else {
        Err(format!("not expected: {}", list(left)))
    }
}

/// The findings in short.
pub fn list<'a>(found: impl IntoIterator<Item = &'a Diagnostic>) -> String {
    let mut text = String::new();
    for d in found {
        let place = d.span.map(|s| (s.start, s.end, s.line, s.column));
        text += &format!(
            "\n    {:?} {} at {:?} {place:?}: {}",
            d.severity,
            d.code,
            d.path,
            d.message().en
        );
    }
    text
}
