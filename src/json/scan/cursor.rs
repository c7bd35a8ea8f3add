//! Where the scan is, and the grammar of the smallest parts.

use super::Place;

/// A byte in each of eight lanes.
const fn lanes(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

pub(super) struct Cursor<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    /// How many bytes up to here are no UTF-16 units.
    shift: u32,
    /// Hashes of the keys of the open objects, unknown ones alone in the root and its `data`.
    pub(super) keys: Keys,
}

/// A string as it was read.
pub(super) struct Text {
    pub(super) place: Place,
    pub(super) escaped: bool,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Cursor<'a> {
        Cursor {
            bytes,
            at: 0,
            shift: 0,
            keys: Keys { hashes: Vec::new() },
        }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Skips white space and gives the byte after it.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Option<u8> {
        match self.peek()? {
            byte @ b'!'.. => Some(byte),
            _ => self.next_after_space(),
        }
    }

    fn next_after_space(&mut self) -> Option<u8> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                byte => return byte.copied(),
            }
        }
    }

    /// Steps over `byte`, and white space before it.
    pub(super) fn take(&mut self, byte: u8) -> Option<()> {
        if self.next()? != byte {
            return None;
        }
        self.at += 1;
        Some(())
    }

    /// Steps over a word that starts here.
    pub(super) fn word(&mut self, word: &[u8]) -> Option<()> {
        let end = self.at + word.len();
        if self.bytes.get(self.at..end)? != word {
            return None;
        }
        self.at = end;
        Some(())
    }

    /// Whether only white space is left.
    pub(super) fn is_at_end(&mut self) -> bool {
        self.next().is_none()
    }

    /// Reads a key up to its value, white space included. Escaped keys are rare: not sure.
    pub(super) fn key(&mut self) -> Option<Place> {
        self.next()?;
        let key = self.string()?;
        self.take(b':')?;
        self.next()?;
        (!key.escaped).then_some(key.place)
    }

    /// Reads a string: grammar, escapes, surrogates, UTF-8.
    #[inline(always)]
    pub(super) fn string(&mut self) -> Option<Text> {
        if self.peek()? != b'"' {
            return None;
        }
        let start = self.at + 1;
        let (end, seen) = run(self.bytes, start);
        self.at = end;
        if seen & lanes(0x80) != 0 || self.peek()? != b'"' {
            return self.rest_of_string(start, seen);
        }
        self.at += 1;
        Some(Text {
            place: Place {
                start: u32::try_from(start).ok()?,
                end: u32::try_from(end).ok()?,
                before: self.shift,
                within: 0,
            },
            escaped: false,
        })
    }

    /// Goes on with a string that has escapes or more than ASCII. `seen`: as of [`run`].
    #[inline(never)]
    fn rest_of_string(&mut self, start: usize, mut seen: u64) -> Option<Text> {
        let mut escaped = false;
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => self.escape()?,
                _ => return None,
            }
            escaped = true;
            let (end, more) = run(self.bytes, self.at);
            self.at = end;
            seen |= more;
        }
        let end = self.at;
        self.at += 1;
        let within = if seen & lanes(0x80) == 0 {
            0
        } else {
            surplus(self.bytes.get(start..end)?)?
        };
        let before = self.shift;
        self.shift += within;
        Some(Text {
            place: Place {
                start: u32::try_from(start).ok()?,
                end: u32::try_from(end).ok()?,
                before,
                within,
            },
            escaped,
        })
    }

    fn escape(&mut self) -> Option<()> {
        match self.bytes.get(self.at + 1)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 2,
            b'u' => {
                let unit = self.unicode_escape()?;
                let whole = match unit {
                    0xD800..=0xDBFF => matches!(self.unicode_escape()?, 0xDC00..=0xDFFF),
                    0xDC00..=0xDFFF => false,
                    _ => true,
                };
                return whole.then_some(());
            }
            _ => return None,
        }
        Some(())
    }

    fn unicode_escape(&mut self) -> Option<u32> {
        let [b'\\', b'u', digits @ ..] = self.bytes.get(self.at..self.at + 6)? else {
            return None;
        };
        let mut unit = 0;
        for digit in digits {
            unit = unit << 4 | char::from(*digit).to_digit(16)?;
        }
        self.at += 6;
        Some(unit)
    }

    /// Reads a positive integer of at most 16 digits. Whatever else is a number is rare here: not sure.
    pub(super) fn integer(&mut self) -> Option<u64> {
        let start = self.at;
        let mut number = 0;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            number = number * 10 + u64::from(digit - b'0');
            self.at += 1;
            if self.at - start > 16 {
                return None;
            }
        }
        let plain = !matches!(self.peek()?, b'.' | b'e' | b'E');
        (plain && *self.bytes.get(start)? != b'0' && self.at > start).then_some(number)
    }

    /// The place from `start` to here of a value before which `before` bytes were no units.
    pub(super) fn place_since(&self, start: usize, before: u32) -> Option<Place> {
        Some(Place {
            start: u32::try_from(start).ok()?,
            end: u32::try_from(self.at).ok()?,
            before,
            within: self.shift - before,
        })
    }

    pub(super) fn shift(&self) -> u32 {
        self.shift
    }
}

