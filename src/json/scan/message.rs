//! Command and result (§2–§4): their members in any order, and the rules about them.

use super::Place;
use super::keys::Keys;
use super::known::{ENVELOPE, FIELDS, Field, Fields, Set, Unknown, data_of, rows};
use super::skip::{skip, space};
use super::text::{Text, string, unescape};
use super::window::{Class, WIDTH, Window};
use crate::diagnostic::problem::Level;
use crate::message::field::Rule;
use crate::message::{Kind, TYPE};
use crate::similar::{Letters, near};
use crate::topic::check_level;
use crate::validate;

/// What is known besides the payload.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) kind: Kind,
    pub(crate) device: Device<'a>,
    /// The present time, Unix milliseconds.
    pub(crate) now: Option<u64>,
}

/// What `device_uid` has to be.
#[derive(Clone, Copy)]
pub(crate) enum Device<'a> {
    /// Any topic level.
    Any,
    /// The device level of a valid topic.
    Of(&'a str),
    /// The same; who asks compares it.
    #[cfg(feature = "wasm")]
    Asker,
}

/// Which field came after which the last time; before and after `data` count as fields too.
type Order = [Field; FIELDS + 2];

const AT_START: usize = FIELDS;
const AFTER_DATA: usize = FIELDS + 1;

/// The protocol's own order, to begin with.
const fn protocol_order(kind: Kind) -> Order {
    use Field::{
        Data, DeviceUid, DownloadUrl, FinalCommitSha, FinalVersion, Md5Code, Mid, Reply, Source,
        Status, TargetCommitSha, TargetVersion, Timestamp, TraceId, Type, Version,
    };
    let after_source = match kind {
        Kind::Command => DownloadUrl,
        Kind::Result => Version,
    };
    // After: the strings in their order, then type, timestamp, data, status; at the start, after data.
    [
        Type,
        Timestamp,
        Timestamp,
        Reply,
        Mid,
        after_source,
        TargetVersion,
        TargetCommitSha,
        FinalVersion,
        FinalCommitSha,
        Status,
        Md5Code,
        Source,
        DeviceUid,
        Data,
        Source,
        Source,
        Mid,
        TraceId,
    ]
}

/// Reads messages, one after another.
pub struct Scanner {
    commands: Order,
    results: Order,
    keys: Keys,
    pub(crate) fields: Fields,
}

impl Default for Scanner {
    fn default() -> Scanner {
        Scanner {
            commands: const { protocol_order(Kind::Command) },
            results: const { protocol_order(Kind::Result) },
            keys: Keys::default(),
            fields: Fields::default(),
        }
    }
}

const EVERY_MESSAGE: Set = Field::Mid.bit()
    | Field::Type.bit()
    | Field::DeviceUid.bit()
    | Field::Timestamp.bit()
    | Field::Data.bit();
const EVERY_COMMAND: Set =
    EVERY_MESSAGE | Field::Source.bit() | Field::DownloadUrl.bit() | Field::Md5Code.bit();

impl Scanner {
    /// Reads a message. `None`: not sure; else it is valid, there is no warning about it, and `fields`
    /// say where everything is.
    pub(crate) fn scan(&mut self, bytes: &[u8], known: &Known<'_>) -> Option<()> {
        u32::try_from(bytes.len()).ok()?;
        self.fields.reset();
        let (order, required) = match known.kind {
            Kind::Command => (&mut self.commands, EVERY_COMMAND),
            Kind::Result => (&mut self.results, EVERY_MESSAGE),
        };
        let seen = members(bytes, known, order, &mut self.keys, &mut self.fields)?;
        let fields = &self.fields;
        let good = fields.present & required == required
            && validate::timestamp_is_unremarkable(fields.timestamp, known.now)
            && !has_strays(fields.unknown(), bytes, known.kind, seen);
        good.then_some(())
    }
}

