//! The fields that the protocol names, and what a scan found of them.

use std::borrow::Cow;

use super::Place;
use super::message::after;
use super::text::value;
use super::window::{Bytes, WIDTH, Window};
pub(crate) use crate::message::field::Name as Field;
use crate::message::field::{self, Rule};
use crate::message::{CommandData, Envelope, Extra, Kind, Message, Mid, ResultData, Status};
use crate::similar::Letters;

/// How many of the fields are strings whose place is kept.
pub(crate) const STRINGS: usize = Field::Type as usize + 1;

/// The most unknown members; with more, not sure.
pub(crate) const MOST_UNKNOWN: usize = 64;

impl Field {
    pub(super) fn row(self) -> &'static Row {
        // There is a row for every field.
        ROWS.get(self as usize).unwrap_or(&ROWS[0])
    }
}

/// What a scan knows of a field.
#[repr(align(128))]
pub(super) struct Row {
    pub(super) field: Field,
    pub(super) name: &'static str,
    pub(super) rule: Rule,
    pub(super) letters: Letters,
    /// The key as it is written, with quotes and colon, and what its value begins with, zeros after it.
    key: [[u8; WIDTH]; 2],
    /// Ones for each byte of it.
    mask: [[u8; WIDTH]; 2],
    /// The length of that.
    pub(super) length: usize,
    /// The length of the name with its quotes.
    quoted: usize,
    /// What its value begins with: a quote or a brace, 0 for a number.
    pub(super) opening: u8,
}

impl Row {
    #[expect(clippy::indexing_slicing, reason = "happens while compiling")]
    const fn new(known: &field::Field) -> Row {
        let field = known.id;
        let name = known.name.as_bytes();
        let opening = match field {
            Field::Timestamp | Field::Status => 0,
            Field::Data => b'{',
            _ => b'"',
        };
        let quoted = name.len() + 2;
        let length = quoted + 1 + (opening != 0) as usize;
        let (mut key, mut mask) = ([[0; WIDTH]; 2], [[0; WIDTH]; 2]);
        let mut at = 0;
        while at < length {
            mask[at / WIDTH][at % WIDTH] = 0xFF;
            key[at / WIDTH][at % WIDTH] = if at == 0 || at == quoted - 1 {
                b'"'
            } else if at == quoted {
                b':'
            } else if at > quoted {
                opening
            } else {
                name[at - 1]
            };
            at += 1;
        }
        Row {
            field,
            name: known.name,
            rule: known.rule,
            letters: Letters::of(known.name),
            key,
            mask,
            length,
            quoted,
            opening,
        }
    }

    /// Whether the windows show the key, its colon and what its value begins with.
    #[inline(always)]
    pub(super) fn is_shown(&self, windows: [Window; 2]) -> bool {
        Window::show(windows, &self.key, &self.mask)
    }

    /// The length of the key with its quotes, if the windows show that.
    pub(super) fn key_shown(&self, [first, second]: [Window; 2]) -> Option<usize> {
        let [low, high] = &self.key;
        let same = first.same(low) | second.same(high) << WIDTH;
        ((!same).trailing_zeros() as usize >= self.quoted).then_some(self.quoted)
    }
}

/// By the number of the field.
static ROWS: [Row; Field::COUNT] = [
    Row::new(&field::MID),
    Row::new(&field::DEVICE_UID),
    Row::new(&field::SUB_DEVICE_UID),
    Row::new(&field::TRACE_ID),
    Row::new(&field::REPLY),
    Row::new(&field::SOURCE),
    Row::new(&field::VERSION),
    Row::new(&field::TARGET_VERSION),
    Row::new(&field::TARGET_COMMIT_SHA),
    Row::new(&field::FINAL_VERSION),
    Row::new(&field::FINAL_COMMIT_SHA),
    Row::new(&field::DOWNLOAD_URL),
    Row::new(&field::MD5_CODE),
    Row::new(&field::TYPE),
    Row::new(&field::TIMESTAMP),
    Row::new(&field::DATA),
    Row::new(&field::STATUS),
];

