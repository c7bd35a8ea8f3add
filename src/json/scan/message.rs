//! Command and result (§2–§4): their members in any order, and the rules about them.

use super::Place;
use super::keys::Keys;
use super::known::{ENVELOPE, Field, Fields, Row, Set, Unknown, data_of, rows};
use super::skip::{skip, space};
use super::text::{rest, stop, string, value};
use super::window::{Bytes, Class, WIDTH, Window};
use crate::diagnostic::problem::Level;
use crate::message::field::Rule;
use crate::message::{Kind, TYPE};
use crate::similar::{Letters, near};
use crate::topic::level_problem;
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
    Asker,
}

/// Which field came after which the last time; before and after `data` count as fields too.
type Order = [Field; Field::COUNT + 2];

const AT_START: usize = Field::COUNT;
const AFTER_DATA: usize = Field::COUNT + 1;

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

/// The field that comes after another one in results.
pub(super) fn after(field: Field) -> Field {
    let at = if field == Field::Data {
        AFTER_DATA
    } else {
        field as usize
    };
    const { protocol_order(Kind::Result) }
        .get(at)
        .copied()
        .unwrap_or(Field::Mid)
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
        let seen = members(
            Bytes::new(bytes),
            known,
            order,
            &mut self.keys,
            &mut self.fields,
        )?;
        let fields = &self.fields;
        let good = fields.present & required == required
            && validate::timestamp_is_unremarkable(fields.timestamp, known.now)
            && !has_strays(fields.unknown(), bytes, known.kind, seen);
        good.then_some(())
    }
}

/// The object that is being read.
struct Object {
    /// The fields that may be in it.
    allowed: Set,
    /// Where the keys of its unknown members begin.
    first_key: usize,
}

const ROOT: Object = Object {
    allowed: ENVELOPE,
    first_key: 0,
};

/// Reads the root and its `data`; gives the fields seen, `null` ones too.
#[inline(always)]
fn members(
    bytes: Bytes<'_>,
    known: &Known<'_>,
    order: &mut Order,
    keys: &mut Keys,
    fields: &mut Fields,
) -> Option<Set> {
    let mut object = ROOT;
    let mut before = AT_START;
    let (mut seen, mut absent) = (0, 0);
    keys.close(0);
    let mut at = take(bytes, 0, b'{')?;
    loop {
        let expected = order.get_mut(before)?;
        let row = expected.row();
        let member = if row.is_shown(bytes.windows(at)) {
            Member {
                row: Some(row),
                at: at + row.length,
                is_null: false,
            }
        } else {
            begin(bytes, at, row, &object, keys, fields)?
        };
        at = member.at;
        if let Some(row) = member.row {
            let field = row.field;
            *expected = field;
            if seen & field.bit() != 0 {
                return None;
            }
            seen |= field.bit();
            before = field as usize;
            if member.is_null {
                absent |= field.bit();
            } else {
                let start = at;
                at = match row.rule {
                    Rule::Timestamp => {
                        (fields.timestamp, at) = integer(bytes, space(bytes, at))?;
                        at
                    }
                    Rule::Status => {
                        at = space(bytes, at);
                        fields.status = status(bytes, at)?;
                        at + 1
                    }
                    Rule::Data => {
                        object = Object {
                            allowed: data_of(known.kind),
                            first_key: keys.open(),
                        };
                        at = space(bytes, at);
                        if bytes.byte(at) != b'}' {
                            continue;
                        }
                        at
                    }
                    Rule::Mid | Rule::Reply => mid(bytes, at)?,
                    Rule::Type => {
                        let end = at + TYPE.len();
                        (bytes.part(at, end) == TYPE.as_bytes()).then_some(end)?
                    }
                    rule => {
                        let end = stop(bytes, at);
                        if bytes.byte(end) != b'"' {
                            unusual(bytes, at, end, row, known, fields)?
                        } else {
                            obeys(bytes.part(at, end), rule, known).then_some(end)?
                        }
                    }
                };
                if row.opening == b'"' {
                    if bytes.byte(at) != b'"' {
                        return None;
                    }
                    if let Some(place) = fields.strings.get_mut(field as usize) {
                        *place = Place::new(start, at);
                    }
                    at += 1;
                }
            }
        }
        // The end of a member; after the last one of `data`, that is the end of `data` itself.
        loop {
            match bytes.byte(at) {
                b',' => break,
                b'}' if object.allowed == ENVELOPE => {
                    fields.present = seen & !absent;
                    return (space(bytes, at + 1) == bytes.len()).then_some(seen);
                }
                b'}' => {
                    keys.close(object.first_key);
                    object = ROOT;
                    before = AFTER_DATA;
                }
                b' ' | b'\n' | b'\r' | b'\t' => {}
                _ => return None,
            }
            at += 1;
        }
        at += 1;
    }
}

