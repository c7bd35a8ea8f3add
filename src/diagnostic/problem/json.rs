//! About reading JSON (§5).

use super::{Code, Line, Problem, Words, advise, count, hinted};

/// What the grammar allows at a place.
#[derive(Clone, Copy)]
pub(crate) enum Token {
    Value,
    KeyOrEnd,
    Key,
    Colon,
    CommaOrBrace,
    CommaOrBracket,
    Digit,
    Literal(&'static str),
    EndOfText,
    EndOfComment,
    Escape,
    HexDigits,
    EscapedControl,
    EndOfString,
}

impl Token {
    fn name(self) -> Line<'static> {
        match self {
            Token::Value => Words::AValue,
            Token::KeyOrEnd => Words::AKeyOrEnd,
            Token::Key => Words::AKey,
            Token::Colon => Words::AColon,
            Token::CommaOrBrace => Words::CommaOrBrace,
            Token::CommaOrBracket => Words::CommaOrBracket,
            Token::Digit => Words::ADigit,
            Token::Literal(word) => return Line::with(Words::ALiteral, word),
            Token::EndOfText => Words::EndOfText,
            Token::EndOfComment => Words::EndOfComment,
            Token::Escape => Words::AnEscape,
            Token::HexDigits => Words::HexDigits,
            Token::EscapedControl => Words::EscapedControl,
            Token::EndOfString => Words::EndOfString,
        }
        .into()
    }
}

/// `found` is what stands there, from the first wrong character on; empty at the end of the text.
/// `adjacent`: directly after a digit.
#[cold]
pub(crate) fn json_syntax(found: &str, expected: Token, adjacent: bool) -> Problem<'_> {
    match found.chars().next() {
        Some(c) => {
            let syntax = Line::from(Words::JsonSyntax)
                .character(c)
                .line(expected.name());
            let hint = syntax_hint(found, c, expected, adjacent);
            advise(Code::JsonSyntax, syntax, hint)
        }
        None => {
            let short = Line::from(Words::JsonShort).line(expected.name());
            hinted(Code::JsonSyntax, short, Words::CutOff)
        }
    }
}

/// What the sender probably did, and what to do about it.
fn syntax_hint(found: &str, first: char, expected: Token, adjacent: bool) -> Option<Line<'_>> {
    let key = matches!(expected, Token::Key | Token::KeyOrEnd);
    let value = matches!(expected, Token::Value);
    let comma = matches!(expected, Token::CommaOrBrace | Token::CommaOrBracket);
    let colon = matches!(expected, Token::Colon);
    let end = matches!(expected, Token::EndOfText);
    let hint = match first {
        '\'' => Words::DoubleQuotes,
        '\u{201C}' | '\u{201D}' | '\u{2018}' | '\u{2019}' => Words::StraightQuotes,
        '，' | '：' | '｛' | '｝' | '［' | '］' | '＂' => Words::HalfWidth,
        '\0' if key || value => Words::Utf16,
        ',' if value || key => Words::RemoveLoneComma,
        '=' if colon => Words::ColonForEquals,
        ',' | '}' if colon => Words::KeyNeedsValue,
        ';' if comma => Words::CommaForSemicolon,
        '"' | '{' | '[' if comma => Words::MissingComma,
        '.' if comma => Words::OnePoint,
        '0'..='9' if adjacent => Words::NoLeadingZero,
        '0'..='9' if comma => Words::MissingComma,
        'x' | 'X' if comma => Words::NoHexadecimal,
        '{' | '[' if end => Words::OneDocument,
        '}' | ']' if end => Words::OneBracketTooMany,
        '+' if value => Words::RemovePlus,
        '.' if value => Words::ZeroBeforePoint,
        '\n' | '\r' if matches!(expected, Token::EscapedControl) => Words::MissingQuote,
        _ if value || key => return word_hint(first_word(found), key),
        _ => return None,
    };
    Some(hint.into())
}

