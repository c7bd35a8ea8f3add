//! Unknown values: read for their grammar, their depth and their keys, and skipped.

use super::Place;
use super::keys::Keys;
use super::text::{Text, string};
use super::window::Bytes;
use crate::json::MAX_DEPTH;

/// Values of fewer bytes a part (a value or a key, on the average) are no device's: not sure, and early, so that
/// the long way costs little more for coming second.
const BYTES_A_PART: usize = 5;
/// How many parts a value may have at any rate.
const PARTS: usize = 512;

/// The containers that are open inside an unknown value.
struct Open {
    /// One bit each, the innermost lowest: whether it is an object.
    objects: u64,
    depth: usize,
    /// Where the keys of each begin.
    first_keys: [u8; MAX_DEPTH],
}

impl Open {
    fn is_object(&self) -> bool {
        self.objects & 1 == 1
    }

    fn first_key(&self) -> usize {
        let first = self.first_keys.get(self.depth.wrapping_sub(1));
        first.copied().unwrap_or_default().into()
    }

    fn push(&mut self, object: bool, first_key: usize, outside: usize) -> Option<()> {
        if outside + self.depth >= MAX_DEPTH {
            return None;
        }
        *self.first_keys.get_mut(self.depth)? = u8::try_from(first_key).ok()?;
        self.objects = self.objects << 1 | u64::from(object);
        self.depth += 1;
        Some(())
    }

    fn pop(&mut self) {
        self.objects >>= 1;
        self.depth -= 1;
    }
}

/// Steps over white space.
#[inline(always)]
pub(super) fn space(bytes: Bytes<'_>, mut at: usize) -> usize {
    while let b' ' | b'\n' | b'\r' | b'\t' = bytes.byte(at) {
        at += 1;
    }
    at
}

/// A value that was skipped.
pub(super) struct Skipped {
    /// Of the whole value, quotes included.
    pub(super) place: Place,
    /// Whether it is a string without escapes.
    pub(super) plain: bool,
    /// Whether it has characters beyond ASCII.
    pub(super) wide: bool,
}

/// Skips the value that starts at `at`, inside `outside` containers.
pub(super) fn skip(
    bytes: Bytes<'_>,
    at: usize,
    outside: usize,
    keys: &mut Keys,
) -> Option<Skipped> {
    let mut skip = Skip {
        bytes,
        at,
        start: at,
        parts: 0,
        keys,
        wide: false,
    };
    let plain = skip.value(outside)?;
    Some(Skipped {
        place: Place::new(at, skip.at),
        plain,
        wide: skip.wide,
    })
}

struct Skip<'a> {
    bytes: Bytes<'a>,
    at: usize,
    start: usize,
    /// How many values and keys there were.
    parts: usize,
    keys: &'a mut Keys,
    wide: bool,
}

impl Skip<'_> {
    /// Skips the value that starts here. Tells whether it is a string without escapes.
    fn value(&mut self, outside: usize) -> Option<bool> {
        if self.peek() == b'"' {
            return Some(!self.string()?.escaped);
        }
        let mut open = Open {
            objects: 0,
            depth: 0,
            first_keys: [0; MAX_DEPTH],
        };
        loop {
            self.parts += 1;
            if self.parts > PARTS && self.parts * BYTES_A_PART > self.at - self.start {
                return None;
            }
            if self.begin(&mut open, outside)? {
                continue;
            }
            if self.end(&mut open)? {
                return Some(false);
            }
        }
    }

    fn peek(&self) -> u8 {
        self.bytes.byte(self.at)
    }

    /// Skips white space and gives the byte after it.
    fn next(&mut self) -> u8 {
        self.at = space(self.bytes, self.at);
        self.peek()
    }

    #[inline]
    fn string(&mut self) -> Option<Text> {
        let text = string(self.bytes, self.at + 1)?;
        self.at = text.place.end as usize + 1;
        self.wide |= text.wide;
        Some(text)
    }

    /// Steps over a word that starts here.
    fn word(&mut self, word: &[u8]) -> Option<bool> {
        let end = self.at + word.len();
        let here = self.bytes.part(self.at, end) == word;
        self.at = end;
        here.then_some(false)
    }

    /// Reads a value, of a container that is not empty its beginning alone (`true`).
    fn begin(&mut self, open: &mut Open, outside: usize) -> Option<bool> {
        match self.peek() {
            b'"' => self.string().map(|_| false),
            b'{' => {
                open.push(true, self.keys.open(), outside)?;
                self.at += 1;
                if self.next() == b'}' {
                    return Some(false);
                }
                self.key(open)?;
                Some(true)
            }
            b'[' => {
                open.push(false, self.keys.open(), outside)?;
                self.at += 1;
                Some(self.next() != b']')
            }
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.number(),
        }
    }

    /// After a value or an empty container's beginning: closes what ends here, up to the next value;
    /// `true` if nothing is open any more.
    fn end(&mut self, open: &mut Open) -> Option<bool> {
        while open.depth > 0 {
            match (self.next(), open.is_object()) {
                (b',', object) => {
                    self.at += 1;
                    self.next();
                    if object {
                        self.key(open)?;
                    }
                    return Some(false);
                }
                (b'}', true) | (b']', false) => {
                    self.at += 1;
                    self.keys.close(open.first_key());
                    open.pop();
                }
                _ => return None,
            }
        }
        Some(true)
    }

    /// Reads a key up to its value. Escaped keys are rare: not sure.
    fn key(&mut self, open: &Open) -> Option<()> {
        if self.peek() != b'"' {
            return None;
        }
        self.parts += 1;
        let key = self.string()?;
        if key.escaped || self.next() != b':' {
            return None;
        }
        self.at += 1;
        self.next();
        self.keys.add(open.first_key(), self.bytes, key.place)
    }

    fn number(&mut self) -> Option<bool> {
        if self.peek() == b'-' {
            self.at += 1;
        }
        if self.peek() == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == b'.' {
            self.at += 1;
            self.digits()?;
        }
        if let b'e' | b'E' = self.peek() {
            self.at += 1;
            if let b'+' | b'-' = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(false)
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while let b'0'..=b'9' = self.peek() {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }
}
