//! A text of the table with what goes into it.
//!
//! A template names its arguments by number: `{0}`; `{ 0}` puts a space before what begins in ASCII, as
//! Chinese has it; `{0|byte|bytes}` is a number with its noun. `pkg/src/core/words.ts` renders the same way.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use super::Text;
use super::texts::TEXTS;
pub(crate) use super::texts::Words;
use super::wire::{Piece, Reader, Wire};
use crate::json::push_hex;
use crate::json::scan::Class;

/// A text that is not yet put together.
#[derive(Clone, Copy)]
pub(crate) struct Line<'a> {
    words: Words,
    /// How many arguments are its own: those of a line within it follow that one.
    count: usize,
    arguments: [Argument<'a>; ROOM],
    /// How many there are in all.
    length: usize,
}

/// No text has more arguments, those within them included.
const ROOM: usize = 4;

#[derive(Clone, Copy)]
enum Argument<'a> {
    /// It stands as it is.
    Text(&'a str),
    /// The beginning, made safe to show.
    Excerpt(&'a str),
    /// With its number.
    Character(char),
    /// As a URL has it.
    Percent(char),
    /// Two hexadecimal digits.
    Byte(u8),
    Number(u64),
    /// How many arguments of its own follow.
    Line(Words, usize),
}

impl From<Words> for Line<'_> {
    #[inline(never)]
    fn from(words: Words) -> Self {
        Line {
            words,
            count: 0,
            arguments: [Argument::Text(""); ROOM],
            length: 0,
        }
    }
}

impl<'a> Line<'a> {
    /// A text with one argument.
    pub(crate) fn with(words: Words, argument: &'a str) -> Self {
        Line::from(words).text(argument)
    }

    /// A text with one argument, which somebody sent.
    pub(crate) fn about(words: Words, argument: &'a str) -> Self {
        Line::from(words).excerpt(argument)
    }

    #[inline(never)]
    fn add(&mut self, argument: Argument<'a>, own: usize) {
        debug_assert!(self.length < ROOM);
        if let Some(free) = self.arguments.get_mut(self.length) {
            *free = argument;
            self.length += 1;
            self.count += own;
        }
    }

    /// The same, in one piece: copies of all else would take longer.
    #[inline(always)]
    fn and(mut self, argument: Argument<'a>) -> Self {
        self.add(argument, 1);
        self
    }

    /// Adds an argument that stands as it is.
    #[inline(always)]
    pub(crate) fn text(self, argument: &'a str) -> Self {
        self.and(Argument::Text(argument))
    }

    /// Adds the beginning of what somebody sent.
    #[inline(always)]
    pub(crate) fn excerpt(self, argument: &'a str) -> Self {
        self.and(Argument::Excerpt(argument))
    }

    /// Adds a character with its number.
    pub(crate) fn character(self, argument: char) -> Self {
        self.and(Argument::Character(argument))
    }

    /// Adds a character as a URL has it.
    pub(crate) fn percent(self, argument: char) -> Self {
        self.and(Argument::Percent(argument))
    }

    /// Adds a byte in hexadecimal.
    pub(crate) fn byte(self, argument: u8) -> Self {
        self.and(Argument::Byte(argument))
    }

    /// Adds a number.
    #[inline(always)]
    pub(crate) fn number(self, argument: u64) -> Self {
        self.and(Argument::Number(argument))
    }

    /// Adds a text of the table.
    pub(crate) fn line(mut self, argument: impl Into<Line<'a>>) -> Self {
        let line = argument.into();
        self.add(Argument::Line(line.words, line.count), 1);
        for argument in line.arguments.iter().take(line.length) {
            self.add(*argument, 0);
        }
        self
    }

    /// Adds a value as a message names it.
    pub(crate) fn shown(mut self, value: &'a Shown<'_>) -> Self {
        let text = value.text.as_deref();
        self.add(Argument::Line(value.words, text.iter().len()), 1);
        if let Some(text) = text {
            self.add(Argument::Excerpt(text), 0);
        }
        self
    }

