//! The grammar (RFC 8259), the refusals, and what lenient reading allows.

use std::borrow::Cow;
use std::ops::Range;

use super::keys::Keys;
use super::path::{Step, pointer_of};
use super::{
    DEFAULT_MAX_BYTES, Document, GREATEST_MAX_BYTES, MAX_DEPTH, MAX_KEYS, Member, Node, Source,
    Value,
};
use crate::diagnostic::Severity;
use crate::diagnostic::findings::Findings;
use crate::diagnostic::problem::{self, Problem, Token};
use crate::message::field::Name;

/// Room for the members that most objects have.
const MEMBERS: usize = 8;

/// How many characters from a wrong one on are looked at for a hint.
const LONGEST_WORD: usize = 40;

/// Reading cannot go on; the reason is among the findings.
pub(super) struct Stop;

type Read<T> = Result<T, Stop>;

/// The limit of a payload in bytes, by what the caller sets.
pub(crate) fn limit(max_bytes: Option<usize>) -> usize {
    max_bytes
        .unwrap_or(DEFAULT_MAX_BYTES)
        .min(GREATEST_MAX_BYTES)
}

/// Whether a payload is within the limit: 64 KiB unless the caller sets another, 16 MiB at most.
pub(crate) fn fits(bytes: usize, max_bytes: Option<usize>, findings: &mut Findings) -> bool {
    let limit = limit(max_bytes);
    if bytes > limit {
        findings.add(problem::json_too_large(bytes, limit), String::new(), None);
    }
    bytes <= limit
}

/// Reads a document, adding to `findings`. `None` if reading had to end.
///
/// In strict reading, what lenient reading would accept is an error and reading goes on.
pub(crate) fn read<'a>(
    source: &Source<'a>,
    lenient: bool,
    findings: &mut Findings,
) -> Option<Document<'a>> {
    if source.is_empty() {
        findings.add(problem::json_empty(), String::new(), Some(0..0));
        return None;
    }
    let parser = Parser {
        source: *source,
        bytes: source.sound(),
        at: 0,
        steps: Vec::with_capacity(MEMBERS),
        spare: Vec::new(),
        lenient,
        cuts: Vec::new(),
        findings,
    };
    parser.document().ok()
}

pub(super) struct Parser<'a, 'f> {
    pub(super) source: Source<'a>,
    /// The well-formed beginning of the source.
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    steps: Vec<Step<'a>>,
    /// Of objects that were read, for those to come.
    spare: Vec<Keys<'a>>,
    lenient: bool,
    cuts: Vec<Range<usize>>,
    findings: &'f mut Findings,
}

