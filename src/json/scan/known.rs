//! The fields that the protocol names, and what a scan found of them.

use std::borrow::Cow;

use super::Place;
use super::cursor::word_at;
use crate::message::field;
use crate::message::{CommandData, Envelope, Extra, Kind, Message, Mid, ResultData, Status};

/// A field of either message. Strings come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Field {
    Mid,
    DeviceUid,
    SubDeviceUid,
    TraceId,
    Reply,
    Source,
    Version,
    TargetVersion,
    TargetCommitSha,
    FinalVersion,
    FinalCommitSha,
    DownloadUrl,
    Md5Code,
    Type,
    Timestamp,
    Data,
    Status,
}

/// A key of at most 17 bytes, as numbers, which compare at once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Name {
    length: usize,
    /// The first eight bytes, zeros after the last.
    first: u64,
    /// The last eight bytes, 0 if there are no more than eight.
    last: u64,
    /// The byte between, if there is one.
    middle: u8,
}

impl Name {
    const LONGEST: usize = 17;

    /// The name at a place. Longer keys are no field's name.
    #[inline(always)]
    pub(super) fn at(place: Place, bytes: &[u8]) -> Option<Name> {
        let (start, end) = (place.start as usize, place.end as usize);
        let length = end - start;
        if length == 0 || length > Name::LONGEST {
            return None;
        }
        let first = word_at(bytes, start);
        Some(Name {
            length,
            first: if length < 8 {
                first & ((1 << (8 * length)) - 1)
            } else {
                first
            },
            last: if length > 8 {
                word_at(bytes, end - 8)
            } else {
                0
            },
            middle: if length == Name::LONGEST {
                *bytes.get(start + 8)?
            } else {
                0
            },
        })
    }

    pub(super) const fn new(name: &[u8]) -> Name {
        let length = name.len();
        let (mut first, mut last, mut middle) = (0, 0, 0);
        let (mut rest, mut at) = (name, 0);
        while let [byte, after @ ..] = rest {
            if at < 8 {
                first |= (*byte as u64) << (8 * at);
            }
            if length > 8 && at >= length - 8 {
                last |= (*byte as u64) << (8 * (at + 8 - length));
            }
            if length == Name::LONGEST && at == 8 {
                middle = *byte;
            }
            rest = after;
            at += 1;
        }
        Name {
            length,
            first,
            last,
            middle,
        }
    }
}

/// How many of the fields are strings whose place is kept.
pub(crate) const STRINGS: usize = Field::Md5Code as usize + 1;

/// The most unknown members; with more, not sure.
pub(crate) const MOST_UNKNOWN: usize = 64;

impl Field {
    /// The field of the envelope (§2) of that name.
    #[inline(always)]
    pub(super) fn of_envelope(name: Name) -> Option<Field> {
        const MID: Name = Name::new(b"mid");
        const TYPE: Name = Name::new(b"type");
        const DEVICE_UID: Name = Name::new(b"device_uid");
        const SUB_DEVICE_UID: Name = Name::new(b"sub_device_uid");
        const TIMESTAMP: Name = Name::new(b"timestamp");
        const DATA: Name = Name::new(b"data");
        const TRACE_ID: Name = Name::new(b"trace_id");
        const REPLY: Name = Name::new(b"reply");
        Some(match name {
            MID => Field::Mid,
            TYPE => Field::Type,
            DEVICE_UID => Field::DeviceUid,
            SUB_DEVICE_UID => Field::SubDeviceUid,
            TIMESTAMP => Field::Timestamp,
            DATA => Field::Data,
            TRACE_ID => Field::TraceId,
            REPLY => Field::Reply,
            _ => return None,
        })
    }

