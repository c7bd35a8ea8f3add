//! A result as the tracker looks at it: without copies, whichever way it was read. Texts are bytes: they have
//! been checked to be UTF-8, and are only compared and kept.

use super::bytes::{Saved, save_bytes};
use super::record::Id;
use crate::json::scan::{Field, Fields};
use crate::message::{Mid, ResultMessage, Status};

/// Most characters of a version or commit that a timeline keeps.
const SHOWN: usize = 80;

/// What a result says (§2, §4).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heard<'a> {
    pub mid: Id,
    /// As written.
    pub mid_text: &'a [u8],
    /// If it is in UUID form.
    pub reply: Option<Id>,
    pub sub_device: Option<&'a [u8]>,
    pub trace: Option<&'a [u8]>,
    pub timestamp: u64,
    pub status: Option<Status>,
    pub source: Option<&'a [u8]>,
    pub target_version: Option<&'a [u8]>,
    pub target_commit: Option<&'a [u8]>,
    pub final_version: Option<&'a [u8]>,
    pub final_commit: Option<&'a [u8]>,
}

impl<'a> Heard<'a> {
    #[inline]
    pub(crate) fn of(result: &'a ResultMessage) -> Heard<'a> {
        fn bytes(text: &Option<String>) -> Option<&[u8]> {
            text.as_deref().map(str::as_bytes)
        }
        let data = &result.data;
        Heard {
            mid: Id::of(&result.mid),
            mid_text: result.mid.as_str().as_bytes(),
            reply: bytes(&result.reply).and_then(Mid::value_of).map(Id),
            sub_device: bytes(&result.sub_device_uid),
            trace: bytes(&result.trace_id),
            timestamp: result.timestamp,
            status: data.status,
            source: bytes(&data.source),
            target_version: bytes(&data.target_version),
            target_commit: bytes(&data.target_commit_sha),
            final_version: bytes(&data.final_version),
            final_commit: bytes(&data.final_commit_sha),
        }
    }

    /// From what a scan found in `bytes`. `None` where strings are escaped: these have to be made.
    pub(crate) fn scanned(fields: &Fields, bytes: &'a [u8]) -> Option<Heard<'a>> {
        if fields.escaped != 0 {
            return None;
        }
        let text = |field| fields.place(field).map(|place| place.of(bytes));
        let mid_text = text(Field::Mid)?;
        Some(Heard {
            mid: Id(Mid::value_of(mid_text)?),
            mid_text,
            reply: text(Field::Reply).and_then(Mid::value_of).map(Id),
            sub_device: text(Field::SubDeviceUid),
            trace: text(Field::TraceId),
            timestamp: fields.timestamp,
            status: fields.status(),
            source: text(Field::Source),
            target_version: text(Field::TargetVersion),
            target_commit: text(Field::TargetCommitSha),
            final_version: text(Field::FinalVersion),
            final_commit: text(Field::FinalCommitSha),
        })
    }

    /// Appends the versions and commits for the timeline, in the bytes of a
    /// [`Reported`](super::timeline::Reported); nothing if there are none.
    pub(crate) fn reported(&self, to: &mut Vec<u8>) {
        let texts = [
            self.final_version,
            self.final_commit,
            self.target_version,
            self.target_commit,
        ];
        if texts.iter().any(Option::is_some) {
            save_texts(texts.map(|text| text.map(shown)), to);
        }
    }

    /// Appends what the device says that it runs now, in the bytes of an
    /// [`Expected`](super::verify::Expected); of what it leaves out, what it said `before`.
    pub(crate) fn running(&self, before: [Option<&[u8]>; 2], to: &mut Vec<u8>) {
        let [version, commit] = before;
        let texts = [self.final_version.or(version), self.final_commit.or(commit)];
        save_texts(texts, to);
    }
}

fn save_texts<const N: usize>(texts: [Option<&[u8]>; N], to: &mut Vec<u8>) {
    for text in texts {
        text.is_some().save(to);
        if let Some(text) = text {
            save_bytes(text, to);
        }
    }
}

fn shown(bytes: &[u8]) -> &[u8] {
    if bytes.len() <= SHOWN {
        return bytes;
    }
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let end = text.char_indices().nth(SHOWN);
    end.and_then(|(end, _)| bytes.get(..end)).unwrap_or(bytes)
}
