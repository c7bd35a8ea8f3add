//! How near two names are: for suggestions.

/// Longer names are compared with nothing.
const LONGEST: usize = 40;

/// Whether somebody who wrote `found` probably meant `name`.
pub(crate) fn near(found: &str, name: &str) -> bool {
    distance(found, name).is_some()
}

/// How far `found` is from `name`, if it is near: 0 when they differ in letter case and separators only,
/// otherwise how many letters were left out, put in, changed or swapped: one, or two in a name of
/// more than five letters.
pub(crate) fn distance(found: &str, name: &str) -> Option<usize> {
    if found.len() > LONGEST {
        return None;
    }
    if !Letters::of(found).may_be_near(Letters::of(name)) {
        return None;
    }
    let (found, name) = (letters(found), letters(name));
    let most = if name.len() > 5 { 2 } else { 1 };
    if found.len().abs_diff(name.len()) > most {
        return None;
    }
    Some(edits(&found, &name)).filter(|edits| *edits <= most)
}

/// Whether `found` is one of the words that `name` is made of, such as `url` of `download_url`.
pub(crate) fn is_word_of(found: &str, name: &str) -> bool {
    if found.len() > LONGEST {
        return false;
    }
    let found = letters(found);
    found.len() > 2 && name.split('_').any(|word| letters(word) == found)
}

/// The letters of a name, whatever their case and order: one bit each.
#[derive(Clone, Copy)]
pub(crate) struct Letters(u32);

impl Letters {
    /// Stands for everything beyond ASCII.
    const OTHERS: u32 = 1 << 31;

    /// The letters of `name`.
    pub(crate) const fn of(name: &str) -> Letters {
        let mut set = 0;
        let mut rest = name.as_bytes();
        while let [byte, more @ ..] = rest {
            if byte.is_ascii_alphabetic() {
                set |= 1 << (*byte & 0x1F);
            } else if !byte.is_ascii() {
                set |= Letters::OTHERS;
            }
            rest = more;
        }
        Letters(set)
    }

    /// `false` if no name of these letters is near to one of those, which are ASCII.
    pub(crate) const fn may_be_near(self, those: Letters) -> bool {
        // Each edit brings at most one letter in and one out.
        self.0 & Letters::OTHERS != 0
            || ((self.0 & !those.0).count_ones() <= 2 && (those.0 & !self.0).count_ones() <= 2)
    }
}

/// A name without what separates its words, in lower case (ASCII).
fn letters(name: &str) -> Vec<char> {
    let chars = name.chars().filter(|c| !matches!(c, '_' | '-' | '.' | ' '));
    chars.map(|c| c.to_ascii_lowercase()).collect()
}

/// Optimal string alignment: the edit distance where swapping neighbours is one edit.
fn edits(from: &[char], to: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=to.len()).collect();
    let mut last = None;
    for (row, &a) in from.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, &b) in to.iter().enumerate() {
            let at =
                |line: &[usize], column: usize| line.get(column).copied().unwrap_or(usize::MAX);
            let changed = at(&above, column) + usize::from(a != b);
            let put_in = at(&current, column) + 1;
            let left_out = at(&above, column + 1) + 1;
            let mut least = changed.min(put_in).min(left_out);
            let previous = column.checked_sub(1).and_then(|column| to.get(column));
            if last == Some(b) && previous == Some(&a) {
                least = least.min(at(&before, column - 1).saturating_add(1));
            }
            current.push(least);
        }
        before = std::mem::replace(&mut above, current);
        last = Some(a);
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (found, name, expected) in [
            ("deviceUid", "device_uid", Some(0)),
            ("MID", "mid", Some(0)),
            ("download-url", "download_url", Some(0)),
            ("device_id", "device_uid", Some(1)),
            ("devcie_uid", "device_uid", Some(1)),
            ("timestmp", "timestamp", Some(1)),
            ("time_stamps", "timestamp", Some(1)),
            ("md5code", "md5_code", Some(0)),
            ("md5_hash", "md5_code", None),
            ("id", "mid", Some(1)),
            ("uuid", "mid", None),
            ("kind", "type", None),
            ("date", "data", Some(1)),
            ("dtaa", "data", Some(1)),
            ("trace", "trace_id", Some(2)),
            ("state", "status", Some(2)),
            ("固件", "mid", None),
            ("", "mid", None),
        ] {
            assert_eq!(distance(found, name), expected, "{found} {name}");
        }
        assert_eq!(distance(&"a".repeat(41), "mid"), None);
        assert_eq!(edits(&['a', 'b'], &[]), 2);
        assert_eq!(edits(&[], &['a']), 1);
    }

    #[test]
    fn words() {
        assert!(is_word_of("url", "download_url"));
        assert!(is_word_of("MD5", "md5_code"));
        assert!(!is_word_of("id", "trace_id"));
        assert!(!is_word_of("load", "download_url"));
    }
}
