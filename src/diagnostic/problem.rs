//! The texts: what was found, what was expected and, where it helps, what to do.

use std::fmt::Write as _;

use super::{Code, Diagnostic, Text};

/// A code with its text, not yet at a place.
pub(crate) struct Problem {
    pub(crate) code: Code,
    /// What was found and what was expected.
    finding: Text,
    /// What to do.
    hint: Option<Text>,
}

impl Problem {
    pub(crate) fn into_diagnostic(self, path: String) -> Diagnostic {
        let (code, message, hint) = self.into_parts();
        Diagnostic {
            code,
            severity: code.severity(),
            path,
            span: None,
            message,
            hint,
        }
    }

    /// The code, the whole message, and the part of it that says what to do.
    pub(super) fn into_parts(self) -> (Code, Text, Option<Text>) {
        let Problem {
            code,
            finding: Text { en, zh },
            hint,
        } = self;
        let message = match &hint {
            Some(hint) => Text {
                en: format!("{en}. {}", hint.en),
                zh: format!("{zh}。{}", hint.zh),
            },
            None => Text { en, zh },
        };
        (code, message, hint)
    }

    /// The same with this hint, if there is one, in place of its own.
    fn with_hint(self, hint: Option<Text>) -> Problem {
        Problem {
            hint: hint.or(self.hint),
            ..self
        }
    }
}

/// `text!("English", "Chinese")`, both with inline format arguments.
macro_rules! text {
    ($en:literal, $zh:literal) => {
        Text::of(format_args!($en), format_args!($zh))
    };
}

/// `say!(Code, "English", "Chinese")`: what was found and what was expected, with inline format
/// arguments; `; "English", "Chinese"` after it: what to do.
macro_rules! say {
    ($code:ident, $en:literal, $zh:literal) => {
        Problem {
            code: Code::$code,
            finding: text!($en, $zh),
            hint: None,
        }
    };
    ($code:ident, $en:literal, $zh:literal; $hint_en:literal, $hint_zh:literal) => {
        Problem {
            code: Code::$code,
            finding: text!($en, $zh),
            hint: Some(text!($hint_en, $hint_zh)),
        }
    };
}

/// Most characters of a found value that a message shows.
const SHOWN: usize = 60;

/// The beginning of `text`, safe to show: nothing in it moves the cursor, hides or reorders text.
pub(crate) fn excerpt(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars().take(SHOWN) {
        show_char(c, &mut shown);
    }
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

fn show_char(c: char, to: &mut String) {
    let invisible =
        matches!(u32::from(c), 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFEFF);
    // A grave accent would end the quotation that the value is shown in.
    if c.is_control() || invisible || is_noncharacter(c) || c == '`' {
        // Writing to a String cannot fail.
        let _ = write!(to, "\\u{{{:04X}}}", u32::from(c));
    } else {
        to.push(c);
    }
}

/// U+FDD0–U+FDEF and the last two code points of each plane.
pub(crate) fn is_noncharacter(c: char) -> bool {
    matches!(u32::from(c), 0xFDD0..=0xFDEF) || u32::from(c) & 0xFFFE == 0xFFFE
}

/// What a value is, as a message names it.
pub(crate) struct Shown {
    pub(crate) en: String,
    pub(crate) zh: String,
}

/// A value as it is quoted in a message; what is empty is called so.
fn quoted(text: &str) -> Shown {
    if text.is_empty() {
        return Shown {
            en: "empty".to_owned(),
            zh: "为空".to_owned(),
        };
    }
    let shown = excerpt(text);
    Shown {
        en: format!("`{shown}`"),
        zh: format!("为 `{shown}`"),
    }
}

fn named(c: char) -> String {
    let mut shown = String::new();
    show_char(c, &mut shown);
    format!("`{shown}` (U+{:04X})", u32::from(c))
}

/// "1 byte", "2 bytes".
fn count(number: usize, what: &str) -> String {
    if number == 1 {
        format!("1 {what}")
    } else {
        format!("{number} {what}s")
    }
}

/// Chinese text to put behind other Chinese text: with a space before what begins in ASCII.
fn behind(zh: &str) -> String {
    if zh.starts_with(|c: char| c.is_ascii()) {
        format!(" {zh}")
    } else {
        zh.to_owned()
    }
}

#[cold]
pub(crate) fn too_many_diagnostics(left_out: usize) -> Problem {
    let more = count(left_out, "finding");
    say!(
        TooManyDiagnostics,
        "{more} more are not shown",
        "另有 {left_out} 项未列出";
        "Correct those above first",
        "请先修正以上各项"
    )
}

mod field;
mod json;
mod topic;
mod tracker;
mod url;

pub(crate) use field::*;
pub(crate) use json::*;
pub(crate) use topic::*;
pub(crate) use tracker::*;
pub(crate) use url::*;
