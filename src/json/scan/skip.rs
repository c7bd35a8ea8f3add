//! Unknown values: read for their grammar, their depth and their keys, and skipped.

use super::cursor::Cursor;
use crate::json::MAX_DEPTH;

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

impl Cursor<'_> {
    /// Skips the value that starts here, inside `outside` containers. Tells whether it is a string
    /// without escapes.
    pub(super) fn skip(&mut self, outside: usize) -> Option<bool> {
        if self.peek()? == b'"' {
            return Some(!self.string()?.escaped);
        }
        let mut open = Open {
            objects: 0,
            depth: 0,
            first_keys: [0; MAX_DEPTH],
        };
        loop {
            if self.begin(&mut open, outside)? {
                continue;
            }
            if self.end(&mut open)? {
                return Some(false);
            }
        }
    }

    /// Reads a value, of a container that is not empty its beginning alone (`true`).
    fn begin(&mut self, open: &mut Open, outside: usize) -> Option<bool> {
        match self.peek()? {
            b'"' => self.string().map(|_| false),
            b'{' => {
                open.push(true, self.keys.open(), outside)?;
                self.at += 1;
                if self.next()? == b'}' {
                    return Some(false);
                }
                self.unknown_key(open)?;
                Some(true)
            }
            b'[' => {
                open.push(false, self.keys.open(), outside)?;
                self.at += 1;
                Some(self.next()? != b']')
            }
            b't' => self.word(b"true").map(|()| false),
            b'f' => self.word(b"false").map(|()| false),
            b'n' => self.word(b"null").map(|()| false),
            _ => self.number().map(|()| false),
        }
    }

    /// After a value or an empty container's beginning: closes what ends here, up to the next value;
    /// `true` if nothing is open any more.
    fn end(&mut self, open: &mut Open) -> Option<bool> {
        while open.depth > 0 {
            match (self.next()?, open.is_object()) {
                (b',', object) => {
                    self.at += 1;
                    self.next()?;
                    if object {
                        self.unknown_key(open)?;
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

    fn unknown_key(&mut self, open: &Open) -> Option<()> {
        let key = self.key()?;
        self.keys.add(open.first_key(), key.of(self.bytes))
    }

    fn number(&mut self) -> Option<()> {
        if self.peek()? == b'-' {
            self.at += 1;
        }
        if self.peek()? == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }
}
