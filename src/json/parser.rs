//! The grammar (RFC 8259), the refusals, and what lenient reading allows.

use std::borrow::Cow;
use std::ops::Range;

use super::keys::Keys;
use super::scan::key_at;
use super::{
    DEFAULT_MAX_BYTES, Document, GREATEST_MAX_BYTES, MAX_KEYS, Member, Node, Source, Value, path,
};
use crate::diagnostic::Severity;
use crate::diagnostic::findings::{Findings, Path};
use crate::diagnostic::problem::{self, Problem, Token};
use crate::message::field::Name;

/// Room for the members that most objects have.
const MEMBERS: usize = 8;

/// How many characters from a wrong one on are looked at for a hint.
const LONGEST_WORD: usize = 40;

/// Reading cannot go on; the reason is among the findings.
pub(super) struct Stop;

pub(super) type Read<T> = Result<T, Stop>;

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
        findings.add(&problem::json_too_large(bytes, limit), Path::Text(""), None);
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
        findings.add(&problem::json_empty(), Path::Text(""), Some(0..0));
        return None;
    }
    let parser = Parser {
        source: *source,
        bytes: source.sound(),
        at: 0,
        steps: Vec::new(),
        keys: Vec::new(),
        objects: 0,
        lenient,
        cuts: Vec::new(),
        pointer: Pointer::default(),
        findings,
    };
    parser.document().ok()
}

pub(super) struct Parser<'a, 'f> {
    pub(super) source: Source<'a>,
    /// The well-formed beginning of the source.
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    /// From the root into what is being read: one for each container that is open.
    pub(super) steps: Vec<Step>,
    /// By their depth, of the objects that are open; behind them, room for those to come.
    pub(super) keys: Vec<Keys>,
    /// How many objects are open.
    pub(super) objects: usize,
    lenient: bool,
    cuts: Vec<Range<usize>>,
    pointer: Pointer,
    findings: &'f mut Findings,
}

/// The pointer of the last finding. The next one mostly begins as that does, so that no key is read again and again.
#[derive(Default)]
struct Pointer {
    text: String,
    /// Each with the length of the text up to there.
    steps: Vec<(Step, usize)>,
    /// Whether there is no room for the last of them.
    ended: bool,
}

/// One step into a document.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Step {
    /// To the member with the key at this place, quotes included.
    Key { start: usize, end: usize },
    /// To an item.
    Index(usize),
}

