//! Strings: their grammar, escapes, surrogates, UTF-8.

use super::Place;
use super::window::{WIDTH, Window};

/// A string as it was read.
#[derive(Clone, Copy)]
pub(super) struct Text {
    pub(super) place: Place,
    pub(super) escaped: bool,
    /// Whether it has characters beyond ASCII.
    pub(super) wide: bool,
}

/// Reads the string whose opening quote is at `at`; gives it and the place after its closing quote.
#[inline(always)]
pub(super) fn string(bytes: &[u8], at: usize) -> Option<Text> {
    let start = at + 1;
    let mut end = start;
    let stops = loop {
        let stops = Window::at(bytes, end).stops();
        if stops != 0 {
            break stops;
        }
        end += WIDTH;
    };
    end += stops.trailing_zeros() as usize;
    if bytes.get(end) == Some(&b'"') {
        return Some(Text {
            place: Place::new(start, end),
            escaped: false,
            wide: false,
        });
    }
    rest(bytes, start, end)
}

/// Goes on with a string that has escapes or more than ASCII.
#[cold]
#[inline(never)]
fn rest(bytes: &[u8], start: usize, mut at: usize) -> Option<Text> {
    let mut escaped = false;
    loop {
        let ends = Window::at(bytes, at).ends();
        if ends == 0 {
            at += WIDTH;
            continue;
        }
        at += ends.trailing_zeros() as usize;
        match bytes.get(at)? {
            b'"' => break,
            b'\\' => (_, at) = escape(bytes, at)?,
            _ => return None,
        }
        escaped = true;
    }
    let text = bytes.get(start..at)?;
    let wide = !text.is_ascii();
    (!wide || std::str::from_utf8(text).is_ok()).then_some(Text {
        place: Place::new(start, at),
        escaped,
        wide,
    })
}

/// Reads the escape at `at`; gives its character and the place after it.
fn escape(bytes: &[u8], at: usize) -> Option<(char, usize)> {
    let c = match bytes.get(at + 1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{C}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        _ => {
            let first = unit(bytes, at)?;
            let second = match first {
                0xD800..=0xDBFF => unit(bytes, at + 6)?,
                _ => return Some((char::from_u32(first)?, at + 6)),
            };
            if !matches!(second, 0xDC00..=0xDFFF) {
                return None;
            }
            let c = char::from_u32(0x1_0000 + ((first & 0x3FF) << 10 | second & 0x3FF))?;
            return Some((c, at + 12));
        }
    };
    Some((c, at + 2))
}

fn unit(bytes: &[u8], at: usize) -> Option<u32> {
    let [b'\\', b'u', digits @ ..] = bytes.get(at..at + 6)? else {
        return None;
    };
    let mut unit = 0;
    for digit in digits {
        unit = unit << 4 | char::from(*digit).to_digit(16)?;
    }
    Some(unit)
}

/// The value of a string that [`string`] has read.
pub(super) fn unescape(bytes: &[u8], place: Place) -> Option<String> {
    let end = place.end as usize;
    let mut at = place.start as usize;
    let mut text = String::with_capacity(end - at);
    while at < end {
        let rest = bytes.get(at..end)?;
        let length = rest.iter().position(|byte| *byte == b'\\');
        let plain = rest.get(..length.unwrap_or(rest.len()))?;
        text.push_str(std::str::from_utf8(plain).ok()?);
        at += plain.len();
        if at < end {
            let c;
            (c, at) = escape(bytes, at)?;
            text.push(c);
        }
    }
    Some(text)
}