/// The field whose key, written without escapes, is at `at`, and its name. `next` is tried first, and becomes the
/// field that comes next in the protocol.
#[inline]
pub(in crate::json) fn key_at(
    bytes: &[u8],
    at: usize,
    next: &mut Field,
) -> Option<(Field, &'static str)> {
    let windows = Bytes::new(bytes).windows(at);
    let shown = |row: &&Row| row.key_shown(windows).is_some();
    let expected = Some(next.row()).filter(shown);
    let row = expected.or_else(|| ROWS.iter().find(shown))?;
    *next = after(row.field);
    Some((row.field, row.name))
}

/// Fields, one bit each.
pub(super) type Set = u32;

/// The fields of the envelope (§2).
pub(super) const ENVELOPE: Set = Field::Mid.bit()
    | Field::Type.bit()
    | Field::DeviceUid.bit()
    | Field::SubDeviceUid.bit()
    | Field::Timestamp.bit()
    | Field::Data.bit()
    | Field::TraceId.bit()
    | Field::Reply.bit();

/// The fields of `data` (§3, §4).
pub(super) const fn data_of(kind: Kind) -> Set {
    let own = match kind {
        Kind::Command => Field::DownloadUrl.bit() | Field::Md5Code.bit(),
        Kind::Result => {
            Field::Version.bit()
                | Field::TargetVersion.bit()
                | Field::TargetCommitSha.bit()
                | Field::FinalVersion.bit()
                | Field::FinalCommitSha.bit()
                | Field::Status.bit()
        }
    };
    Field::Source.bit() | own
}

/// The rows of a set.
pub(super) fn rows(set: Set) -> impl Iterator<Item = &'static Row> {
    ROWS.iter().filter(move |row| set & row.field.bit() != 0)
}

/// A member that the protocol does not name.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(crate) struct Unknown {
    pub(crate) key: Place,
    /// The whole value, quotes included.
    pub(crate) value: Place,
    /// What else is known of it.
    flags: u32,
}

impl Unknown {
    /// It is a member of `data`, not of the root.
    pub(super) const IN_DATA: u32 = 1;
    /// Its value is a string without escapes.
    pub(super) const PLAIN: u32 = 2;
    /// Its key has characters beyond ASCII.
    pub(super) const WIDE_KEY: u32 = 4;
    /// Its value has characters beyond ASCII.
    pub(super) const WIDE_VALUE: u32 = 8;

    pub(super) fn new(key: Place, value: Place, flags: u32) -> Unknown {
        Unknown { key, value, flags }
    }

    pub(super) fn is(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }
}

/// What a scan found. JavaScript reads it as it lies in memory.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Fields {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub(crate) timestamp: u64,
    /// The fields that are there and not `null`.
    pub(super) present: Set,
    /// The strings that hold escapes.
    pub(crate) escaped: Set,
    /// The strings that hold characters beyond ASCII.
    pub(super) wide: Set,
    /// 1 to 6, 0 if absent.
    pub(super) status: u32,
    /// How many of `unknown` there are.
    unknown_count: u32,
    pub(super) strings: [Place; STRINGS],
    /// In order.
    unknown: [Unknown; MOST_UNKNOWN],
}

impl Default for Fields {
    fn default() -> Fields {
        Fields {
            timestamp: 0,
            present: 0,
            escaped: 0,
            wide: 0,
            status: 0,
            unknown_count: 0,
            strings: [Place::default(); STRINGS],
            unknown: [Unknown::default(); MOST_UNKNOWN],
        }
    }
}

impl Fields {
    /// Forgets the message before.
    pub(super) fn reset(&mut self) {
        (self.present, self.escaped, self.wide) = (0, 0, 0);
        (self.status, self.unknown_count) = (0, 0);
    }

