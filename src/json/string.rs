//! Strings: from the opening quote to the closing one.

use std::borrow::Cow;

use super::parser::{Parser, Stop};
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
        let end = scan::plain_end(self.bytes, at + 1);
        let plain = self.bytes.get(end) == Some(&b'"') && !self.source.has_surrogates();
        plain.then_some(end + 1)
    }

    /// Reads a string; the present byte is its opening quote.
    pub(super) fn string(&mut self) -> Result<Cow<'a, str>, Stop> {
        self.at += 1;
        let text = self.run();
        if self.peek() == Some(b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(text));
        }
        let mut unescaped = Unescaped {
            text: text.to_owned(),
            high: None,
        };
        self.rest_of_string(&mut unescaped)?;
        Ok(Cow::Owned(unescaped.text))
    }

    fn rest_of_string(&mut self, to: &mut Unescaped) -> Result<(), Stop> {
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
                Some(_) => to.text(self.run()),
                None => return Err(self.fail_here(Token::EndOfString)),
            };
            if !whole {
                let place = if waiting { half..start } else { start..self.at };
                return Err(self.refuse(problem::json_unpaired_surrogate(), place));
            }
            half = start;
        }
    }

    /// The text up to the next quote, backslash, control character or surrogate.
    #[inline]
    fn run(&mut self) -> &'a str {
        let start = self.at;
        self.at = scan::plain_end(self.bytes, start);
        let text = self.source.text(start..self.at);
        self.at = start + text.len();
        text
    }

    /// Reads an escape; the present byte is its backslash.
    fn escape(&mut self) -> Result<u16, Stop> {
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

    fn unicode_escape(&mut self) -> Result<u16, Stop> {
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
