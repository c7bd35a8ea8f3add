//! Message ids (§2).

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A message id (§2): kept as written, compared as 128 bits.
#[derive(Clone, Debug)]
pub struct Mid {
    text: String,
    value: u128,
}

impl Mid {
    /// Reads 8-4-4-4-12 hexadecimal digits, either case, any version and variant.
    #[must_use]
    pub fn parse(text: &str) -> Option<Mid> {
        Mid::value_of(text.as_bytes()).map(|value| Mid {
            text: text.to_owned(),
            value,
        })
    }

    /// The 128 bits of what [`Mid::parse`] would read.
    pub(crate) fn value_of(text: &[u8]) -> Option<u128> {
        let text: &[u8; Mid::LENGTH] = text.try_into().ok()?;
        if [8, 13, 18, 23].map(|at| text.get(at)) != [Some(&b'-'); 4] {
            return None;
        }
        let four = |at: usize| {
            let digits = text.get(at..).and_then(<[u8]>::first_chunk);
            u64::from(u32::from_le_bytes(digits.copied().unwrap_or_default()))
        };
        GROUPS.iter().try_fold(0, |value, [first, second]| {
            let digits = four(*first) | four(*second) << 32;
            let all = is_hexadecimal(digits).then(|| value_of_digits(digits));
            all.map(|part| value << 32 | u128::from(part))
        })
    }

    /// Characters of a `mid`.
    pub(crate) const LENGTH: usize = 36;

    /// 128 bits as text, in lower case.
    pub(crate) fn bytes_of(value: u128) -> [u8; Mid::LENGTH] {
        let mut text = [b'-'; Mid::LENGTH];
        let parts = [value >> 96, value >> 64, value >> 32, value].map(|part| part as u32);
        for (places, part) in GROUPS.iter().zip(parts) {
            let digits = digits_of(part).to_le_bytes();
            for (place, four) in places.iter().zip(digits.as_chunks::<4>().0) {
                if let Some(to) = text.get_mut(*place..*place + 4) {
                    to.copy_from_slice(four);
                }
            }
        }
        text
    }

    pub(crate) fn text_of(value: u128) -> String {
        String::from_utf8(Mid::bytes_of(value).into()).unwrap_or_default()
    }

    /// A fresh one: a random UUID (version 4) in lower case.
    #[must_use]
    pub fn random() -> Mid {
        Mid::of(uuid::Uuid::new_v4())
    }

    /// In lower case.
    pub(crate) fn of(uuid: uuid::Uuid) -> Mid {
        let value = uuid.as_u128();
        Mid {
            text: Mid::text_of(value),
            value,
        }
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What is compared.
    #[must_use]
    pub fn as_u128(&self) -> u128 {
        self.value
    }
}

/// Where the digits are, four at a time.
const GROUPS: [[usize; 2]; 4] = [[0, 4], [9, 14], [19, 24], [28, 32]];

/// Four bits in the lower half of each byte, the first highest, in one.
fn value_of_digits(word: u64) -> u32 {
    const LANES: u64 = 0x0101_0101_0101_0101;
    let nibbles = (word & 0x0F0F_0F0F_0F0F_0F0F) + 9 * (word >> 6 & LANES);
    let bytes = (nibbles << 4 | nibbles >> 8) & 0x00FF_00FF_00FF_00FF;
    let halves = (bytes << 8 | bytes >> 16) & 0x0000_FFFF_0000_FFFF;
    (halves << 16 | halves >> 32) as u32
}

/// The other way, in lower case.
fn digits_of(value: u32) -> u64 {
    const LANES: u64 = 0x0101_0101_0101_0101;
    let value = u64::from(value);
    let halves = (value >> 16 | value << 32) & 0x0000_FFFF_0000_FFFF;
    let bytes = (halves >> 8 | halves << 16) & 0x00FF_00FF_00FF_00FF;
    let nibbles = (bytes >> 4 | bytes << 8) & 0x0F0F_0F0F_0F0F_0F0F;
    let letters = (nibbles + 6 * LANES) >> 4 & LANES;
    nibbles + u64::from(b'0') * LANES + u64::from(b'a' - 10 - b'0') * letters
}

/// Whether all eight bytes are hexadecimal digits, either case.
pub(crate) fn is_hexadecimal(word: u64) -> bool {
    const LANES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * LANES;
    let between = |word: u64, first: u8, last: u8| {
        let low = word & !HIGH;
        (low + u64::from(0x80 - first) * LANES) & !(low + u64::from(0x7F - last) * LANES)
    };
    let digits = between(word, b'0', b'9');
    let letters = between(word | (0x20 * LANES), b'a', b'f');
    (digits | letters) & !word & HIGH == HIGH
}

impl PartialEq for Mid {
    fn eq(&self, other: &Mid) -> bool {
        self.value == other.value
    }
}

impl Eq for Mid {}

impl PartialOrd for Mid {
    fn partial_cmp(&self, other: &Mid) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Mid {
    fn cmp(&self, other: &Mid) -> Ordering {
        self.value.cmp(&other.value)
    }
}

impl Hash for Mid {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

impl fmt::Display for Mid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_text_and_back() {
        let text = "01234567-89ab-cdef-0f1e-2d3c4b5a6978";
        let value = 0x0123_4567_89ab_cdef_0f1e_2d3c_4b5a_6978;
        assert_eq!(Mid::value_of(text.as_bytes()), Some(value));
        assert_eq!(Mid::value_of(text.to_uppercase().as_bytes()), Some(value));
        assert_eq!(Mid::text_of(value), text);
        assert_eq!(Mid::value_of(&Mid::bytes_of(u128::MAX)), Some(u128::MAX));
    }

    #[test]
    fn every_byte_in_every_place() {
        let text = b"01234567-89ab-cdef-0f1e-2d3c4b5a6978";
        for at in 0..Mid::LENGTH {
            for byte in 0..0x80 {
                let mut other = *text;
                other[at] = byte;
                let is_dash = [8, 13, 18, 23].contains(&at);
                let good = if is_dash {
                    byte == b'-'
                } else {
                    byte.is_ascii_hexdigit()
                };
                let value = Mid::value_of(&other);
                assert_eq!(value.is_some(), good);
                let again = value.map(Mid::bytes_of);
                assert!(again.is_none_or(|again| again.eq_ignore_ascii_case(&other)));
            }
        }
        assert_eq!(Mid::value_of(b"01234567-89ab-cdef-0f1e-2d3c4b5a697"), None);
        assert_eq!(
            Mid::value_of("é1234567-89ab-cdef-0f1e-2d3c4b5a697".as_bytes()),
            None
        );
    }
}
