//! How findings cross to JavaScript: as one text of numbers and texts, which need no delimiters. Nothing in it is
//! escaped when it becomes part of a JSON string, unless a text is. `pkg/src/core/words.ts` reads it.

/// The bits of a number that a character holds.
const BITS: u32 = 5;
/// The last character of a number is one of 32 from here on.
const LAST: u8 = b'0';
/// The others are.
const MORE: u8 = b'`';

/// Appends a number, its lowest bits first.
pub(crate) fn push_number(to: &mut String, mut number: u64) {
    // By its bits alone it is seen to be ASCII, which takes no call.
    let low = |number: u64| number as u8 & ((1 << BITS) - 1);
    while number >> BITS != 0 {
        to.push(char::from(MORE | low(number)));
        number >>= BITS;
    }
    to.push(char::from(LAST + low(number)));
}

/// Appends `more` and the length in UTF-16 units as one number, then the text.
pub(crate) fn push_text(to: &mut String, more: u64, text: &str) {
    let units = if text.is_ascii() {
        text.len()
    } else {
        text.encode_utf16().count()
    };
    push_number(to, units as u64 + more);
    to.push_str(text);
}

/// Reads what was written.
pub(super) struct Reader<'a> {
    rest: std::str::Chars<'a>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Reader<'a> {
        Reader { rest: text.chars() }
    }

    /// 0 at the end.
    pub(super) fn number(&mut self) -> u64 {
        let mut number = 0;
        let mut shift = 0;
        for c in self.rest.by_ref() {
            let (base, more) = match c as u32 {
                c if c >= u32::from(MORE) => (c - u32::from(MORE), true),
                c => (c.saturating_sub(u32::from(LAST)), false),
            };
            number |= u64::from(base).checked_shl(shift).unwrap_or_default();
            if !more {
                break;
            }
            shift += BITS;
        }
        number
    }

    /// A text of so many UTF-16 units.
    pub(super) fn text(&mut self, units: u64) -> &'a str {
        let all = self.rest.as_str();
        let mut left = units as usize;
        while left > 0
            && let Some(c) = self.rest.next()
        {
            left = left.saturating_sub(c.len_utf16());
        }
        let length = all.len() - self.rest.as_str().len();
        all.get(..length).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts_are_read_as_written() {
        let numbers = [0, 1, 31, 32, 33, 1_023, 1_024, 65_536, 1 << 53, u64::MAX];
        let texts = ["", "x", "`{0}`", "固件 ✓", "𝄞 clef", "\0\n\u{7f}"];
        let mut wire = String::new();
        for number in numbers {
            push_number(&mut wire, number);
        }
        assert!(
            wire.bytes()
                .all(|byte| matches!(byte, b'0'..=b'O' | b'`'..=0x7F))
        );
        for text in texts {
            push_text(&mut wire, 3, text);
        }
        let mut reader = Reader::new(&wire);
        for number in numbers {
            assert_eq!(reader.number(), number);
        }
        for text in texts {
            let length = reader.number() - 3;
            assert_eq!(reader.text(length), text);
        }
        assert_eq!(reader.number(), 0);
    }
}
