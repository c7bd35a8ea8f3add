//! Values of which nothing is wanted but that they obey the grammar and hold no key twice: all but the members of
//! the root and its `data`. Most of a large document is such, so this goes in one loop, with the place at hand.

use std::num::NonZeroUsize;
use std::ops::Range;

use super::keys::Keys;
use super::parser::{Parser, Read, Step, Stop};
use super::scan::{unescape, unescape_few};
use super::{MAX_DEPTH, MAX_KEYS};
use crate::diagnostic::problem::{self, Token};

impl Parser<'_, '_> {
    /// Reads the value at `at`; gives the place behind it.
    pub(super) fn pass(&mut self, mut at: usize) -> Read<usize> {
        let bytes = self.bytes;
        let mut open = 0_usize;
        // One bit for each open container, the innermost lowest: whether it is an object.
        let mut objects = 0_u64;
        // Where a key comes before the next value: whether it is the object's first one.
        let mut key = None;
        loop {
            if let Some(first) = key.take() {
                at = self.pass_key(at, first)?.get();
            }
            match bytes.get(at) {
                Some(b'[') => {
                    at = self.enter(at)?;
                    if bytes.get(at) == Some(&b']') {
                        at += 1;
                    } else {
                        self.steps.push(Step::Index(0));
                        (open, objects) = (open + 1, objects << 1);
                        continue;
                    }
                }
                Some(b'{') => {
                    at = self.enter(at)?;
                    if bytes.get(at) == Some(&b'}') {
                        at += 1;
                    } else {
                        self.open_keys();
                        key = Some(true);
                        (open, objects) = (open + 1, objects << 1 | 1);
                        continue;
                    }
                }
                Some(b'"') => at = self.pass_string(at)?,
                Some(b'-' | b'0'..=b'9') => at = self.number(at)?,
                Some(b't') => at = self.literal(at, "true")?,
                Some(b'f') => at = self.literal(at, "false")?,
                Some(b'n') => at = self.literal(at, "null")?,
                _ => return self.fail(at, Token::Value),
            }
            // What ends behind it, up to the next value.
            loop {
                if open == 0 {
                    return Ok(at);
                }
                at = self.space_behind(at)?;
                let in_object = objects & 1 == 1;
                let (close, expected) = if in_object {
                    (b'}', Token::CommaOrBrace)
                } else {
                    (b']', Token::CommaOrBracket)
                };
                let mut comma = None;
                if bytes.get(at) == Some(&b',') {
                    comma = Some(at);
                    at = self.space_behind(at + 1)?;
                }
                if bytes.get(at) == Some(&close) {
                    at += 1;
                    (open, objects) = (open - 1, objects >> 1);
                    self.steps.pop();
                    if let Some(comma) = comma {
                        self.trailing_comma(comma, in_object)?;
                    }
                    if in_object {
                        self.close_keys();
                    }
                } else if comma.is_none() {
                    self.steps.pop();
                    return self.fail(at, expected);
                } else if in_object {
                    self.steps.pop();
                    key = Some(false);
                    break;
                } else {
                    if let Some(Step::Index(index)) = self.steps.last_mut() {
                        *index += 1;
                    }
                    break;
                }
            }
        }
    }

    /// Enters the container at `at`; gives the place behind its bracket and white space.
    #[inline]
    pub(super) fn enter(&mut self, at: usize) -> Read<usize> {
        if self.steps.len() >= MAX_DEPTH {
            return Err(self.refuse(&problem::json_too_deep(MAX_DEPTH), at..at + 1));
        }
        self.space(at + 1)
    }

    /// Reads a key and steps to its value, whose place it gives. (There is a key before it: so it is not zero, which
    /// lets a register hold the answer.)
    #[inline(never)]
    pub(super) fn pass_key(&mut self, at: usize, first: bool) -> Read<NonZeroUsize> {
        if self.bytes.get(at) != Some(&b'"') {
            let expected = if first { Token::KeyOrEnd } else { Token::Key };
            return self.fail(at, expected);
        }
        let (end, count) = match self.plain_string(at) {
            Some(end) => (end, self.add_plain_key(at, end)),
            None => {
                let count = self.add_escaped(at)?;
                (self.at, count)
            }
        };
        // None if the key is there already.
        if !(1..=MAX_KEYS).contains(&count) {
            return Err(self.refuse_key(at..end, count == 0));
        }
        match self.bytes.get(end..end + 2) {
            Some([b':', b'!'..=b'.' | b'0'..]) => {
                self.steps.push(Step::Key { start: at, end });
                NonZeroUsize::new(end + 1).ok_or(Stop)
            }
            _ => self.colon(at, end),
        }
    }