    /// Appends the line as JavaScript reads it.
    #[inline(never)]
    pub(crate) fn write(&self, to: &mut Wire) {
        to.line(self.words, self.count);
        for argument in self.arguments.iter().take(self.length) {
            match *argument {
                Argument::Text(text) => to.text(text),
                Argument::Excerpt(text) => to.text(&excerpt(text)),
                Argument::Character(c) => to.text(&named(c)),
                Argument::Percent(c) => to.text(&percent_encoded(c)),
                Argument::Byte(byte) => {
                    let mut digits = String::new();
                    push_hex(&mut digits, byte.into(), 2);
                    to.text(&digits);
                }
                Argument::Number(number) => to.digits(number),
                Argument::Line(words, count) => to.line(words, count),
            }
        }
    }
}

/// Most characters of a found value that a message shows.
const SHOWN: usize = 60;

/// The beginning of `text`, safe to show: nothing in it moves the cursor, hides or reorders text.
fn excerpt(text: &str) -> Cow<'_, str> {
    if text.len() <= SHOWN && Class::PLAIN.run(text.as_bytes(), 0) == text.len() {
        return Cow::Borrowed(text);
    }
    let mut shown = String::new();
    for c in text.chars().take(SHOWN) {
        show_char(c, &mut shown);
    }
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    Cow::Owned(shown)
}

fn show_char(c: char, to: &mut String) {
    let invisible =
        matches!(u32::from(c), 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFEFF);
    // A grave accent would end the quotation that the value is shown in.
    if c.is_control() || invisible || is_noncharacter(c) || c == '`' {
        to.push_str("\\u{");
        push_hex(to, u32::from(c), 4);
        to.push('}');
    } else {
        to.push(c);
    }
}

/// U+FDD0–U+FDEF and the last two code points of each plane.
pub(crate) fn is_noncharacter(c: char) -> bool {
    matches!(u32::from(c), 0xFDD0..=0xFDEF) || u32::from(c) & 0xFFFE == 0xFFFE
}

/// A character with its number: `` `x` (U+0078) ``.
fn named(c: char) -> String {
    let mut shown = String::from("`");
    show_char(c, &mut shown);
    shown.push_str("` (U+");
    push_hex(&mut shown, u32::from(c), 4);
    shown.push(')');
    shown
}

/// A character as a URL has it.
fn percent_encoded(c: char) -> String {
    let mut encoded = String::new();
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        encoded.push('%');
        push_hex(&mut encoded, byte.into(), 2);
    }
    encoded
}

/// A value as a message names it: a text of the table, with an argument or without.
pub(crate) struct Shown<'a> {
    pub(crate) words: Words,
    pub(crate) text: Option<Cow<'a, str>>,
}

/// Words that are put together when they are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phrase(Wire);

impl Phrase {
    /// In both languages.
    #[must_use]
    pub fn text(&self) -> Text {
        let mut text = Text::default();
        for Text { en, zh } in lines(&self.0) {
            text.en.push_str(&en);
            text.zh.push_str(&zh);
        }
        text
    }

    pub(crate) fn push<'a>(&mut self, line: impl Into<Line<'a>>) {
        line.into().write(&mut self.0);
    }
}

impl<'a, L: Into<Line<'a>>> From<L> for Phrase {
    fn from(line: L) -> Phrase {
        let mut phrase = Phrase::default();
        phrase.push(line);
        phrase
    }
}

/// For people, the text; otherwise the lines as JavaScript reads them.
impl Serialize for Phrase {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return self.text().serialize(serializer);
        }
        serializer.serialize_str(&self.0.packed())
    }
}

/// The lines that were written, in both languages.
pub(super) fn lines(wire: &Wire) -> impl Iterator<Item = Text> {
    let mut reader = Reader::new(wire);
    std::iter::from_fn(move || match reader.next()? {
        Piece::Line { words, arguments } => Some(rendered(words, arguments, &mut reader)),
        Piece::Text(_) | Piece::One => None,
    })
}

/// What goes into a template.
enum Filling<'a> {
    Text(&'a str),
    One,
    Line(Text),
}