/// Steps over `byte`, and white space around it.
#[inline]
fn take(bytes: Bytes<'_>, at: usize, byte: u8) -> Option<usize> {
    let at = space(bytes, at);
    (bytes.byte(at) == byte).then(|| space(bytes, at + 1))
}

/// A member whose key was read.
struct Member {
    /// `None` if the protocol does not name it; then `at` is the place after it.
    row: Option<&'static Row>,
    /// Where its value begins, after its quote or brace; of `null`, where it ends.
    at: usize,
    /// Whether it is `null` and may be, which counts as absent (§2); for a required field that then shows.
    is_null: bool,
}

/// Reads the beginning of a member that is not just as expected.
#[inline(never)]
fn begin(
    bytes: Bytes<'_>,
    at: usize,
    expected: &'static Row,
    object: &Object,
    keys: &mut Keys,
    fields: &mut Fields,
) -> Option<Member> {
    let at = space(bytes, at);
    let windows = bytes.windows(at);
    let shown = |row: &'static Row| Some((row, row.key_shown(windows)?));
    let Some((row, length)) = shown(expected).or_else(|| rows(object.allowed).find_map(shown))
    else {
        return unknown(bytes, at, object, keys, fields);
    };
    let at = take(bytes, at + length, b':')?;
    let is_null = row.opening == b'"' && bytes.part(at, at + 4) == b"null";
    let at = if is_null {
        at + 4
    } else if row.opening == 0 {
        at
    } else {
        (bytes.byte(at) == row.opening).then_some(at + 1)?
    };
    Some(Member {
        row: Some(row),
        at,
        is_null,
    })
}

/// Reads a member that the protocol does not name. Escaped keys are rare: not sure.
#[cold]
#[inline(never)]
fn unknown(
    bytes: Bytes<'_>,
    at: usize,
    object: &Object,
    keys: &mut Keys,
    fields: &mut Fields,
) -> Option<Member> {
    if bytes.byte(at) != b'"' {
        return None;
    }
    let key = string(bytes, at + 1)?;
    if key.escaped {
        return None;
    }
    let end = key.place.end as usize;
    keys.add(object.first_key, bytes, key.place)?;
    let in_data = object.allowed != ENVELOPE;
    let at = take(bytes, end + 1, b':')?;
    let value = skip(bytes, at, 1 + usize::from(in_data), keys)?;
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
    Some(Member {
        row: None,
        at: value.place.end as usize,
        is_null: false,
    })
}

/// Whether there is nothing to say about the plain string of a field. Empty ones are worth a word or are
/// errors.
#[inline(always)]
fn obeys(text: &[u8], rule: Rule, known: &Known<'_>) -> bool {
    match rule {
        Rule::Level(level) => is_level(text, level, known),
        Rule::Url => validate::url_is_unremarkable(text),
        Rule::Md5 => validate::md5_is_unremarkable(text),
        _ => !text.is_empty(),
    }
}

