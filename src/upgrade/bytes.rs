//! Values as bytes and back, compactly. Anything may stand in what is read: it is `None` then.

use std::collections::VecDeque;

/// A value that can be saved.
pub(crate) trait Saved: Sized {
    /// Appends the value.
    fn save(&self, to: &mut Vec<u8>);

    /// Takes it off the front of `from`. `None` if it is not there.
    fn restore(from: &mut &[u8]) -> Option<Self>;
}

/// A number in groups of seven bits, the lowest first; all but the last have the eighth bit set.
impl Saved for u64 {
    #[inline(never)]
    fn save(&self, to: &mut Vec<u8>) {
        let mut rest = *self;
        while rest > 0x7F {
            to.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        to.push(rest as u8);
    }

    #[inline(never)]
    fn restore(from: &mut &[u8]) -> Option<u64> {
        let mut value = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = u8::restore(from)?;
            let group = u64::from(byte & 0x7F);
            if group << shift >> shift != group {
                return None;
            }
            value |= group << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
}

impl Saved for u8 {
    fn save(&self, to: &mut Vec<u8>) {
        to.push(*self);
    }

    fn restore(from: &mut &[u8]) -> Option<u8> {
        let (first, rest) = from.split_first()?;
        *from = rest;
        Some(*first)
    }
}

impl Saved for u128 {
    fn save(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.to_be_bytes());
    }

    fn restore(from: &mut &[u8]) -> Option<u128> {
        let (first, rest) = from.split_first_chunk()?;
        *from = rest;
        Some(u128::from_be_bytes(*first))
    }
}

impl Saved for bool {
    fn save(&self, to: &mut Vec<u8>) {
        to.push(u8::from(*self));
    }

    fn restore(from: &mut &[u8]) -> Option<bool> {
        match u8::restore(from)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

/// Appends bytes behind their number. They are few: word by word, they are there before a copy has begun.
pub(crate) fn save_bytes(bytes: &[u8], to: &mut Vec<u8>) {
    match u8::try_from(bytes.len()) {
        Ok(length @ ..=0x7F) => to.push(length),
        _ => (bytes.len() as u64).save(to),
    }
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        to.extend_from_slice(word);
    }
    to.extend(rest);
}

/// Whether they are the same: word by word, as these are few.
#[inline(never)]
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    let ((words, rest), (others, other_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    a.len() == b.len()
        && words.iter().zip(others).all(|(a, b)| a == b)
        && match (a.last_chunk::<8>(), b.last_chunk()) {
            (Some(a), Some(b)) => a == b,
            _ => rest.iter().zip(other_rest).all(|(a, b)| a == b),
        }
}

pub(crate) fn restore_bytes<'a>(from: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = match from.split_first() {
        Some((length @ ..=0x7F, rest)) => {
            *from = rest;
            usize::from(*length)
        }
        _ => usize::try_from(u64::restore(from)?).ok()?,
    };
    let (bytes, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(bytes)
}

impl Saved for String {
    fn save(&self, to: &mut Vec<u8>) {
        save_bytes(self.as_bytes(), to);
    }

    fn restore(from: &mut &[u8]) -> Option<String> {
        let bytes = restore_bytes(from)?;
        std::str::from_utf8(bytes).ok().map(str::to_owned)
    }
}

impl<T: Saved> Saved for Option<T> {
    fn save(&self, to: &mut Vec<u8>) {
        self.is_some().save(to);
        if let Some(value) = self {
            value.save(to);
        }
    }

    fn restore(from: &mut &[u8]) -> Option<Option<T>> {
        if bool::restore(from)? {
            T::restore(from).map(Some)
        } else {
            Some(None)
        }
    }
}

impl<T: Saved> Saved for Box<T> {
    fn save(&self, to: &mut Vec<u8>) {
        T::save(self, to);
    }

    fn restore(from: &mut &[u8]) -> Option<Box<T>> {
        T::restore(from).map(Box::new)
    }
}

/// Appends values behind their number.
pub(crate) fn save_all<'a, T: Saved + 'a>(
    values: impl ExactSizeIterator<Item = &'a T>,
    to: &mut Vec<u8>,
) {
    (values.len() as u64).save(to);
    values.for_each(|value| value.save(to));
}

impl Saved for (String, String) {
    fn save(&self, to: &mut Vec<u8>) {
        let (first, second) = self;
        first.save(to);
        second.save(to);
    }

    fn restore(from: &mut &[u8]) -> Option<(String, String)> {
        Some((String::restore(from)?, String::restore(from)?))
    }
}

impl<T: Saved> Saved for Vec<T> {
    fn save(&self, to: &mut Vec<u8>) {
        save_all(self.iter(), to);
    }

    /// Reserves nothing: each value takes a byte at least, so the end of the input ends it.
    fn restore(from: &mut &[u8]) -> Option<Vec<T>> {
        let mut values = Vec::new();
        for _ in 0..u64::restore(from)? {
            values.push(T::restore(from)?);
        }
        Some(values)
    }
}

impl<T: Saved> Saved for VecDeque<T> {
    fn save(&self, to: &mut Vec<u8>) {
        save_all(self.iter(), to);
    }

    fn restore(from: &mut &[u8]) -> Option<VecDeque<T>> {
        Vec::restore(from).map(VecDeque::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes<T: Saved>(value: &T) -> Vec<u8> {
        let mut bytes = Vec::new();
        value.save(&mut bytes);
        bytes
    }

    #[test]
    fn numbers() {
        for number in [0, 1, 127, 128, 16_383, 16_384, 1 << 53, u64::MAX] {
            let saved = bytes(&number);
            let mut from = saved.as_slice();
            assert_eq!(u64::restore(&mut from), Some(number));
            assert_eq!(from, b"");
            assert_eq!(u64::restore(&mut &saved[..saved.len() - 1]), None);
        }
        assert_eq!(bytes(&300_u64), [0xAC, 0x02]);
        // Beyond 64 bits.
        assert_eq!(u64::restore(&mut [0xFF; 11].as_slice()), None);
        let mut over = [0xFF; 10];
        over[9] = 0x02;
        assert_eq!(u64::restore(&mut over.as_slice()), None);
    }

    #[test]
    fn what_is_not_there_is_told() {
        let text = Some(vec!["升级".to_owned(), String::new()]);
        let saved = bytes(&text);
        assert_eq!(Option::restore(&mut saved.as_slice()), Some(text));
        for length in 0..saved.len() {
            assert_eq!(Option::<Vec<String>>::restore(&mut &saved[..length]), None);
        }
        assert_eq!(String::restore(&mut [1, 0xFF].as_slice()), None);
        assert_eq!(bool::restore(&mut [2].as_slice()), None);
        // A length that no memory has.
        assert_eq!(String::restore(&mut bytes(&u64::MAX).as_slice()), None);
        assert_eq!(Vec::<u8>::restore(&mut bytes(&u64::MAX).as_slice()), None);
    }
}