/// A line whose arguments come next.
fn rendered(words: usize, count: u32, from: &mut Reader<'_>) -> Text {
    let mut arguments = Vec::new();
    for _ in 0..count {
        arguments.extend(from.next().map(|piece| match piece {
            Piece::Text(text) => Filling::Text(text),
            Piece::One => Filling::One,
            Piece::Line { words, arguments } => Filling::Line(rendered(words, arguments, from)),
        }));
    }
    let (en, zh) = TEXTS.get(words).copied().unwrap_or_default();
    Text {
        en: filled(en, &arguments, |text| &text.en),
        zh: filled(zh, &arguments, |text| &text.zh),
    }
}

fn filled(template: &str, arguments: &[Filling<'_>], language: fn(&Text) -> &str) -> String {
    let mut parts = template.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (slot, rest) = part.split_once('}').unwrap_or((part, ""));
        let mut choices = slot.split('|');
        let place = choices.next().unwrap_or_default();
        let index = place.trim_start().parse::<usize>().unwrap_or_default();
        let (one, many) = (choices.next(), choices.next());
        let noun = match arguments.get(index) {
            Some(Filling::Text(shown)) => {
                append(&mut text, place, shown);
                many
            }
            Some(Filling::One) => {
                append(&mut text, place, "1");
                one
            }
            Some(Filling::Line(line)) => {
                append(&mut text, place, language(line));
                None
            }
            None => None,
        };
        if let Some(noun) = noun {
            text.push(' ');
            text.push_str(noun);
        }
        text.push_str(rest);
    }
    text
}

fn append(to: &mut String, place: &str, shown: &str) {
    if place.starts_with(' ') && shown.starts_with(|c: char| c.is_ascii()) {
        to.push(' ');
    }
    to.push_str(shown);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &Line<'_>) -> (String, String) {
        let mut wire = Wire::default();
        line.write(&mut wire);
        let Text { en, zh } = lines(&wire).next().expect("a line");
        (en, zh)
    }

    #[test]
    fn lines_in_lines() {
        let found = Line::with(Words::TheNumber, "1.5");
        let line = Line::with(Words::FieldType, "status")
            .line(found)
            .line(Words::AnInteger);
        let texts = (
            "`status` is the number `1.5`; expected an integer".to_owned(),
            "`status` 为数字 `1.5`；应为整数".to_owned(),
        );
        assert_eq!(said(&line), texts);
        let null = Line::from(Words::MessageType).line(Words::Null);
        assert_eq!(said(&null).1, "消息为 `null`；应为对象");
    }

    #[test]
    fn numbers_with_nouns() {
        let line = |number| Line::from(Words::JsonTrailingNul).number(number);
        assert!(said(&line(1)).0.contains("by 1 NUL byte;"));
        assert!(said(&line(2)).0.contains("by 2 NUL bytes;"));
        assert!(said(&line(1)).1.contains("有 1 个"));
    }

    #[test]
    fn arguments_are_no_templates() {
        let line = Line::with(Words::DidYouMean, "{0} \"\\\n\u{1}");
        assert_eq!(said(&line).0, "Did you mean `{0} \"\\\n\u{1}`?");
    }

    /// Each slot of a template is in both languages, and closed.
    #[test]
    fn templates_are_sound() {
        for (en, zh) in TEXTS {
            let slots = |text: &str| {
                let mut slots: Vec<String> = text
                    .split('{')
                    .skip(1)
                    .map(|part| {
                        let (slot, _) = part.split_once('}').expect("a closed slot");
                        slot.trim_start().chars().take(1).collect()
                    })
                    .collect();
                slots.sort();
                slots.dedup();
                slots
            };
            assert_eq!(slots(en), slots(zh), "{en}");
            // What the package's reader of lines is made for.
            assert!(slots(en).len() <= 3 && !en.contains("{ "), "{en}");
            assert!(!zh.contains('|'), "{zh}");
            assert!(!en.contains('\n') && !zh.contains('\n'), "{en}");
        }
    }
}
