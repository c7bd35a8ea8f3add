//! How findings cross to JavaScript: as numbers, and one text that these cut into pieces. `pkg/src/core/words.ts`
//! reads both.

use super::findings::Path;
use super::texts::Words;

/// The lowest bits of a number say what it is.
const KIND_BITS: u32 = 2;
const KIND: u32 = (1 << KIND_BITS) - 1;
/// A text, its length in UTF-16 units above. JavaScript wants to know of one that begins in ASCII.
const TEXT: u32 = 0;
const ASCII_TEXT: u32 = 1;
/// The number one, which goes with another noun than all others.
const ONE: u32 = 2;
/// A text of the table: its number above, and below that how many arguments follow. As a path, a field: its number
/// above, and below that whether it is in `data`.
const LINE: u32 = 3;
const COUNT_BITS: u32 = 2;

/// The bits of a number that a character holds where all is one text.
const BITS: u32 = 5;
/// The last character of a number is one of 32 from here on.
const LAST: u8 = b'0';
/// The others are.
const MORE: u8 = b'`';

/// Numbers, and the texts that belong to some of them, one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wire {
    pub(crate) numbers: Vec<u32>,
    pub(crate) texts: String,
    /// The length of the texts in UTF-16 units.
    units: usize,
}

/// A place in a [`Wire`].
#[derive(Clone, Copy)]
pub(super) struct Mark {
    pub(super) number: usize,
    pub(super) byte: usize,
    pub(super) unit: usize,
}

impl Wire {
    #[cfg(feature = "wasm")]
    pub(super) fn clear(&mut self) {
        self.numbers.clear();
        self.texts.clear();
        self.units = 0;
    }

    /// Where the next number and text go.
    pub(super) fn mark(&self) -> Mark {
        Mark {
            number: self.numbers.len(),
            byte: self.texts.len(),
            unit: self.units,
        }
    }

    /// Adds a text.
    pub(crate) fn text(&mut self, text: &str) {
        let units = if text.is_ascii() {
            text.len()
        } else {
            text.encode_utf16().count()
        };
        self.units += units;
        self.texts.push_str(text);
        let first = text.as_bytes().first();
        let kind = if first.is_some_and(u8::is_ascii) {
            ASCII_TEXT
        } else {
            TEXT
        };
        self.numbers.push((units as u32) << KIND_BITS | kind);
    }

    /// Adds a path.
    pub(super) fn path(&mut self, path: Path<'_>) {
        match path {
            Path::Text(text) => self.text(text),
            Path::Field { name, in_data } => {
                let number = (name as u32) << 1 | u32::from(in_data);
                self.numbers.push(number << KIND_BITS | LINE);
            }
        }
    }

    /// A number as people read it.
    pub(super) fn digits(&mut self, number: u64) {
        if number == 1 {
            self.numbers.push(ONE);
        } else {
            self.text(&number.to_string());
        }
    }

    /// The head of a line, whose arguments follow.
    pub(super) fn line(&mut self, words: Words, arguments: usize) {
        let head = (words as u32) << COUNT_BITS | arguments as u32;
        self.numbers.push(head << KIND_BITS | LINE);
    }

    pub(super) fn append(&mut self, other: &Wire) {
        self.numbers.extend_from_slice(&other.numbers);
        self.texts.push_str(&other.texts);
        self.units += other.units;
    }

    /// What lies between two places.
    pub(super) fn between(&self, start: Mark, end: Mark) -> Wire {
        let numbers = self.numbers.get(start.number..end.number);
        let texts = self.texts.get(start.byte..end.byte);
        Wire {
            numbers: numbers.unwrap_or_default().to_vec(),
            texts: texts.unwrap_or_default().to_owned(),
            units: end.unit - start.unit,
        }
    }

    /// All as one text that needs no delimiters, and that has nothing to escape in a JSON string, unless its texts do:
    /// how many numbers there are, the numbers, the texts.
    pub(crate) fn packed(&self) -> String {
        let mut packed = String::new();
        push_number(&mut packed, self.numbers.len() as u32);
        for number in &self.numbers {
            push_number(&mut packed, *number);
        }
        packed.push_str(&self.texts);
        packed
    }
}

/// Appends a number, its lowest bits first.
fn push_number(to: &mut String, mut number: u32) {
    // By its bits alone it is seen to be ASCII, which takes no call.
    let low = |number: u32| number as u8 & ((1 << BITS) - 1);
    while number >> BITS != 0 {
        to.push(char::from(MORE | low(number)));
        number >>= BITS;
    }
    to.push(char::from(LAST + low(number)));
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    One,
    Line { words: usize, arguments: u32 },
}

/// Reads what was written.
pub(super) struct Reader<'a> {
    numbers: std::slice::Iter<'a, u32>,
    texts: std::str::Chars<'a>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(wire: &'a Wire) -> Reader<'a> {
        Reader {
            numbers: wire.numbers.iter(),
            texts: wire.texts.chars(),
        }
    }

    pub(super) fn next(&mut self) -> Option<Piece<'a>> {
        let number = *self.numbers.next()?;
        let value = number >> KIND_BITS;
        Some(match number & KIND {
            LINE => Piece::Line {
                words: (value >> COUNT_BITS) as usize,
                arguments: value & ((1 << COUNT_BITS) - 1),
            },
            ONE => Piece::One,
            _ => Piece::Text(self.text(value)),
        })
    }

    /// A text of so many UTF-16 units.
    fn text(&mut self, units: u32) -> &'a str {
        let all = self.texts.as_str();
        let mut left = units as usize;
        while left > 0
            && let Some(c) = self.texts.next()
        {
            left = left.saturating_sub(c.len_utf16());
        }
        let length = all.len() - self.texts.as_str().len();
        all.get(..length).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let texts = ["", "x", "`{0}`", "固件 ✓", "𝄞 clef", "\0\n\u{7f}"];
        let mut wire = Wire::default();
        for text in texts {
            wire.line(Words::Quoted, 3);
            wire.text(text);
        }
        wire.digits(1);
        wire.digits(u64::MAX);
        let mut reader = Reader::new(&wire);
        for text in texts {
            let line = Piece::Line {
                words: Words::Quoted as usize,
                arguments: 3,
            };
            assert_eq!(reader.next(), Some(line));
            assert_eq!(reader.next(), Some(Piece::Text(text)));
        }
        assert_eq!(reader.next(), Some(Piece::One));
        assert_eq!(reader.next(), Some(Piece::Text("18446744073709551615")));
        assert_eq!(reader.next(), None);
    }

    #[test]
    fn packed_numbers_are_plain_characters() {
        let mut packed = String::new();
        for number in [0, 31, 32, 1_023, 1_024, u32::MAX] {
            push_number(&mut packed, number);
        }
        assert_eq!(
            packed,
            "0O`1\u{7f}O``1\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}3"
        );
    }
}
