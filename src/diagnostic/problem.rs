//! The texts: what was found, what was expected and, where it helps, what to do.

use std::fmt::Write as _;

use super::{Code, Diagnostic, Text};

/// A code with its text, not yet at a place.
pub(crate) struct Problem {
    pub(crate) code: Code,
    pub(crate) message: Text,
}

impl Problem {
    pub(crate) fn into_diagnostic(self, path: String) -> Diagnostic {
        Diagnostic {
            code: self.code,
            severity: self.code.severity(),
            path,
            span: None,
            message: self.message,
        }
    }
}

/// `say!(Code, "English", "Chinese")`, both with inline format arguments.
macro_rules! say {
    ($code:ident, $en:literal, $zh:literal) => {
        Problem {
            code: Code::$code,
            message: Text {
                en: format!($en),
                zh: format!($zh),
            },
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

pub(crate) fn too_many_diagnostics(left_out: usize) -> Problem {
    let more = count(left_out, "finding");
    say!(
        TooManyDiagnostics,
        "{more} more are not shown; correct those above first",
        "另有 {left_out} 项未列出；请先修正以上各项"
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
