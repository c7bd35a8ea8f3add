//! Strings: from the opening quote to the closing one.

use std::borrow::Cow;

use super::parser::{Parser, Read};
use super::scan;
use super::source::surrogate_at;
use crate::diagnostic::problem::{self, Token};

/// Text gathered in UTF-16 fashion: a surrogate may come as an escape or, from JavaScript, as itself,
/// and a pair may even come half as one, half as the other.
struct Unescaped {
    text: String,
    /// A first half that waits for the second.
    high: Option<u16>,
}

impl Unescaped {
    /// Adds a unit; `false` if that leaves an unpaired surrogate behind.
    fn unit(&mut self, unit: u16) -> bool {
        match (self.high.take(), unit) {
            (Some(high), 0xDC00..=0xDFFF) => {
                let c = char::decode_utf16([high, unit]).next().and_then(Result::ok);
                c.map(|c| self.text.push(c)).is_some()
            }
            (Some(_), _) | (None, 0xDC00..=0xDFFF) => false,
            (None, 0xD800..=0xDBFF) => {
                self.high = Some(unit);
                true
            }
            (None, _) => char::from_u32(u32::from(unit))
                .map(|c| self.text.push(c))
                .is_some(),
        }
    }

    /// Adds text that is not empty; `false` if that leaves an unpaired surrogate behind.
    fn text(&mut self, text: &str) -> bool {
        self.text.push_str(text);
        self.high.is_none()
    }
}

impl<'a> Parser<'a, '_> {
    /// Steps over a string without escapes, whose opening quote is at `at`; gives the place behind it.
    #[inline(always)]
    pub(super) fn plain_string(&self, at: usize) -> Option<usize> {
        let end = scan::near_end(self.bytes, at + 1);
        let plain = self.bytes.get(end) == Some(&b'"') && !self.source.has_surrogates();
        plain.then_some(end + 1)
    }

    /// Steps over the string whose opening quote is at `at`; gives the place behind it.
    #[inline]
    pub(super) fn pass_string(&mut self, at: usize) -> Read<usize> {
        match self.plain_string(at) {
            Some(end) => Ok(end),
            None => self.pass_escapes(at),
        }
    }

    #[inline(never)]
    fn pass_escapes(&mut self, at: usize) -> Read<usize> {
        match self.escaped_string(at) {
            Some(end) => Ok(end),
            None => {
                self.at = at;
                self.string()?;
                Ok(self.at)
            }
        }
    }

    /// As [`plain_string`](Self::plain_string), where there may be escapes about which there is nothing to say.
    pub(super) fn escaped_string(&self, at: usize) -> Option<usize> {
        let end = scan::escaped_end(self.bytes, at + 1).filter(|_| !self.source.has_surrogates());
        end.map(|end| end + 1)
    }

    /// Reads a string; the present byte is its opening quote.
    pub(super) fn string(&mut self) -> Read<Cow<'a, str>> {
        self.at += 1;
        let mut end = scan::plain_end(self.bytes, self.at);
        let text = self.run(end);
        if self.peek() == Some(b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(text));
        }
        let text = self.unescaped(text);
        let mut unescaped = Unescaped { text, high: None };
        self.rest_of_string(&mut unescaped, &mut end)?;
        Ok(Cow::Owned(unescaped.text))
    }

    /// Steps to the string's end, or to what there is something to say about; gives the value up to there, which
    /// begins with `text`.
    fn unescaped(&mut self, text: &str) -> String {
        let mut value = text.as_bytes().to_owned();
        if !self.source.has_surrogates() {
            self.at = scan::unescape(self.bytes, self.at, &mut value);
        }
        // The text is well-formed, and so are the characters that escapes stand for.
        String::from_utf8(value).unwrap_or_default()
    }

    /// `end`: where the next quote, backslash or control character is, if it is not before the present place.
    fn rest_of_string(&mut self, to: &mut Unescaped, end: &mut usize) -> Read<()> {
        let mut half = self.at;
        loop {
            let start = self.at;
            let waiting = to.high.is_some();
            let whole = match self.peek() {
                Some(b'"') if !waiting => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'"') => false,
                Some(b'\\') => {
                    let unit = self.escape()?;
                    to.unit(unit)
                }
                Some(0xED) if surrogate_at(self.bytes, start).is_some() => {
                    self.at += 3;
                    surrogate_at(self.bytes, start).is_some_and(|unit| to.unit(unit))
                }
                Some(0..=0x1F) => return Err(self.fail_here(Token::EscapedControl)),
                Some(_) => {
                    // Surrogates may come before it, any number of them.
                    if *end < self.at {
                        *end = scan::plain_end(self.bytes, self.at);
                    }
                    to.text(self.run(*end))
                }
                None => return Err(self.fail_here(Token::EndOfString)),
            };
            if !whole {
                let place = if waiting { half..start } else { start..self.at };
                return Err(self.refuse(&problem::json_unpaired_surrogate(), place));
            }
            half = start;
        }
    }

    /// The text up to `end` or a surrogate.
    #[inline]
    fn run(&mut self, end: usize) -> &'a str {
        let start = self.at;
        let text = self.source.text(start..end);
        self.at = start + text.len();
        text
    }

    /// Reads an escape; the present byte is its backslash.
    fn escape(&mut self) -> Read<u16> {
        let start = self.at;
        self.at += 1;
        let unit = match self.peek() {
            Some(b'"') => 0x22,
            Some(b'\\') => 0x5C,
            Some(b'/') => 0x2F,
            Some(b'b') => 0x08,
            Some(b'f') => 0x0C,
            Some(b'n') => 0x0A,
            Some(b'r') => 0x0D,
            Some(b't') => 0x09,
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.fail_here(Token::Escape)),
        };
        self.at = start + 2;
        Ok(unit)
    }

    fn unicode_escape(&mut self) -> Read<u16> {
        self.at += 1;
        let mut unit = 0_u16;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit.and_then(|digit| u16::try_from(digit).ok()) else {
                return Err(self.fail_here(Token::HexDigits));
            };
            unit = unit << 4 | digit;
            self.at += 1;
        }
        Ok(unit)
    }
}
