//! A text of the table with what goes into it.
//!
//! A template names its arguments by number: `{0}`; `{ 0}` puts a space before what begins in ASCII, as
//! Chinese has it; `{0|byte|bytes}` is a number with its noun. `pkg/src/core/words.ts` renders the same way.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use super::Text;
use super::texts::TEXTS;
pub(crate) use super::texts::Words;
use super::wire::{Reader, push_number, push_text};

/// What comes next in a line: its end, a line, a number, or a text, whose length is added.
const END: u64 = 0;
const LINE: u64 = 1;
const NUMBER: u64 = 2;
const TEXT: u64 = 3;

/// Room for what most lines hold.
const ROOM: usize = 96;

/// A text that is not yet put together. What goes into it is kept as it crosses to JavaScript. An argument is a
/// string, a number, or a line of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    words: Words,
    arguments: String,
}

impl From<Words> for Line {
    fn from(words: Words) -> Line {
        Line {
            words,
            arguments: String::new(),
        }
    }
}

impl Line {
    /// A text with one argument.
    pub(crate) fn with(words: Words, argument: &str) -> Line {
        Line::from(words).text(argument)
    }

    /// Makes room with the first argument.
    #[inline]
    fn make_room(&mut self) {
        if self.arguments.capacity() == 0 {
            self.arguments = String::with_capacity(ROOM);
        }
    }

    /// Adds an argument that stands as it is.
    #[cold]
    #[inline(never)]
    pub(crate) fn text(mut self, argument: &str) -> Line {
        self.make_room();
        push_text(&mut self.arguments, TEXT, argument);
        self
    }

    /// Adds a number.
    #[cold]
    #[inline(never)]
    pub(crate) fn number(mut self, argument: u64) -> Line {
        push_number(&mut self.arguments, NUMBER);
        push_number(&mut self.arguments, argument);
        self
    }

    /// Adds a text of the table.
    #[cold]
    #[inline(never)]
    pub(crate) fn line(mut self, argument: &Line) -> Line {
        self.make_room();
        push_number(&mut self.arguments, LINE);
        argument.write(&mut self.arguments);
        self
    }

    /// Adds a text of the table with one argument.
    #[cold]
    #[inline(never)]
    pub(crate) fn line_with(mut self, words: Words, argument: &str) -> Line {
        self.make_room();
        push_number(&mut self.arguments, LINE);
        push_number(&mut self.arguments, words as u64);
        push_text(&mut self.arguments, TEXT, argument);
        push_number(&mut self.arguments, END);
        self
    }

    /// Adds a value as a message names it.
    pub(crate) fn shown(self, value: &Shown<'_>) -> Line {
        match &value.text {
            Some(text) => self.line_with(value.words, text),
            None => self.line(&value.words.into()),
        }
    }

    /// Appends the line as JavaScript reads it.
    pub(crate) fn write(&self, to: &mut String) {
        push_number(to, self.words as u64);
        to.push_str(&self.arguments);
        push_number(to, END);
    }

    /// In both languages.
    pub(crate) fn render(&self) -> Text {
        rendered(self.words as u64, &mut Reader::new(&self.arguments))
    }
}

/// A value as a message names it: a text of the table, with an argument or without.
pub(crate) struct Shown<'a> {
    pub(crate) words: Words,
    pub(crate) text: Option<Cow<'a, str>>,
}

/// Words that are put together when they are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phrase(Vec<Line>);

impl Phrase {
    /// In both languages.
    #[must_use]
    pub fn text(&self) -> Text {
        let mut text = Text {
            en: String::new(),
            zh: String::new(),
        };
        for Text { en, zh } in self.0.iter().map(Line::render) {
            text.en.push_str(&en);
            text.zh.push_str(&zh);
        }
        text
    }

    pub(crate) fn push(&mut self, line: impl Into<Line>) {
        self.0.push(line.into());
    }
}

impl<L: Into<Line>> From<L> for Phrase {
    fn from(line: L) -> Phrase {
        Phrase(vec![line.into()])
    }
}

/// For people, the text; otherwise the lines as JavaScript reads them.
impl Serialize for Phrase {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return self.text().serialize(serializer);
        }
        let mut lines = String::new();
        for line in &self.0 {
            line.write(&mut lines);
        }
        serializer.serialize_str(&lines)
    }
}

/// What goes into a template.
enum Argument<'a> {
    Text(&'a str),
    Number(u64),
    Line(Text),
}

/// A line whose arguments come next.
fn rendered(words: u64, from: &mut Reader<'_>) -> Text {
    let mut arguments = Vec::new();
    loop {
        arguments.push(match from.number() {
            END => break,
            LINE => {
                let words = from.number();
                Argument::Line(rendered(words, from))
            }
            NUMBER => Argument::Number(from.number()),
            text => Argument::Text(from.text(text - TEXT)),
        });
    }
    let (en, zh) = TEXTS.get(words as usize).copied().unwrap_or_default();
    Text {
        en: filled(en, &arguments, |text| &text.en),
        zh: filled(zh, &arguments, |text| &text.zh),
    }
}

fn filled(template: &str, arguments: &[Argument<'_>], language: fn(&Text) -> &str) -> String {
    let mut parts = template.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (slot, rest) = part.split_once('}').unwrap_or((part, ""));
        let mut choices = slot.split('|');
        let place = choices.next().unwrap_or_default();
        let index = place.trim_start().parse::<usize>().unwrap_or_default();
        let mut noun = choices.nth(1);
        match arguments.get(index) {
            Some(Argument::Text(shown)) => append(&mut text, place, shown),
            Some(Argument::Line(line)) => append(&mut text, place, language(line)),
            Some(Argument::Number(number)) => {
                append(&mut text, place, &number.to_string());
                if *number == 1 {
                    noun = slot.split('|').nth(1);
                }
            }
            None => {}
        }
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

    fn said(line: &Line) -> (String, String) {
        let Text { en, zh } = line.render();
        (en, zh)
    }

    #[test]
    fn lines_in_lines() {
        let found = Line::with(Words::TheNumber, "1.5");
        let line = Line::with(Words::FieldType, "status")
            .line(&found)
            .line(&Words::AnInteger.into());
        let texts = (
            "`status` is the number `1.5`; expected an integer".to_owned(),
            "`status` 为数字 `1.5`；应为整数".to_owned(),
        );
        assert_eq!(said(&line), texts);
        let null = Line::from(Words::MessageType).line(&Words::Null.into());
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