    /// Adds the key at a place, quotes included, to those of the innermost object; `text` where that has escapes. Gives
    /// how many there are then, 0 if it is there already.
    pub(super) fn add_key(&mut self, key: &Range<usize>, text: Option<&str>) -> usize {
        let Some(text) = text else {
            return self.add_plain_key(key.start, key.end);
        };
        let bytes = self.bytes;
        let added = self.innermost_keys().and_then(|keys| {
            keys.add_unescaped(bytes, |to| {
                to.extend_from_slice(text.as_bytes());
                true
            })
        });
        added.unwrap_or_default()
    }

    #[inline]
    fn add_plain_key(&mut self, start: usize, end: usize) -> usize {
        let bytes = self.bytes;
        let keys = self.innermost_keys();
        keys.map_or(0, |keys| keys.add(bytes, start + 1, end - 1))
    }

    /// Steps from the end of the key at `start` to its value, whose place it gives.
    #[inline(never)]
    pub(super) fn colon(&mut self, start: usize, end: usize) -> Read<NonZeroUsize> {
        let colon = self.space(end)?;
        if self.bytes.get(colon) != Some(&b':') {
            return self.fail(colon, Token::Colon);
        }
        let value = self.space(colon + 1)?;
        self.steps.push(Step::Key { start, end });
        NonZeroUsize::new(value).ok_or(Stop)
    }

    /// Adds the key at `at`, which has escapes, and steps behind it; gives how many there are, 0 if it was there already.
    #[inline(never)]
    fn add_escaped(&mut self, at: usize) -> Read<usize> {
        let bytes = self.bytes;
        let mut end = at;
        let readable = !self.source.has_surrogates();
        let keys = self.innermost_keys();
        let added = keys.filter(|_| readable).and_then(|keys| {
            if let Some((word, length, quote)) = unescape_few(bytes, at + 1) {
                end = quote;
                return Some(keys.add_few(bytes, word, length));
            }
            keys.add_unescaped(bytes, |to| {
                end = unescape(bytes, at + 1, to);
                bytes.get(end) == Some(&b'"')
            })
        });
        if let Some(count) = added {
            self.at = end + 1;
            return Ok(count);
        }
        self.at = at;
        let text = self.string()?;
        Ok(self.add_key(&(at..self.at), Some(&text)))
    }

    #[cold]
    #[inline(never)]
    pub(super) fn refuse_key(&mut self, key: Range<usize>, is_duplicate: bool) -> Stop {
        if !is_duplicate {
            return self.refuse(&problem::json_too_many_keys(MAX_KEYS), key);
        }
        let Range { start, end } = key;
        let text = self.text_of_key(start);
        self.steps.push(Step::Key { start, end });
        self.refuse(&problem::json_duplicate_key(&text), key)
    }

    /// An object begins.
    #[inline]
    pub(super) fn open_keys(&mut self) {
        self.objects += 1;
    }

    /// Those of the innermost object. Most objects have keys that the protocol names, alone, and need none.
    #[inline]
    fn innermost_keys(&mut self) -> Option<&mut Keys> {
        if self.keys.len() <= self.objects {
            self.keys.resize_with(self.objects + 1, Keys::default);
        }
        self.keys.get_mut(self.objects)
    }

    /// The innermost object ends.
    #[inline]
    pub(super) fn close_keys(&mut self) {
        if let Some(keys) = self.keys.get_mut(self.objects) {
            keys.clear();
        }
        self.objects -= 1;
    }

    #[inline]
    fn literal(&mut self, at: usize, word: &'static str) -> Read<usize> {
        let rest = self.bytes.get(at..).unwrap_or_default();
        if rest.starts_with(word.as_bytes()) {
            return Ok(at + word.len());
        }
        let same = rest.iter().zip(word.bytes()).take_while(|(a, b)| *a == b);
        self.fail(at + same.count(), Token::Literal(word))
    }

    #[inline]
    fn number(&mut self, mut at: usize) -> Read<usize> {
        let bytes = self.bytes;
        if bytes.get(at) == Some(&b'-') {
            at += 1;
        }
        if bytes.get(at) == Some(&b'0') {
            at += 1;
        } else {
            at = self.digits(at)?;
        }
        if bytes.get(at) == Some(&b'.') {
            at = self.digits(at + 1)?;
        }
        if let Some(b'e' | b'E') = bytes.get(at) {
            at += 1;
            if let Some(b'+' | b'-') = bytes.get(at) {
                at += 1;
            }
            at = self.digits(at)?;
        }
        Ok(at)
    }

    #[inline]
    fn digits(&mut self, start: usize) -> Read<usize> {
        let mut at = start;
        while let Some(b'0'..=b'9') = self.bytes.get(at) {
            at += 1;
        }
        if at == start {
            return self.fail(at, Token::Digit);
        }
        Ok(at)
    }
}
