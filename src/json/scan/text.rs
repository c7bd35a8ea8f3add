//! Strings: their grammar, escapes, surrogates, UTF-8.

use super::Place;
use super::window::{Bytes, WIDTH};

/// A string as it was read.
#[derive(Clone, Copy)]
pub(super) struct Text {
    pub(super) place: Place,
    pub(super) escaped: bool,
    /// Whether it has characters beyond ASCII.
    pub(super) wide: bool,
}

/// Where the string that begins at `at`, after its quote, has its first quote, backslash, control
/// character or character beyond ASCII.
#[inline(always)]
pub(super) fn stop(bytes: Bytes<'_>, mut at: usize) -> usize {
    let mut stops = bytes.window(at).stops();
    while stops == 0 {
        at += WIDTH;
        stops = bytes.window(at).stops();
    }
    at + stops.trailing_zeros() as usize
}

/// As [`plain_end`], where it is probably near.
#[inline(always)]
pub(in crate::json) fn near_end(bytes: &[u8], at: usize) -> usize {
    let ends = Bytes::new(bytes).window(at).ends();
    if ends == 0 {
        return plain_end(bytes, at + WIDTH);
    }
    (at + ends.trailing_zeros() as usize).min(bytes.len())
}

/// The next quote, backslash or control character from `at` on, or the end.
pub(crate) fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    let text = Bytes::new(bytes);
    let mut ends = text.window(at).ends();
    // Zeros after the end are control characters.
    while ends == 0 {
        at += WIDTH;
        ends = text.window(at).ends();
    }
    (at + ends.trailing_zeros() as usize).min(bytes.len())
}

/// The next control character or character beyond ASCII from `at` on, or `end`.
pub(crate) fn simple_end(bytes: &[u8], mut at: usize, end: usize) -> usize {
    let text = Bytes::new(bytes);
    while at < end {
        let others = text.window(at).others();
        if others != 0 {
            at += others.trailing_zeros() as usize;
            break;
        }
        at += WIDTH;
    }
    at.min(end)
}

/// Reads the string that begins at `start`, after its quote.
#[inline]
pub(super) fn string(bytes: Bytes<'_>, start: usize) -> Option<Text> {
    rest(bytes, start, stop(bytes, start))
}

/// Goes on with a string from its first [`stop`] on.
#[inline(never)]
pub(super) fn rest(bytes: Bytes<'_>, start: usize, stop: usize) -> Option<Text> {
    let (at, escaped) = end(bytes, stop)?;
    let text = bytes.part(start, at);
    // What comes after an escape may be wide as well.
    let wide = (escaped || at > stop) && !text.is_ascii();
    (!wide || std::str::from_utf8(text).is_ok()).then_some(Text {
        place: Place::new(start, at),
        escaped,
        wide,
    })
}

/// The place of the quote that ends the string whose opening quote is before `start`, if there is nothing to say
/// about its escapes.
pub(in crate::json) fn escaped_end(bytes: &[u8], start: usize) -> Option<usize> {
    rest(Bytes::new(bytes), start, start).map(|text| text.place.end as usize)
}

/// The place of a string's closing quote, from `at` within it on, and whether there are escapes before it.
#[inline]
fn end(bytes: Bytes<'_>, mut at: usize) -> Option<(usize, bool)> {
    let mut escaped = false;
    loop {
        match bytes.byte(at) {
            b'"' => return Some((at, escaped)),
            b'\\' => {
                escaped = true;
                at = escape_end(bytes, at)?;
                // Where there is one escape there are often more.
                continue;
            }
            0..b' ' => return None,
            _ => {}
        }
        let mut ends = bytes.window(at).ends();
        while ends == 0 {
            at += WIDTH;
            ends = bytes.window(at).ends();
        }
        at += ends.trailing_zeros() as usize;
    }
}

/// The place behind the escape at `at`.
#[inline]
fn escape_end(bytes: Bytes<'_>, at: usize) -> Option<usize> {
    match bytes.byte(at + 1) {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(at + 2),
        _ => escape(bytes, at).map(|(_, end)| end),
    }
}

/// Reads the escape at `at`; gives its character and the place after it.
fn escape(bytes: Bytes<'_>, at: usize) -> Option<(char, usize)> {
    let c = match bytes.byte(at + 1) {
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

#[inline]
fn unit(bytes: Bytes<'_>, at: usize) -> Option<u32> {
    let [b'\\', b'u', digits @ ..] = bytes.part(at, at + 6) else {
        return None;
    };
    let mut unit = 0;
    for digit in digits {
        unit = unit << 4 | char::from(*digit).to_digit(16)?;
    }
    Some(unit)
}

/// The value of a string that was read.
pub(super) fn unescape(bytes: Bytes<'_>, place: Place) -> Option<String> {
    let mut text = String::with_capacity((place.end - place.start) as usize);
    unescape_to(bytes, place, &mut text)?;
    Some(text)
}

/// Appends the value of a string that was read.
fn unescape_to(bytes: Bytes<'_>, place: Place, to: &mut String) -> Option<()> {
    let end = place.end as usize;
    let mut at = place.start as usize;
    while at < end {
        let rest = bytes.part(at, end);
        let length = rest.iter().position(|byte| *byte == b'\\');
        let plain = rest.get(..length.unwrap_or(rest.len()))?;
        to.push_str(std::str::from_utf8(plain).ok()?);
        at += plain.len();
        if at < end {
            let c;
            (c, at) = escape(bytes, at)?;
            to.push(c);
        }
    }
    Some(())
}

/// The same of a string whose end was told by [`escaped_end`].
pub(in crate::json) fn append_unescaped(bytes: &[u8], start: usize, end: usize, to: &mut String) {
    let place = Place::new(start, end);
    // There is nothing to say about it.
    let _ = unescape_to(Bytes::new(bytes), place, to);
}