/// Reads the root and its `data`; gives the fields seen, `null` ones too.
#[inline(always)]
fn members(
    bytes: &[u8],
    known: &Known<'_>,
    order: &mut Order,
    keys: &mut Keys,
    fields: &mut Fields,
) -> Option<Set> {
    let mut at = take(bytes, 0, b'{')?;
    let mut allowed = ENVELOPE;
    let mut first_key = 0;
    let mut before = AT_START;
    let (mut seen, mut absent) = (0, 0);
    keys.close(0);
    loop {
        at = next(bytes, at);
        let windows = [Window::at(bytes, at), Window::at(bytes, at + WIDTH)];
        let expected = order.get_mut(before)?;
        let mut row = expected.row();
        let mut is_known = row.shared(windows) >= row.length;
        if is_known {
            at = next(bytes, at + row.length);
        } else if let Some(found) = rows(allowed).find(|row| row.shared(windows) + 1 >= row.length)
        {
            (row, is_known) = (found, true);
            *expected = row.field;
            at = next(bytes, take(bytes, at + row.length - 1, b':')?);
        }
        if is_known {
            let field = row.field;
            if seen & field.bit() != 0 {
                return None;
            }
            seen |= field.bit();
            before = field as usize;
            match row.rule {
                Rule::Timestamp => (fields.timestamp, at) = integer(bytes, at)?,
                Rule::Status => (fields.status, at) = status(bytes, at)?,
                Rule::Data => {
                    at = next(bytes, take(bytes, at, b'{')?);
                    allowed = data_of(known.kind);
                    first_key = keys.open();
                    if bytes.get(at)? != &b'}' {
                        continue;
                    }
                }
                _ if bytes.get(at)? != &b'"' => {
                    // `null` is absent (§2), which for a required field then shows.
                    bytes.get(at..)?.strip_prefix(b"null")?;
                    absent |= field.bit();
                    at += 4;
                }
                rule => {
                    let text = string(bytes, at)?;
                    at = text.place.end as usize + 1;
                    // Empty ones are worth a word or are errors.
                    let good = text.place.start != text.place.end
                        && if text.escaped | text.wide {
                            note(fields, field, &text);
                            obeys_unusual(bytes, &text, rule, known)
                        } else {
                            obeys(bytes, text.place, rule, known)
                        };
                    if !good {
                        return None;
                    }
                    *fields.strings.get_mut(field as usize)? = text.place;
                }
            }
        } else {
            at = unknown(bytes, at, allowed, first_key, keys, fields)?;
        }
        // The end of a member; after the last one of `data`, that is the end of `data` itself.
        loop {
            at = next(bytes, at);
            match (bytes.get(at)?, allowed) {
                (b',', _) => break,
                (b'}', ENVELOPE) => {
                    fields.present = seen & !absent;
                    return (space(bytes, at + 1) == bytes.len()).then_some(seen);
                }
                (b'}', _) => {
                    keys.close(first_key);
                    (allowed, before, first_key) = (ENVELOPE, AFTER_DATA, 0);
                }
                _ => return None,
            }
            at += 1;
        }
        at += 1;
    }
}

/// Steps over white space.
#[inline(always)]
fn next(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(..=b' ') => space(bytes, at),
        _ => at,
    }
}

/// Steps over `byte`, and white space before it.
#[inline(always)]
fn take(bytes: &[u8], at: usize, byte: u8) -> Option<usize> {
    let at = next(bytes, at);
    (bytes.get(at)? == &byte).then_some(at + 1)
}

#[cold]
fn note(fields: &mut Fields, field: Field, text: &Text) {
    if text.escaped {
        fields.escaped |= field.bit();
    }
    if text.wide {
        fields.wide |= field.bit();
    }
}

/// Whether there is nothing to say about the plain string of a field.
#[inline(always)]
fn obeys(bytes: &[u8], place: Place, rule: Rule, known: &Known<'_>) -> bool {
    match rule {
        Rule::Mid | Rule::Reply => is_mid(bytes, place),
        Rule::Type => place.of(bytes) == TYPE.as_bytes(),
        Rule::Level(_) => is_level(place.of(bytes), rule, known),
        Rule::Url => validate::url_is_unremarkable(place.of(bytes)),
        Rule::Md5 => validate::md5_is_unremarkable(place.of(bytes)),
        _ => true,
    }
}

/// The same for a string with escapes or characters beyond ASCII.
#[cold]
#[inline(never)]
fn obeys_unusual(bytes: &[u8], text: &Text, rule: Rule, known: &Known<'_>) -> bool {
    let unescaped;
    let value = if text.escaped {
        unescaped = unescape(bytes, text.place).unwrap_or_default();
        unescaped.as_bytes()
    } else {
        text.place.of(bytes)
    };
    match rule {
        // Not sure: nobody escapes a hexadecimal digit.
        Rule::Mid | Rule::Reply | Rule::Type | Rule::Md5 => false,
        Rule::Level(_) => is_level(value, rule, known),
        Rule::Url => validate::url_is_unremarkable(value),
        _ => true,
    }
}

