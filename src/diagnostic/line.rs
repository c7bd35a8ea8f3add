//! A text of the table with what goes into it.
//!
//! A template names its arguments by number: `{0}`; `{ 0}` puts a space before what begins in ASCII, as
//! Chinese has it; `{0|byte|bytes}` is a number with its noun. `pkg/src/core/words.ts` renders the same way.

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::Text;
use super::texts::TEXTS;
pub(crate) use super::texts::Words;
use crate::json::{write_integer, write_string};

/// A text that is not yet put together. What goes into it is kept as it crosses to JavaScript: as JSON, each
/// argument behind a comma. An argument is a string, a number, or a line of its own.
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

    /// Adds an argument that stands as it is.
    #[cold]
    #[inline(never)]
    pub(crate) fn text(mut self, argument: &str) -> Line {
        self.arguments.push(',');
        write_string(&mut self.arguments, argument);
        self
    }

    /// Adds a number.
    #[cold]
    #[inline(never)]
    pub(crate) fn number(mut self, argument: u64) -> Line {
        self.arguments.push(',');
        write_integer(&mut self.arguments, argument);
        self
    }

    /// Adds a text of the table.
    #[cold]
    #[inline(never)]
    pub(crate) fn line(mut self, argument: &Line) -> Line {
        self.arguments.push(',');
        argument.write(&mut self.arguments);
        self
    }

    /// Appends the line as JSON: an array of its number and its arguments.
    pub(crate) fn write(&self, to: &mut String) {
        to.push('[');
        write_integer(to, self.words as u64);
        to.push_str(&self.arguments);
        to.push(']');
    }

    /// In both languages.
    pub(crate) fn render(&self) -> Text {
        let mut json = String::new();
        self.write(&mut json);
        let line = serde_json::from_str(&json).unwrap_or_default();
        Text {
            en: render(&line, |(en, _)| en),
            zh: render(&line, |(_, zh)| zh),
        }
    }
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

/// For people, the text; otherwise the lines as JSON.
impl Serialize for Phrase {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return self.text().serialize(serializer);
        }
        let mut json = String::new();
        for line in &self.0 {
            json.push(if json.is_empty() { '[' } else { ',' });
            line.write(&mut json);
        }
        json.push(']');
        serializer.serialize_str(&json)
    }
}

type Language = fn(&(&'static str, &'static str)) -> &'static str;

/// Text stands for itself, a line for what it says.
fn render(argument: &Value, language: Language) -> String {
    let Value::Array(line) = argument else {
        return match argument {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
    };
    let number = line.first().and_then(Value::as_u64).unwrap_or_default();
    let template = TEXTS.get(number as usize).map_or("", language);
    let mut parts = template.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (slot, rest) = part.split_once('}').unwrap_or((part, ""));
        let mut choices = slot.split('|');
        let place = choices.next().unwrap_or_default();
        let index = place.trim_start().parse::<usize>().unwrap_or_default();
        let argument = line.get(index + 1).unwrap_or(&Value::Null);
        let shown = render(argument, language);
        if place.starts_with(' ') && shown.starts_with(|c: char| c.is_ascii()) {
            text.push(' ');
        }
        text.push_str(&shown);
        let noun = if argument.as_u64() == Some(1) {
            choices.next()
        } else {
            choices.nth(1)
        };
        if let Some(noun) = noun {
            text.push(' ');
            text.push_str(noun);
        }
        text.push_str(rest);
    }
    text
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
            assert!(!en.contains('\n') && !zh.contains('\n'), "{en}");
        }
    }
}