/// The letters, digits and underlines at the beginning of `found`.
fn first_word(found: &str) -> &str {
    let end = found
        .char_indices()
        .take(40)
        .find(|(_, c)| !is_letter(*c) && !matches!(c, '0'..='9' | '_'));
    let most = || found.char_indices().nth(40);
    let end = end.or_else(most).map_or(found.len(), |(at, _)| at);
    found.get(..end).unwrap_or_default()
}

/// Near enough for a hint, and without the tables of Unicode.
fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic()
        || c >= '\u{C0}'
            && !matches!(c, '\u{2000}'..='\u{2BFF}' | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{E000}'..)
}

/// About a word that stands where a key or a value is expected.
fn word_hint(word: &str, key: bool) -> Option<Line<'_>> {
    let right = match word {
        "" => return None,
        _ if key => return Some(Line::with(Words::QuoteKey, word)),
        "True" | "TRUE" => "true",
        "False" | "FALSE" => "false",
        "None" | "nil" | "NULL" | "Null" | "undefined" | "NaN" | "Infinity" => "null",
        _ if word.starts_with(is_letter) => return Some(Line::with(Words::QuoteText, word)),
        _ => return None,
    };
    Some(Line::with(Words::OtherWord, word).text(right))
}

#[cold]
pub(crate) fn json_empty() -> Problem<'static> {
    hinted(Code::JsonEmpty, Words::JsonEmpty, Words::IgnoreEmpty)
}

#[cold]
pub(crate) fn json_too_large(bytes: usize, limit: usize) -> Problem<'static> {
    let found = Line::from(Words::JsonTooLarge)
        .number(count(bytes))
        .number(count(limit));
    hinted(Code::JsonTooLarge, found, Words::RaiseLimit)
}

#[cold]
pub(crate) fn json_utf8(byte: u8) -> Problem<'static> {
    let found = Line::from(Words::JsonUtf8).byte(byte);
    hinted(Code::JsonUtf8, found, Words::CheckEncoding)
}

#[cold]
pub(crate) fn json_duplicate_key(key: &str) -> Problem<'_> {
    let found = Line::about(Words::JsonDuplicateKey, key);
    hinted(Code::JsonDuplicateKey, found, Words::RemoveOne)
}

#[cold]
pub(crate) fn json_too_deep(limit: usize) -> Problem<'static> {
    let found = Line::from(Words::JsonTooDeep).number(count(limit));
    hinted(Code::JsonTooDeep, found, Words::NestLess)
}

#[cold]
pub(crate) fn json_unpaired_surrogate() -> Problem<'static> {
    hinted(
        Code::JsonUnpairedSurrogate,
        Words::JsonUnpairedSurrogate,
        Words::CutInside,
    )
}

#[cold]
pub(crate) fn json_too_many_keys(limit: usize) -> Problem<'static> {
    let found = Line::from(Words::JsonTooManyKeys).number(count(limit));
    hinted(Code::JsonTooManyKeys, found, Words::SpreadKeys)
}

#[cold]
pub(crate) fn json_byte_order_mark() -> Problem<'static> {
    hinted(
        Code::JsonByteOrderMark,
        Words::JsonByteOrderMark,
        Words::WithoutMark,
    )
}

#[cold]
pub(crate) fn json_trailing_comma(object: bool) -> Problem<'static> {
    let found = if object {
        Words::CommaAfterMember
    } else {
        Words::CommaAfterItem
    };
    hinted(Code::JsonTrailingComma, found, Words::RemoveComma)
}

#[cold]
pub(crate) fn json_comment() -> Problem<'static> {
    hinted(Code::JsonComment, Words::JsonComment, Words::RemoveComment)
}

#[cold]
pub(crate) fn json_trailing_nul(number: usize) -> Problem<'static> {
    let found = Line::from(Words::JsonTrailingNul).number(count(number));
    hinted(Code::JsonTrailingNul, found, Words::WholeBuffer)
}
