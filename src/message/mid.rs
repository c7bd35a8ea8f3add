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
        Mid::value_of(text).map(|value| Mid {
            text: text.to_owned(),
            value,
        })
    }

    /// The 128 bits of what [`Mid::parse`] would read.
    pub(crate) fn value_of(text: &str) -> Option<u128> {
        let digits = |from: usize, to: usize| {
            let bytes = text.as_bytes().get(from..to)?;
            bytes.iter().try_fold(0_u64, |value, byte| {
                let digit = match byte {
                    b'0'..=b'9' => byte - b'0',
                    b'a'..=b'f' => byte - b'a' + 10,
                    b'A'..=b'F' => byte - b'A' + 10,
                    _ => return None,
                };
                Some(value << 4 | u64::from(digit))
            })
        };
        let dashes = [8, 13, 18, 23].map(|at| text.as_bytes().get(at) == Some(&b'-'));
        if text.len() != Mid::LENGTH || dashes != [true; 4] {
            return None;
        }
        let high = digits(0, 8)? << 32 | digits(9, 13)? << 16 | digits(14, 18)?;
        let low = digits(19, 23)? << 48 | digits(24, 36)?;
        Some(u128::from(high) << 64 | u128::from(low))
    }

    /// Characters of a `mid`.
    pub(crate) const LENGTH: usize = 36;

    /// 128 bits as text, in lower case.
    pub(crate) fn bytes_of(value: u128) -> [u8; Mid::LENGTH] {
        let mut text = [b'-'; Mid::LENGTH];
        let places = (0..Mid::LENGTH).filter(|at| !matches!(at, 8 | 13 | 18 | 23));
        for (at, shift) in places.zip((0..32).rev()) {
            let digit = (value >> (4 * shift)) as u8 & 15;
            if let Some(place) = text.get_mut(at) {
                *place = digit + if digit < 10 { b'0' } else { b'a' - 10 };
            }
        }
        text
    }

    pub(crate) fn text_of(value: u128) -> String {
        String::from_utf8_lossy(&Mid::bytes_of(value)).into_owned()
    }

    /// A fresh one: a random UUID (version 4) in lower case.
    #[must_use]
    pub fn random() -> Mid {
        Mid::of(uuid::Uuid::new_v4())
    }

    /// In lower case.
    pub(crate) fn of(uuid: uuid::Uuid) -> Mid {
        Mid {
            text: uuid.to_string(),
            value: uuid.as_u128(),
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
