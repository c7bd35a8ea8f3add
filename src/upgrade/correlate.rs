//! Which attempt a result belongs to (§7). Only looks; changes nothing.

use serde::{Deserialize, Serialize};

use super::bytes::same;
use super::heard::Heard;
use super::index::Index;
use super::record::{Id, Record, Slot};
use super::store::Sym;
use super::verify;

/// What tied a result to its attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum MatchedBy {
    /// The result's `reply` is the command's `mid`.
    Reply,
    /// The result's `mid` is the command's.
    Mid,
    /// No other attempt at this address and sub-device has the result's `trace_id`.
    TraceId,
    /// The only sent attempt that waits for an answer, or the only one that expects what it says.
    Subject,
    /// The operator said so.
    Operator,
}

impl MatchedBy {
    /// All of them.
    pub const ALL: [MatchedBy; 5] = [
        MatchedBy::Reply,
        MatchedBy::Mid,
        MatchedBy::TraceId,
        MatchedBy::Subject,
        MatchedBy::Operator,
    ];
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    /// It belongs to this attempt.
    One(Slot, MatchedBy),
    /// It names this attempt, which is at another address or sub-device.
    Elsewhere(Slot, MatchedBy),
    /// Rule 4 finds several.
    Ambiguous(Vec<Slot>),
    /// It belongs to none.
    None,
}

/// Where a result comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    /// `None`: there are no attempts.
    address: Option<u32>,
    /// `None`: no attempt has it.
    sub_device: Option<Sym>,
}

impl Origin {
    pub(crate) fn of(index: &Index, address: Option<u32>, sub_device: Option<&[u8]>) -> Origin {
        let find = |text: &[u8]| index.texts.find(text);
        Origin {
            address,
            sub_device: sub_device.map_or(Some(Sym::NONE), find),
        }
    }

    pub(crate) fn is_of(&self, record: &Record) -> bool {
        self.address == Some(record.address) && self.sub_device == Some(record.sub_device)
    }
}

/// Applies the rules in their order; the first match wins, and so does the first that points elsewhere.
pub(crate) fn correlate(index: &Index, address: Option<u32>, heard: &Heard<'_>) -> Match {
    let origin = Origin::of(index, address, heard.sub_device);
    // Rule 1. A reply in UUID form decides alone; any other matches nothing, and the rules go on.
    if let Some(reply) = heard.reply {
        return by_mid(index, &origin, reply, MatchedBy::Reply).unwrap_or(Match::None);
    }
    by_mid(index, &origin, heard.mid, MatchedBy::Mid)
        .or_else(|| by_trace(index, &origin, heard.trace?))
        .unwrap_or_else(|| by_subject(index, &origin, heard))
}

fn by_mid(index: &Index, origin: &Origin, mid: Id, by: MatchedBy) -> Option<Match> {
    let id = |slot: &Slot| index.get(*slot).map(Record::id);
    // Mostly it is the latest at the address, which has been looked at anyway.
    let latest = index.latest_at(origin.address);
    let latest = latest.filter(|slot| id(slot) == Some(mid));
    let slot = latest.or_else(|| index.find(mid))?;
    let here = origin.is_of(index.get(slot)?);
    Some(if here {
        Match::One(slot, by)
    } else {
        Match::Elsewhere(slot, by)
    })
}

/// Rule 3. A trace id shared by a whole rollout points at one attempt of each device, which is why
/// attempts elsewhere count only when none here carries it.
fn by_trace(index: &Index, origin: &Origin, trace: &[u8]) -> Option<Match> {
    let trace = index.texts.find(trace)?;
    let here = |(_, record): &(Slot, &Record)| origin.is_of(record) && record.trace() == trace;
    let mut carriers = index.at(origin.address).filter(here);
    match (carriers.next(), carriers.next()) {
        (Some((one, _)), None) => Some(Match::One(one, MatchedBy::TraceId)),
        (None, _) => {
            let only = index.texts.only_traced(trace)?;
            Some(Match::Elsewhere(only, MatchedBy::TraceId))
        }
        _ => None,
    }
}

/// Rule 4. An attempt for which it is off (another operator's command was seen) is never its
/// answer, but still makes the answer less sure for the others.
fn by_subject(index: &Index, origin: &Origin, heard: &Heard<'_>) -> Match {
    let waits = |(_, record): &(Slot, &Record)| {
        let fits = |source: &[u8]| same(source, index.job(record).source);
        origin.is_of(record) && record.attempt().is_candidate() && heard.source.is_none_or(fits)
    };
    let sure = |(slot, record): (Slot, &Record)| {
        let off = record.attempt().foreign_command;
        (!off).then_some(Match::One(slot, MatchedBy::Subject))
    };
    let mut candidates = index.at(origin.address).filter(waits);
    let Some(first) = candidates.next() else {
        return Match::None;
    };
    let Some(second) = candidates.next() else {
        return sure(first).unwrap_or(Match::None);
    };
    let several: Vec<_> = [first, second].into_iter().chain(candidates).collect();
    let fits = |(_, record): &&(Slot, &Record)| verify::speaks_of(&index.job(record), heard);
    let mut fitting = several.iter().filter(fits);
    let only = match (fitting.next(), fitting.next()) {
        (Some(one), None) => sure(*one),
        _ => None,
    };
    only.unwrap_or_else(|| Match::Ambiguous(several.iter().map(|(slot, _)| *slot).collect()))
}
