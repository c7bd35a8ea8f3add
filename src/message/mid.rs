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
        let mut value = 0_u128;
        let mut length = 0;
        for (at, c) in text.chars().enumerate() {
            if matches!(at, 8 | 13 | 18 | 23) {
                if c != '-' {
                    return None;
                }
            } else {
                value = value << 4 | u128::from(c.to_digit(16)?);
            }
            length = at + 1;
            if length > 36 {
                return None;
            }
        }
        (length == 36).then(|| Mid {
            text: text.to_owned(),
            value,
        })
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