    /// Notes an unknown member; not sure if there are too many.
    pub(super) fn add(&mut self, unknown: Unknown) -> Option<()> {
        *self.unknown.get_mut(self.unknown_count as usize)? = unknown;
        self.unknown_count += 1;
        Some(())
    }

    /// The unknown members.
    pub(super) fn unknown(&self) -> &[Unknown] {
        let count = self.unknown_count as usize;
        self.unknown.get(..count).unwrap_or_default()
    }

    /// Whether there is no character in any string that takes more than a byte.
    pub(crate) fn is_ascii(&self) -> bool {
        let wide = Unknown::WIDE_KEY | Unknown::WIDE_VALUE;
        self.wide == 0 && !self.unknown().iter().any(|unknown| unknown.is(wide))
    }

    /// Where the string of a field lies.
    pub(crate) fn place(&self, field: Field) -> Option<Place> {
        let there = self.present & field.bit() != 0;
        self.strings.get(field as usize).copied().filter(|_| there)
    }

    pub(crate) fn status(&self) -> Option<Status> {
        u8::try_from(self.status).ok().and_then(Status::from_code)
    }

    /// The string of a field.
    #[inline]
    pub(super) fn text<'a>(&self, field: Field, bytes: &'a [u8]) -> Option<Cow<'a, str>> {
        let place = self.place(field)?;
        if self.escaped & field.bit() == 0 {
            return Some(Cow::Borrowed(place.text(bytes)));
        }
        value(Bytes::new(bytes), place).map(Cow::Owned)
    }
}

impl Fields {
    /// The message of that kind. `None` never happens where the scan was of the same bytes.
    pub(crate) fn message(&self, kind: Kind, bytes: &[u8]) -> Option<Message> {
        Some(match kind {
            Kind::Command => Message::Command(self.envelope(bytes, |fields| {
                Some(CommandData {
                    source: fields.owned(Field::Source, bytes)?,
                    download_url: fields.owned(Field::DownloadUrl, bytes)?,
                    md5_code: fields.owned(Field::Md5Code, bytes)?,
                    extra: fields.extra(true, bytes),
                })
            })?),
            Kind::Result => Message::Result(self.envelope(bytes, |fields| {
                Some(ResultData {
                    source: fields.owned(Field::Source, bytes),
                    version: fields.owned(Field::Version, bytes),
                    target_version: fields.owned(Field::TargetVersion, bytes),
                    target_commit_sha: fields.owned(Field::TargetCommitSha, bytes),
                    final_version: fields.owned(Field::FinalVersion, bytes),
                    final_commit_sha: fields.owned(Field::FinalCommitSha, bytes),
                    status: fields.status(),
                    extra: fields.extra(true, bytes),
                })
            })?),
        })
    }

    fn envelope<D>(
        &self,
        bytes: &[u8],
        data: impl FnOnce(&Fields) -> Option<D>,
    ) -> Option<Envelope<D>> {
        Some(Envelope {
            mid: Mid::parse(&self.text(Field::Mid, bytes)?)?,
            device_uid: self.owned(Field::DeviceUid, bytes)?,
            sub_device_uid: self.owned(Field::SubDeviceUid, bytes),
            timestamp: self.timestamp,
            data: data(self)?,
            trace_id: self.owned(Field::TraceId, bytes),
            reply: self.owned(Field::Reply, bytes),
            extra: self.extra(false, bytes),
        })
    }

    fn owned(&self, field: Field, bytes: &[u8]) -> Option<String> {
        self.text(field, bytes).map(Cow::into_owned)
    }

    fn extra(&self, in_data: bool, bytes: &[u8]) -> Extra {
        self.unknown()
            .iter()
            .filter(|unknown| unknown.is(Unknown::IN_DATA) == in_data)
            .map(|Unknown { key, value, .. }| {
                (key.text(bytes).to_owned(), value.text(bytes).to_owned())
            })
            .collect()
    }
}