/// Whether there is nothing to say about a topic level.
#[inline(never)]
fn is_level(text: &[u8], rule: Rule, known: &Known<'_>) -> bool {
    match (rule, known.device) {
        (Rule::Level(Level::DeviceUid), Device::Of(device)) => text == device.as_bytes(),
        #[cfg(feature = "wasm")]
        (Rule::Level(Level::DeviceUid), Device::Asker) => true,
        _ => {
            std::str::from_utf8(text).is_ok_and(|text| check_level(Level::DeviceUid, text).is_ok())
        }
    }
}

/// Whether a string is a message id, as `Mid::parse` tells it.
#[inline(always)]
fn is_mid(bytes: &[u8], place: Place) -> bool {
    const DIGITS: Class = Class::new(b"0123456789abcdefABCDEF");
    const DASHES: [u32; 2] = [1 << 8 | 1 << 13, 1 << (18 - WIDTH) | 1 << (23 - WIDTH)];
    let start = place.start as usize;
    let part = |window: Window, dashes: u32| {
        window.of(&DIGITS) == 0xFFFF ^ dashes && window.equal(b'-') == dashes
    };
    let [first, second] = DASHES;
    place.end - place.start == 36
        && part(Window::at(bytes, start), first)
        && part(Window::at(bytes, start + WIDTH), second)
        // The last four digits, with what comes before them.
        && Window::at(bytes, start + 36 - WIDTH).of(&DIGITS) >> 12 == 0xF
}

/// Reads a positive integer of at most 16 digits. Whatever else is a number is rare here: not sure.
fn integer(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    const DIGITS: Class = Class::new(b"0123456789");
    let count = (!Window::at(bytes, at).of(&DIGITS)).trailing_zeros() as usize;
    let end = at + count;
    if bytes.get(at) == Some(&b'0') || !is_after_number(bytes, end) {
        return None;
    }
    let word = |at: usize, count: usize| {
        let digits = bytes.get(at..at + count)?.iter();
        Some(digits.fold(0, |number, digit| number * 10 + u64::from(digit & 0xF)))
    };
    word(at, count)
        .filter(|_| count > 0)
        .map(|number| (number, end))
}

/// Reads a status; 0 is none.
fn status(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let digit = bytes.get(at).filter(|digit| matches!(digit, b'1'..=b'6'))?;
    is_after_number(bytes, at + 1).then_some((u32::from(digit & 0xF), at + 1))
}

/// Whether a number that has been digits so far ends there.
fn is_after_number(bytes: &[u8], at: usize) -> bool {
    !matches!(bytes.get(at), Some(b'0'..=b'9' | b'.' | b'e' | b'E'))
}

/// Reads a member that the protocol does not name; gives the place after it. Escaped keys are rare:
/// not sure.
#[cold]
#[inline(never)]
fn unknown(
    bytes: &[u8],
    at: usize,
    allowed: Set,
    first_key: usize,
    keys: &mut Keys,
    fields: &mut Fields,
) -> Option<usize> {
    if bytes.get(at)? != &b'"' {
        return None;
    }
    let key = string(bytes, at)?;
    if key.escaped {
        return None;
    }
    keys.add(first_key, key.place.of(bytes))?;
    let in_data = allowed != ENVELOPE;
    let at = take(bytes, key.place.end as usize + 1, b':')?;
    let value = skip(bytes, next(bytes, at), 1 + usize::from(in_data), keys)?;
    let flags = [
        (in_data, Unknown::IN_DATA),
        (value.plain, Unknown::PLAIN),
        (key.wide, Unknown::WIDE_KEY),
        (value.wide, Unknown::WIDE_VALUE),
    ];
    let flags = flags
        .into_iter()
        .fold(0, |flags, (is, flag)| flags | if is { flag } else { 0 });
    fields.add(Unknown::new(key.place, value.place, flags))?;
    Some(value.place.end as usize)
}

/// Whether an unknown member may mean a field that is missing.
fn has_strays(unknown: &[Unknown], bytes: &[u8], kind: Kind, seen: Set) -> bool {
    unknown.iter().any(|unknown| {
        let key = unknown.key.text(bytes);
        let letters = Letters::of(key);
        let data = data_of(kind);
        let (here, there) = if unknown.is(Unknown::IN_DATA) {
            (data, ENVELOPE)
        } else {
            (ENVELOPE, data)
        };
        rows(here & !seen).any(|row| letters.may_be_near(row.letters) && near(key, row.name))
            || rows(there & !seen).any(|row| row.name == key)
    })
}