    /// The field of `data` (§3, §4) of that name.
    #[inline(always)]
    pub(super) fn of_data(kind: Kind, name: Name) -> Option<Field> {
        const SOURCE: Name = Name::new(b"source");
        const DOWNLOAD_URL: Name = Name::new(b"download_url");
        const MD5_CODE: Name = Name::new(b"md5_code");
        const VERSION: Name = Name::new(b"version");
        const TARGET_VERSION: Name = Name::new(b"target_version");
        const TARGET_COMMIT_SHA: Name = Name::new(b"target_commit_sha");
        const FINAL_VERSION: Name = Name::new(b"final_version");
        const FINAL_COMMIT_SHA: Name = Name::new(b"final_commit_sha");
        const STATUS: Name = Name::new(b"status");
        Some(match (kind, name) {
            (_, SOURCE) => Field::Source,
            (Kind::Command, DOWNLOAD_URL) => Field::DownloadUrl,
            (Kind::Command, MD5_CODE) => Field::Md5Code,
            (Kind::Result, VERSION) => Field::Version,
            (Kind::Result, TARGET_VERSION) => Field::TargetVersion,
            (Kind::Result, TARGET_COMMIT_SHA) => Field::TargetCommitSha,
            (Kind::Result, FINAL_VERSION) => Field::FinalVersion,
            (Kind::Result, FINAL_COMMIT_SHA) => Field::FinalCommitSha,
            (Kind::Result, STATUS) => Field::Status,
            _ => return None,
        })
    }

    pub(super) const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// A field with what the rules know of it.
type Row = (Field, &'static field::Field);

/// §2.
pub(super) const ENVELOPE: &[Row] = &[
    (Field::Mid, &field::MID),
    (Field::Type, &field::TYPE),
    (Field::DeviceUid, &field::DEVICE_UID),
    (Field::SubDeviceUid, &field::SUB_DEVICE_UID),
    (Field::Timestamp, &field::TIMESTAMP),
    (Field::Data, &field::DATA),
    (Field::TraceId, &field::TRACE_ID),
    (Field::Reply, &field::REPLY),
];
/// §3.
pub(super) const COMMAND_DATA: &[Row] = &[
    (Field::Source, &field::TARGET),
    (Field::DownloadUrl, &field::DOWNLOAD_URL),
    (Field::Md5Code, &field::MD5_CODE),
];
/// §4.
pub(super) const RESULT_DATA: &[Row] = &[
    (Field::Source, &field::SOURCE),
    (Field::Version, &field::VERSION),
    (Field::TargetVersion, &field::TARGET_VERSION),
    (Field::TargetCommitSha, &field::TARGET_COMMIT_SHA),
    (Field::FinalVersion, &field::FINAL_VERSION),
    (Field::FinalCommitSha, &field::FINAL_COMMIT_SHA),
    (Field::Status, &field::STATUS),
];

/// A member that the protocol does not name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unknown {
    pub(crate) key: Place,
    /// The whole value, quotes included.
    pub(crate) value: Place,
    /// Whether it is a member of `data`, not of the root.
    pub(crate) in_data: bool,
    /// Whether the value is a string without escapes.
    pub(crate) plain: bool,
}

/// What a scan found.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    pub(crate) strings: [Place; STRINGS],
    /// The fields that are there and not `null`, one bit each.
    pub(crate) present: u32,
    /// The strings that hold escapes, one bit each.
    pub(crate) escaped: u32,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub(crate) timestamp: u64,
    /// 1 to 6, 0 if absent.
    pub(crate) status: u8,
    /// In order, at most [`MOST_UNKNOWN`].
    pub(crate) unknown: Vec<Unknown>,
    /// Whether there is no character in any string that takes more than a byte.
    pub(crate) ascii: bool,
}

impl Fields {
    /// Forgets the message before.
    pub(super) fn reset(&mut self) {
        (self.present, self.escaped, self.status, self.timestamp) = (0, 0, 0, 0);
        self.unknown.clear();
    }

    pub(super) fn has(&self, field: Field) -> bool {
        self.present & field.bit() != 0
    }

    /// Where the string of a field lies.
    pub(crate) fn place(&self, field: Field) -> Option<Place> {
        self.strings
            .get(field as usize)
            .copied()
            .filter(|_| self.has(field))
    }

    /// The string of a field.
    pub(crate) fn text<'a>(&self, field: Field, bytes: &'a [u8]) -> Option<Cow<'a, str>> {
        let place = self.place(field)?;
        if self.escaped & field.bit() == 0 {
            return Some(Cow::Borrowed(place.text(bytes)));
        }
        let quoted = place.start as usize - 1..place.end as usize + 1;
        serde_json::from_slice(bytes.get(quoted)?)
            .ok()
            .map(Cow::Owned)
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
                    status: Status::from_code(fields.status),
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
        self.unknown
            .iter()
            .filter(|unknown| unknown.in_data == in_data)
            .map(|Unknown { key, value, .. }| {
                (key.text(bytes).to_owned(), value.text(bytes).to_owned())
            })
            .collect()
    }
}
