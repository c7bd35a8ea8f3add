//! A result as the tracker looks at it: without copies, whichever way it was read.

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
    pub mid_text: &'a str,
    /// If it is in UUID form.
    pub reply: Option<Id>,
    pub sub_device: Option<&'a str>,
    pub trace: Option<&'a str>,
    pub timestamp: u64,
    pub status: Option<Status>,
    pub source: Option<&'a str>,
    pub target_version: Option<&'a str>,
    pub target_commit: Option<&'a str>,
    pub final_version: Option<&'a str>,
    pub final_commit: Option<&'a str>,
}

impl<'a> Heard<'a> {
    pub(crate) fn of(result: &'a ResultMessage) -> Heard<'a> {
        let data = &result.data;
        Heard {
            mid: Id::of(&result.mid),
            mid_text: result.mid.as_str(),
            reply: result.reply.as_deref().and_then(Mid::value_of).map(Id),
            sub_device: result.sub_device_uid.as_deref(),
            trace: result.trace_id.as_deref(),
            timestamp: result.timestamp,
            status: data.status,
            source: data.source.as_deref(),
            target_version: data.target_version.as_deref(),
            target_commit: data.target_commit_sha.as_deref(),
            final_version: data.final_version.as_deref(),
            final_commit: data.final_commit_sha.as_deref(),
        }
    }

    /// From what a scan found in `bytes`. `None` where strings are escaped: these have to be made.
    pub(crate) fn scanned(fields: &Fields, bytes: &'a [u8]) -> Option<Heard<'a>> {
        if fields.escaped != 0 {
            return None;
        }
        let whole = std::str::from_utf8(bytes).ok()?;
        let text = |field| {
            let place = fields.place(field)?;
            whole.get(place.start as usize..place.end as usize)
        };
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

    /// The versions and commits for the timeline, in the bytes of a
    /// [`Reported`](super::timeline::Reported); empty if there are none.
    pub(crate) fn reported(&self) -> Vec<u8> {
        let texts = [
            self.final_version,
            self.final_commit,
            self.target_version,
            self.target_commit,
        ];
        let mut bytes = Vec::new();
        if texts.iter().all(Option::is_none) {
            return bytes;
        }
        bytes.reserve(64);
        for text in texts {
            text.is_some().save(&mut bytes);
            if let Some(text) = text {
                save_bytes(shown(text).as_bytes(), &mut bytes);
            }
        }
        bytes
    }
}

fn shown(text: &str) -> &str {
    if text.len() <= SHOWN {
        return text;
    }
    let end = text.char_indices().nth(SHOWN);
    end.and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}