/// Goes on with a string that has escapes or characters beyond ASCII; gives its end.
#[cold]
#[inline(never)]
fn unusual(
    bytes: Bytes<'_>,
    start: usize,
    stop: usize,
    row: &Row,
    known: &Known<'_>,
    fields: &mut Fields,
) -> Option<usize> {
    let text = rest(bytes, start, stop)?;
    let end = text.place.end as usize;
    let bit = row.field.bit();
    if text.wide {
        fields.wide |= bit;
    }
    let good = if text.escaped {
        fields.escaped |= bit;
        // Most fields may hold any text that is not empty, as this is not.
        matches!(row.rule, Rule::Text | Rule::Target)
            || obeys(value(bytes, text.place)?.as_bytes(), row.rule, known)
    } else {
        obeys(bytes.part(start, end), row.rule, known)
    };
    good.then_some(end)
}

/// Whether there is nothing to say about a topic level.
#[inline(never)]
fn is_level(text: &[u8], level: Level, known: &Known<'_>) -> bool {
    match (level, known.device) {
        (Level::DeviceUid, Device::Of(device)) => text == device.as_bytes(),
        (Level::DeviceUid, Device::Asker) => true,
        _ => std::str::from_utf8(text).is_ok_and(|text| level_problem(level, text).is_none()),
    }
}

/// Reads a message id, as `Mid::parse` tells it; gives its end.
#[inline(always)]
fn mid(bytes: Bytes<'_>, at: usize) -> Option<usize> {
    const DIGITS: Class = Class::new(b"0123456789abcdefABCDEF");
    const DASHES: [u32; 2] = [1 << 8 | 1 << 13, 1 << (18 - WIDTH) | 1 << (23 - WIDTH)];
    const LENGTH: usize = 36;
    let part = |window: Window, dashes: u32| {
        window.of(&DIGITS) == 0xFFFF ^ dashes && window.equal(b'-') == dashes
    };
    let [first, second] = bytes.windows(at);
    // The last four digits, with what comes before them.
    let last = bytes.window(at + LENGTH - WIDTH).of(&DIGITS) >> (WIDTH - 4);
    let [first_dashes, second_dashes] = DASHES;
    (part(first, first_dashes) && part(second, second_dashes) && last == 0xF).then_some(at + LENGTH)
}

/// Reads a positive integer of at most 16 digits. Whatever else is a number is rare here: not sure.
fn integer(bytes: Bytes<'_>, at: usize) -> Option<(u64, usize)> {
    const DIGITS: Class = Class::new(b"0123456789");
    let count = (!bytes.window(at).of(&DIGITS)).trailing_zeros() as usize;
    let end = at + count;
    if count == 0 || bytes.byte(at) == b'0' || !is_after_number(bytes.byte(end)) {
        return None;
    }
    // The last eight digits, and those before them with zeros in front.
    let first = bytes.word(at);
    let number = match count {
        ..=8 => eight_digits(first << (8 * (8 - count))),
        _ => {
            let before = eight_digits(first << (8 * (16 - count)));
            before * 100_000_000 + eight_digits(bytes.word(end - 8))
        }
    };
    Some((number, end))
}

/// The number that eight digits make; zero bytes count as zeros.
fn eight_digits(word: u64) -> u64 {
    const PAIR: u64 = 0x0000_00FF_0000_00FF;
    let digits = word & 0x0F0F_0F0F_0F0F_0F0F;
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let even = (pairs & PAIR).wrapping_mul(100 + (1_000_000 << 32));
    let odd = (pairs >> 16 & PAIR).wrapping_mul(1 + (10_000 << 32));
    even.wrapping_add(odd) >> 32
}

/// Reads a status.
fn status(bytes: Bytes<'_>, at: usize) -> Option<u32> {
    let digit = bytes.byte(at);
    (matches!(digit, b'1'..=b'6') && is_after_number(bytes.byte(at + 1)))
        .then_some(u32::from(digit & 0xF))
}

/// Whether a number that has been digits so far may end before a byte.
fn is_after_number(byte: u8) -> bool {
    !matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E')
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
