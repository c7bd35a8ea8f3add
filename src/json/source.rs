//! The text that is read, its encoding, and places in it.

use std::ops::Range;

use super::scan::simple_end;
use crate::diagnostic::Span;

/// Bytes of a payload. What lies before `sound` is well-formed.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    bytes: &'a [u8],
    /// The beginning that is UTF-8.
    text: &'a str,
    sound: usize,
    from_javascript: bool,
}

impl<'a> Source<'a> {
    /// `from_javascript`: generalised UTF-8, where ED A0..BF xx is an unpaired surrogate, and
    /// places count UTF-16 units.
    pub(crate) fn new(bytes: &'a [u8], from_javascript: bool) -> Source<'a> {
        let text = valid(bytes);
        let mut sound = text.len();
        while from_javascript && surrogate_at(bytes, sound).is_some() {
            sound += 3;
            sound += valid(bytes.get(sound..).unwrap_or_default()).len();
        }
        Source {
            bytes,
            text,
            sound,
            from_javascript,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Whether there are unpaired surrogates in what is well-formed.
    pub(super) fn has_surrogates(&self) -> bool {
        self.text.len() < self.sound
    }

    /// The well-formed beginning.
    pub(crate) fn sound(&self) -> &'a [u8] {
        self.bytes.get(..self.sound).unwrap_or_default()
    }

    /// The text of a part that begins and ends between characters, up to the first surrogate in it.
    pub(super) fn text(&self, part: Range<usize>) -> &'a str {
        let part = part.start..part.end.min(self.sound);
        match self.text.get(part.clone()) {
            Some(text) => text,
            None => valid(self.bytes.get(part).unwrap_or_default()),
        }
    }

    /// The first byte that is not well-formed.
    pub(crate) fn unsound(&self) -> Option<u8> {
        self.bytes.get(self.sound).copied()
    }

    /// Appends a part to `to`; surrogates, which Rust text cannot hold, as `\u` escapes.
    pub(crate) fn copy(&self, part: Range<usize>, to: &mut String) {
        let mut rest = self.bytes.get(part).unwrap_or_default();
        while !rest.is_empty() {
            let valid = valid(rest);
            to.push_str(valid);
            rest = rest.get(valid.len()..).unwrap_or_default();
            if let Some(unit) = surrogate_at(rest, 0) {
                to.push_str(&format!("\\u{unit:04x}"));
            }
            rest = rest.get(3..).unwrap_or_default();
        }
    }

    /// How many bytes the character at `at` has.
    pub(crate) fn length_at(&self, at: usize) -> usize {
        self.sound().get(at).map_or(0, |first| char_length(*first))
    }

    /// At most `most` characters from `at` on, U+FFFD for each surrogate.
    pub(crate) fn text_at(&self, at: usize, most: usize) -> String {
        let mut text = String::new();
        let mut at = at;
        for _ in 0..most {
            let length = self.length_at(at);
            if length == 0 {
                break;
            }
            let c = self
                .sound()
                .get(at..at + length)
                .and_then(|bytes| std::str::from_utf8(bytes).ok());
            text.push_str(c.unwrap_or("\u{FFFD}"));
            at += length;
        }
        text
    }

    /// Tells spans, in one pass over the text (from JavaScript two, the other for the ends of `places`).
    pub(crate) fn spans(&self, places: impl Iterator<Item = Range<usize>>) -> Spans<'a> {
        let ends = places.map(|place| place.end);
        Spans {
            walk: Walk::new(self.bytes),
            ends: self.from_javascript.then(|| self.units(ends)),
        }
    }

    /// Places in bytes, sorted, each with its place in UTF-16 units.
    fn units(&self, places: impl Iterator<Item = usize>) -> Vec<(usize, usize)> {
        let mut sorted: Vec<usize> = Vec::new();
        for place in places {
            let at = sorted.partition_point(|earlier| *earlier < place);
            sorted.insert(at, place);
        }
        let mut walk = Walk::new(self.bytes);
        sorted
            .into_iter()
            .map(|at| (at, walk.to(at).unit))
            .collect()
    }
}

/// Spans of places that are sorted by their start.
pub(crate) struct Spans<'a> {
    walk: Walk<'a>,
    /// Where the source is from JavaScript.
    ends: Option<Vec<(usize, usize)>>,
}

impl Spans<'_> {
    /// The span of a place that does not begin before the last one.
    pub(crate) fn of(&mut self, place: &Range<usize>) -> Span {
        let &Walk {
            unit, line, column, ..
        } = self.walk.to(place.start);
        let (start, end) = match &self.ends {
            None => (place.start, place.end),
            Some(ends) => {
                let end = ends.get(ends.partition_point(|(at, _)| *at < place.end));
                (unit, end.map_or(unit, |(_, unit)| *unit))
            }
        };
        Span {
            start,
            end,
            line,
            column,
        }
    }
}

/// The beginning that is UTF-8.
#[inline]
fn valid(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            std::str::from_utf8(valid).unwrap_or_default()
        }
    }
}

/// The surrogate that the three bytes at `at` stand for, if they do.
pub(super) fn surrogate_at(bytes: &[u8], at: usize) -> Option<u16> {
    match *bytes.get(at..at.checked_add(3)?)? {
        [0xED, second @ 0xA0..=0xBF, third @ 0x80..=0xBF] => {
            Some(0xD000 | (u16::from(second & 0x3F) << 6) | u16::from(third & 0x3F))
        }
        _ => None,
    }
}

/// Bytes of a character, by its first one.
fn char_length(first: u8) -> usize {
    match first {
        0xF0.. => 4,
        0xE0.. => 3,
        0xC0.. => 2,
        _ => 1,
    }
}

/// Goes forward through the text, counting.
struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    /// In UTF-16 units.
    unit: usize,
    line: usize,
    column: usize,
}

impl<'a> Walk<'a> {
    fn new(bytes: &'a [u8]) -> Walk<'a> {
        Walk {
            bytes,
            at: 0,
            unit: 0,
            line: 1,
            column: 1,
        }
    }

    /// Moves to `target`, which is not before the present place.
    fn to(&mut self, target: usize) -> &Self {
        let target = target.min(self.bytes.len());
        while self.at < target
            && let Some(&byte) = self.bytes.get(self.at)
        {
            let plain = simple_end(self.bytes, self.at, target) - self.at;
            if plain > 0 {
                self.at += plain;
                self.unit += plain;
                self.column += plain;
                continue;
            }
            let follower = self.bytes.get(self.at + 1);
            // What is not well-formed may announce more than there is.
            let length = char_length(byte).min(self.bytes.len() - self.at);
            self.at += length;
            self.unit += if length == 4 { 2 } else { 1 };
            match byte {
                b'\r' if follower == Some(&b'\n') => {}
                b'\r' | b'\n' => {
                    self.line += 1;
                    self.column = 1;
                }
                _ => self.column += 1,
            }
        }
        self
    }
}