/// The eight bytes at a place, zeros after the last of the text.
#[inline(always)]
pub(super) fn word_at(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default();
    match rest.first_chunk() {
        Some(word) => u64::from_le_bytes(*word),
        None => last_word(rest),
    }
}

#[cold]
fn last_word(rest: &[u8]) -> u64 {
    rest.iter()
        .rev()
        .fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// The end of what from `at` on is no quote, backslash or control character, and a word whose highest
/// bits tell ASCII from other text.
#[inline(always)]
fn run(bytes: &[u8], at: usize) -> (usize, u64) {
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    return wide_run(bytes, at);
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    narrow_run(bytes, at, 0)
}

fn narrow_run(bytes: &[u8], mut at: usize, mut seen: u64) -> (usize, u64) {
    loop {
        let word = word_at(bytes, at);
        let found = special(word);
        if found != 0 {
            let whole = found.trailing_zeros() & !7;
            seen |= word & ((1 << whole) - 1);
            return (at + whole as usize / 8, seen);
        }
        seen |= word;
        at += 8;
    }
}

/// Sixteen bytes at a time.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline(always)]
fn wide_run(bytes: &[u8], mut at: usize) -> (usize, u64) {
    use core::arch::wasm32::{u8x16_bitmask, u8x16_eq, u8x16_lt, u8x16_splat, u64x2, v128_or};
    let mut seen = 0;
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<16>) {
        let [low, high] = *chunk.as_chunks().0 else {
            break;
        };
        let chunk = u64x2(u64::from_le_bytes(low), u64::from_le_bytes(high));
        let quote = u8x16_eq(chunk, u8x16_splat(b'"'));
        let backslash = u8x16_eq(chunk, u8x16_splat(b'\\'));
        let control = u8x16_lt(chunk, u8x16_splat(0x20));
        let found = u8x16_bitmask(v128_or(v128_or(quote, backslash), control));
        let wide = u8x16_bitmask(chunk);
        if found != 0 {
            let before = found & found.wrapping_neg();
            let any = wide & before.wrapping_sub(1) != 0;
            let seen = if seen != 0 || any { lanes(0x80) } else { 0 };
            return (at + found.trailing_zeros() as usize, seen);
        }
        seen |= wide;
        at += 16;
    }
    narrow_run(bytes, at, if seen != 0 { lanes(0x80) } else { 0 })
}

/// Marks the first byte of a word that is a quote, a backslash or a control character by its highest
/// bit. Bits above that one mean nothing.
fn special(word: u64) -> u64 {
    let control = word.wrapping_sub(lanes(0x20));
    let is = |byte| {
        let zero = word ^ lanes(byte);
        zero.wrapping_sub(lanes(1)) & !zero
    };
    (control & !word | is(b'"') | is(b'\\')) & lanes(0x80)
}

/// How many more bytes than UTF-16 units a text has, if it is well-formed.
fn surplus(bytes: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(bytes).ok()?;
    u32::try_from(text.len() - text.encode_utf16().count()).ok()
}

/// The most keys kept at a time.
const MOST_KEYS: usize = 64;

/// Keys seen in the objects that are open, the innermost last.
pub(super) struct Keys {
    hashes: Vec<u64>,
}

impl Keys {
    /// Where the keys of an object that opens now begin.
    pub(super) fn open(&self) -> usize {
        self.hashes.len()
    }

    /// Forgets the keys of the innermost object, which began at `first`.
    pub(super) fn close(&mut self, first: usize) {
        self.hashes.truncate(first);
    }

    /// Adds a key. Not sure where it may have been there already: equal hashes are enough to doubt.
    pub(super) fn add(&mut self, first: usize, key: &[u8]) -> Option<()> {
        let hash = hash(key);
        if self.hashes.len() == MOST_KEYS || self.hashes.get(first..)?.contains(&hash) {
            return None;
        }
        self.hashes.push(hash);
        Some(())
    }
}

/// A number that tells most keys apart.
pub(in crate::json) fn hash(key: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let (words, rest) = key.as_chunks();
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    let hash = words.iter().fold(key.len() as u64, |hash, word| {
        mix(hash, u64::from_le_bytes(*word))
    });
    let last = rest
        .iter()
        .fold(0, |word, byte| word << 8 | u64::from(*byte));
    mix(hash, last)
}