impl<'a> Parser<'a, '_> {
    fn document(mut self) -> Read<Document<'a>> {
        if self.bytes.starts_with(b"\xEF\xBB\xBF") {
            self.at = 3;
            self.oddity(problem::json_byte_order_mark, 0..3)?;
        }
        self.at = self.space(self.at)?;
        let root = self.value(true)?;
        self.end()?;
        Ok(Document {
            root,
            cuts: self.cuts,
        })
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Steps over white space and comments from `at` on; gives the place behind them.
    #[inline(always)]
    pub(super) fn space(&mut self, at: usize) -> Read<usize> {
        match self.bytes.get(at) {
            Some(..=b' ' | b'/') => self.all_space(at, false),
            _ => Ok(at),
        }
    }

    /// The same between the members or items of the innermost container.
    #[inline(always)]
    pub(super) fn space_behind(&mut self, at: usize) -> Read<usize> {
        match self.bytes.get(at) {
            Some(..=b' ' | b'/') => self.all_space(at, true),
            _ => Ok(at),
        }
    }

    #[inline(never)]
    fn all_space(&mut self, mut at: usize, behind: bool) -> Read<usize> {
        loop {
            match self.bytes.get(at) {
                Some(b' ' | b'\t' | b'\n' | b'\r') => at += 1,
                Some(b'/') => {
                    self.at = at;
                    // It is no part of the member or item before it.
                    let step = if behind { self.steps.pop() } else { None };
                    let is_comment = self.comment()?;
                    self.steps.extend(step);
                    if !is_comment {
                        return Ok(at);
                    }
                    at = self.at;
                }
                _ => return Ok(at),
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
        self.oddity(problem::json_comment, place)?;
        Ok(true)
    }

    /// NUL bytes, white space and comments up to the end of the text.
    fn end(&mut self) -> Read<()> {
        loop {
            self.at = self.space(self.at)?;
            let start = self.at;
            while self.peek() == Some(0) {
                self.at += 1;
            }
            let place = start..self.at;
            if place.is_empty() {
                break;
            }
            self.oddity(|| problem::json_trailing_nul(place.len()), place.clone())?;
        }
        if self.peek().is_some() || self.source.unsound().is_some() {
            return Err(self.fail_here(Token::EndOfText));
        }
        Ok(())
    }

    /// Reads a value. `keep`: its members are wanted.
    fn value(&mut self, keep: bool) -> Read<Node<'a>> {
        let start = self.at;
        let first = self.peek();
        let value = match first {
            Some(b'{') if keep => Value::Object(self.members()?),
            Some(b'"') => Value::String(match self.plain_string(start) {
                Some(end) => {
                    self.at = end;
                    Cow::Borrowed(self.source.text(start + 1..end - 1))
                }
                None => self.string()?,
            }),
            _ => {
                self.at = self.pass(start)?;
                match first {
                    Some(b'{') => Value::Object(Vec::new()),
                    Some(b'[') => Value::Array,
                    Some(b't') => Value::Bool(true),
                    Some(b'f') => Value::Bool(false),
                    Some(b'n') => Value::Null,
                    _ => Value::Number,
                }
            }
        };
        Ok(Node {
            value,
            place: start..self.at,
        })
    }

    /// Reads the members of an object that are wanted: of the root, and of its `data`. Keys that the protocol names
    /// occur twice if their names do; the others are kept in [`Keys`].
    fn members(&mut self) -> Read<Vec<Member<'a>>> {
        let is_root = self.steps.is_empty();
        let mut members = Vec::new();
        self.at = self.enter(self.at)?;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(members);
        }
        members.reserve(MEMBERS);
        let mut expected = Token::KeyOrEnd;
        let mut named = 0;
        let mut next = if is_root { Name::Mid } else { Name::Source };
        self.open_keys();
        loop {
            let start = self.at;
            let (key, id) = if let Some((name, text)) = key_at(self.bytes, start, &mut next) {
                self.at = start + text.len() + 2;
                (Cow::Borrowed(text), Some(name))
            } else {
                self.at = start;
                let key = self.key(expected)?;
                let id = Name::named(&key);
                (key, id)
            };
            let key_place = start..self.at;
            let is_new = match id {
                Some(name) => named & name.bit() == 0,
                None => {
                    let escaped = matches!(key, Cow::Owned(_)).then_some(&*key);
                    self.add_key(&key_place, escaped) > 0
                }
            };
            if !is_new || members.len() >= MAX_KEYS {
                return Err(self.refuse_key(key_place, !is_new));
            }
            named |= id.map_or(0, Name::bit);
            self.at = self.colon(start, self.at)?.get();
            let node = self.value(is_root && id == Some(Name::Data))?;
            self.steps.pop();
            members.push(Member {
                id,
                key,
                key_place,
                node,
            });
            self.at = self.space(self.at)?;
            let comma = self.at;
            match self.peek() {
                Some(b',') => self.at = self.space(comma + 1)?,
                Some(b'}') => {
                    self.at += 1;
                    self.close_keys();
                    return Ok(members);
                }
                _ => return Err(self.fail_here(Token::CommaOrBrace)),
            }
            if self.peek() == Some(b'}') {
                self.at += 1;
                self.trailing_comma(comma, true)?;
                self.close_keys();
                return Ok(members);
            }
            expected = Token::Key;
        }
    }

    /// Reads a key.
    fn key(&mut self, expected: Token) -> Read<Cow<'a, str>> {
        if self.peek() == Some(b'"') {
            self.string()
        } else {
            Err(self.fail_here(expected))
        }
    }

    /// What the key at `start` is, which was read.
    pub(super) fn text_of_key(&mut self, start: usize) -> Cow<'a, str> {
        let at = std::mem::replace(&mut self.at, start);
        let text = self.string();
        self.at = at;
        text.unwrap_or_default()
    }

    /// Moves the pointer to where the parser is, or to the nearest enclosing value whose pointer is not too long.
    fn move_pointer(&mut self) {
        /// The most bytes that stand for one: `\u0041`.
        const LONGEST_ESCAPE: usize = 6;
        let mut pointer = std::mem::take(&mut self.pointer);
        let last = pointer.steps.iter().zip(&self.steps);
        let same = last.take_while(|((last, _), step)| last == *step).count();
        // Where the last one has not ended early already.
        if pointer.steps.get(same).is_some() || !pointer.ended {
            pointer.steps.truncate(same);
            let length = pointer.steps.last().map_or(0, |(_, length)| *length);
            pointer.text.truncate(length);
            pointer.ended = false;
            for at in same..self.steps.len() {
                let Some(&step) = self.steps.get(at) else {
                    break;
                };
                let fits = match step {
                    Step::Index(index) => path::push(&mut pointer.text, &index.to_string()),
                    Step::Key { start, end } => {
                        end - start <= LONGEST_ESCAPE * path::LONGEST + 2
                            && path::push(&mut pointer.text, &self.text_of_key(start))
                    }
                };
                pointer.steps.push((step, pointer.text.len()));
                if !fits {
                    pointer.ended = true;
                    break;
                }
            }
        }
        self.pointer = pointer;
    }

    /// Something that lenient reading accepts. In strict reading an error, after which reading goes on unless that is
    /// all that anybody wants to know.
    fn oddity(
        &mut self,
        problem: impl FnOnce() -> Problem<'static>,
        place: Range<usize>,
    ) -> Read<()> {
        let severity = if self.lenient {
            Severity::Warning
        } else {
            Severity::Error
        };
        if !self.findings.leaves_out(severity) {
            self.move_pointer();
            let path = Path::Text(&self.pointer.text);
            self.findings
                .add_as(severity, &problem(), path, Some(place));
        } else if self.findings.are_decided() {
            return Err(Stop);
        }
        Ok(())
    }

    /// A comma before the end of an object or array.
    #[inline]
    pub(super) fn trailing_comma(&mut self, at: usize, in_object: bool) -> Read<()> {
        // Only a warning, which nobody wants to know, and no values to cut it out for.
        if self.lenient && self.findings.are_counted() {
            return Ok(());
        }
        self.tell_trailing_comma(at, in_object)
    }

    #[inline(never)]
    fn tell_trailing_comma(&mut self, at: usize, in_object: bool) -> Read<()> {
        let comma = at..at + 1;
        self.oddity(|| problem::json_trailing_comma(in_object), comma.clone())?;
        self.cut(comma);
        Ok(())
    }

    /// Remembers that the place is no part of the document in the strict sense, where somebody wants the values.
    fn cut(&mut self, place: Range<usize>) {
        if self.lenient && !self.findings.are_counted() {
            // A comma is known to be trailing only behind the comments that follow it.
            let behind = self.cuts.iter().rev();
            let behind = behind.take_while(|cut| cut.start > place.start).count();
            self.cuts.insert(self.cuts.len() - behind, place);
        }
    }

    /// Ends reading with a refusal.
    #[cold]
    #[inline(never)]
    pub(super) fn refuse(&mut self, problem: &Problem<'_>, place: Range<usize>) -> Stop {
        self.move_pointer();
        let path = Path::Text(&self.pointer.text);
        self.findings.add(problem, path, Some(place));
        Stop
    }

    /// Ends reading because of what is at `at`, where something else was expected.
    #[cold]
    #[inline(never)]
    pub(super) fn fail<T>(&mut self, at: usize, expected: Token) -> Read<T> {
        self.at = at;
        Err(self.fail_here(expected))
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
        self.refuse(&problem, start..start + length)
    }
}
