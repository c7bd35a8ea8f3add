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
/// about its escapes. The text is well-formed.
pub(in crate::json) fn escaped_end(bytes: &[u8], start: usize) -> Option<usize> {
    end(Bytes::new(bytes), start).map(|(end, _)| end)
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
    if simple(bytes.byte(at + 1)) != 0 {
        return Some(at + 2);
    }
    escape(bytes, at).map(|(_, end)| end)
}

/// What a backslash and this byte stand for; 0 if that is no escape, or a longer one.
#[inline]
fn simple(byte: u8) -> u8 {
    match byte {
        b'"' | b'\\' | b'/' => byte,
        b'b' => 0x08,
        b'f' => 0x0C,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        _ => 0,
    }
}

/// Reads the escape of a code unit, or of two, at `at`; gives its character and the place after it.
fn escape(bytes: Bytes<'_>, at: usize) -> Option<(char, usize)> {
    let first = unit(bytes, at)?;
    let second = match first {
        0xD800..=0xDBFF => unit(bytes, at + 6)?,
        _ => return Some((char::from_u32(first)?, at + 6)),
    };
    if !matches!(second, 0xDC00..=0xDFFF) {
        return None;
    }
    let c = char::from_u32(0x1_0000 + ((first & 0x3FF) << 10 | second & 0x3FF))?;
    Some((c, at + 12))
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
pub(super) fn value(bytes: Bytes<'_>, place: Place) -> Option<String> {
    let mut value = Vec::with_capacity((place.end - place.start) as usize);
    unescape_to(bytes, place.start as usize, &mut value);
    String::from_utf8(value).ok()
}

/// Appends the value of the string that goes on at `at`; gives the place of its closing quote, or of what there is
/// something to say about, with all before it appended. The text is well-formed.
pub(in crate::json) fn unescape(bytes: &[u8], at: usize, to: &mut Vec<u8>) -> usize {
    unescape_to(Bytes::new(bytes), at, to)
}

/// The value of the string of ASCII that goes on at `at` where it takes less than eight bytes, in the order of memory,
/// how many those are, and the place of its closing quote.
#[inline]
pub(in crate::json) fn unescape_few(bytes: &[u8], mut at: usize) -> Option<(u64, usize, usize)> {
    let bytes = Bytes::new(bytes);
    let (mut word, mut length) = (0, 0);
    while length < 8 {
        let byte = match bytes.byte(at) {
            b'"' => return Some((word, length, at)),
            b'\\' => {
                at += 1;
                simple(bytes.byte(at))
            }
            byte @ b' '..=b'\x7F' => byte,
            _ => 0,
        };
        if byte == 0 {
            return None;
        }
        word |= u64::from(byte) << (8 * length);
        (length, at) = (length + 1, at + 1);
    }
    None
}

#[inline(never)]
fn unescape_to(bytes: Bytes<'_>, mut at: usize, to: &mut Vec<u8>) -> usize {
    /// A call to copy them takes longer for fewer bytes.
    const FEW: usize = 16;
    loop {
        match bytes.byte(at) {
            b'"' | 0..b' ' => return at,
            b'\\' => {
                let simple = simple(bytes.byte(at + 1));
                if simple != 0 {
                    to.push(simple);
                    at += 2;
                } else if let Some((c, end)) = escape(bytes, at) {
                    to.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                    at = end;
                } else {
                    return at;
                }
            }
            first => {
                let end = near_end(bytes.all(), at);
                if end - at > FEW {
                    to.extend_from_slice(bytes.part(at, end));
                    at = end;
                    continue;
                }
                to.push(first);
                at += 1;
                while at < end {
                    to.push(bytes.byte(at));
                    at += 1;
                }
            }
        }
    }
}