impl<'a> Parser<'a, '_> {
    fn document(mut self) -> Read<Document<'a>> {
        if self.bytes.starts_with(b"\xEF\xBB\xBF") {
            self.at = 3;
            self.oddity(problem::json_byte_order_mark, 0..3);
        }
        self.space()?;
        let root = self.value(1, true)?;
        self.end()?;
        Ok(Document {
            root,
            cuts: self.cuts,
        })
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// White space and comments.
    fn space(&mut self) -> Read<()> {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                Some(b'/') if self.comment()? => {}
                _ => return Ok(()),
            }
        }
    }

    /// Reads a comment; `false` if the slash begins none.
    fn comment(&mut self) -> Read<bool> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = match rest.get(1) {
            Some(b'/') => rest
                .iter()
                .position(|byte| matches!(byte, b'\n' | b'\r'))
                .unwrap_or(rest.len()),
            Some(b'*') => {
                let inside = rest.get(2..).unwrap_or_default();
                let Some(close) = inside.windows(2).position(|pair| pair == b"*/") else {
                    self.at = self.bytes.len();
                    return Err(self.fail_here(Token::EndOfComment));
                };
                close + 4
            }
            _ => return Ok(false),
        };
        let place = self.at..self.at + length;
        self.at = place.end;
        self.cut(place.clone());
        self.oddity(problem::json_comment, place);
        Ok(true)
    }

    /// NUL bytes, white space and comments up to the end of the text.
    fn end(&mut self) -> Read<()> {
        loop {
            self.space()?;
            let start = self.at;
            while self.peek() == Some(0) {
                self.at += 1;
            }
            let place = start..self.at;
            if place.is_empty() {
                break;
            }
            self.oddity(|| problem::json_trailing_nul(place.len()), place.clone());
        }
        if self.peek().is_some() || self.source.unsound().is_some() {
            return Err(self.fail_here(Token::EndOfText));
        }
        Ok(())
    }

    /// Reads a value. `keep`: its members are wanted.
    fn value(&mut self, depth: usize, keep: bool) -> Read<Node<'a>> {
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.object(depth, keep)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.literal("true", Value::Bool(true))?,
            Some(b'f') => self.literal("false", Value::Bool(false))?,
            Some(b'n') => self.literal("null", Value::Null)?,
            _ => return Err(self.fail_here(Token::Value)),
        };
        Ok(Node {
            value,
            place: start..self.at,
        })
    }

    #[inline]
    fn literal(&mut self, word: &'static str, value: Value<'a>) -> Read<Value<'a>> {
        for expected in word.bytes() {
            if self.peek() != Some(expected) {
                return Err(self.fail_here(Token::Literal(word)));
            }
            self.at += 1;
        }
        Ok(value)
    }

    fn number(&mut self) -> Read<Value<'a>> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(Value::Number)
    }

    #[inline]
    fn digits(&mut self) -> Read<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start {
            Err(self.fail_here(Token::Digit))
        } else {
            Ok(())
        }
    }

    /// Enters a `{` or `[`.
    #[inline]
    fn enter(&mut self, depth: usize) -> Read<()> {
        let start = self.at;
        if depth > MAX_DEPTH {
            return Err(self.refuse(problem::json_too_deep(MAX_DEPTH), start..start + 1));
        }
        self.at += 1;
        self.space()
    }

    fn array(&mut self, depth: usize) -> Read<Value<'a>> {
        self.enter(depth)?;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::Array);
        }
        for index in 0.. {
            self.steps.push(Step::Index(index));
            self.value(depth + 1, false)?;
            self.steps.pop();
            if self.after_element(b']', Token::CommaOrBracket)? {
                break;
            }
        }
        Ok(Value::Array)
    }

    fn object(&mut self, depth: usize, keep: bool) -> Read<Value<'a>> {
        self.enter(depth)?;
        let mut members = Vec::new();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Object(members));
        }
        if keep {
            members.reserve(MEMBERS);
        }
        let mut known = 0;
        let mut keys = self.spare.pop().unwrap_or_default();
        let mut expected = Token::KeyOrEnd;
        loop {
            let (key, key_place) = self.key(expected)?;
            expected = Token::Key;
            let id = if keep { Name::named(&key) } else { None };
            let is_new = match id {
                Some(id) => known & id.bit() == 0,
                None => keys.add(key.clone()),
            };
            known |= id.map_or(0, Name::bit);
            if !is_new {
                let problem = problem::json_duplicate_key(&key);
                self.steps.push(Step::Key(key));
                return Err(self.refuse(problem, key_place));
            }
            if keys.len() + known.count_ones() as usize > MAX_KEYS {
                return Err(self.refuse(problem::json_too_many_keys(MAX_KEYS), key_place));
            }
            self.colon()?;
            let keep_inside = depth == 1 && id == Some(Name::Data);
            self.steps.push(Step::Key(key.clone()));
            let node = self.value(depth + 1, keep_inside)?;
            self.steps.pop();
            if keep {
                members.push(Member {
                    id,
                    key,
                    key_place,
                    node,
                });
            }
            if self.after_element(b'}', Token::CommaOrBrace)? {
                keys.clear();
                self.spare.push(keys);
                return Ok(Value::Object(members));
            }
        }
    }

    /// Reads a key; gives it and its place.
    fn key(&mut self, expected: Token) -> Read<(Cow<'a, str>, Range<usize>)> {
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.fail_here(expected));
        }
        let key = self.string()?;
        Ok((key, start..self.at))
    }

    /// Reads a colon, up to the value.
    fn colon(&mut self) -> Read<()> {
        self.space()?;
        if self.peek() != Some(b':') {
            return Err(self.fail_here(Token::Colon));
        }
        self.at += 1;
        self.space()
    }

    /// After a member or item: `true` at the end of its container, `false` where another follows.
    fn after_element(&mut self, close: u8, expected: Token) -> Read<bool> {
        self.space()?;
        let comma = self.at..self.at + 1;
        match self.peek() {
            Some(b',') => self.at += 1,
            Some(byte) if byte == close => {
                self.at += 1;
                return Ok(true);
            }
            _ => return Err(self.fail_here(expected)),
        }
        self.space()?;
        let trailing = self.peek() == Some(close);
        if trailing {
            self.at += 1;
            self.oddity(
                || problem::json_trailing_comma(close == b'}'),
                comma.clone(),
            );
            self.cut(comma);
        }
        Ok(trailing)
    }

    /// Something that lenient reading accepts. In strict reading an error, after which reading goes on.
    fn oddity(&mut self, problem: impl FnOnce() -> Problem, place: Range<usize>) {
        let severity = if self.lenient {
            Severity::Warning
        } else {
            Severity::Error
        };
        let steps = &self.steps;
        self.findings
            .add_bounded(severity, || (problem(), pointer_of(steps)), place);
    }

    /// Remembers that the place is no part of the document in the strict sense.
    fn cut(&mut self, place: Range<usize>) {
        if self.lenient {
            // A comma is known to be trailing only behind the comments that follow it.
            let at = self.cuts.partition_point(|cut| cut.start < place.start);
            self.cuts.insert(at, place);
        }
    }

    /// Ends reading with a refusal.
    pub(super) fn refuse(&mut self, problem: Problem, place: Range<usize>) -> Stop {
        self.findings
            .add(problem, pointer_of(&self.steps), Some(place));
        Stop
    }

    /// Ends reading because of what is at the present place, where something else was expected.
    pub(super) fn fail_here(&mut self, expected: Token) -> Stop {
        let start = self.at;
        let found = self.source.text_at(start, LONGEST_WORD);
        let before = start.checked_sub(1).and_then(|at| self.bytes.get(at));
        let after_digit = before.is_some_and(u8::is_ascii_digit);
        let (problem, length) = match (found.chars().next(), self.source.unsound()) {
            (Some(_), _) => (
                problem::json_syntax(&found, expected, after_digit),
                self.source.length_at(start),
            ),
            (None, Some(byte)) => (problem::json_utf8(byte), 1),
            (None, None) => (problem::json_syntax("", expected, false), 0),
        };
        self.refuse(problem, start..start + length)
    }
}
