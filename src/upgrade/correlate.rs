//! Which attempt a result belongs to (§7). Only looks; changes nothing.

use serde::{Deserialize, Serialize};

use super::index::{Id, Index, Record};
use super::verify;
use crate::message::{Mid, ResultMessage};

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

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    /// It belongs to this attempt.
    One(Id, MatchedBy),
    /// It names this attempt, which is at another address or sub-device.
    Elsewhere(Id, MatchedBy),
    /// Rule 4 finds several.
    Ambiguous(Vec<Id>),
    /// It belongs to none.
    None,
}

/// Where a result comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin<'a> {
    pub address: &'a str,
    pub sub_device: Option<&'a str>,
}

impl Origin<'_> {
    pub(crate) fn is_of(&self, record: &Record) -> bool {
        record.address == self.address
            && record.command.sub_device_uid.as_deref() == self.sub_device
    }
}

/// Applies the rules in their order; the first match wins, and so does the first that points elsewhere.
pub(crate) fn correlate(index: &Index, address: &str, result: &ResultMessage) -> Match {
    let origin = Origin {
        address,
        sub_device: result.sub_device_uid.as_deref(),
    };
    // Rule 1. A reply in UUID form decides alone; any other matches nothing, and the rules go on.
    if let Some(reply) = result.reply.as_deref().and_then(Mid::parse) {
        return by_mid(index, &origin, &reply, MatchedBy::Reply).unwrap_or(Match::None);
    }
    by_mid(index, &origin, &result.mid, MatchedBy::Mid)
        .or_else(|| by_trace(index, &origin, result.trace_id.as_deref()?))
        .unwrap_or_else(|| by_subject(index, &origin, result))
}

fn by_mid(index: &Index, origin: &Origin<'_>, mid: &Mid, by: MatchedBy) -> Option<Match> {
    let record = index.get(Id::of(mid))?;
    Some(if origin.is_of(record) {
        Match::One(record.id(), by)
    } else {
        Match::Elsewhere(record.id(), by)
    })
}

/// Rule 3. A trace id shared by a whole rollout points at one attempt of each device, which is why
/// attempts elsewhere count only when none here carries it.
fn by_trace(index: &Index, origin: &Origin<'_>, trace: &str) -> Option<Match> {
    let (here, elsewhere): (Vec<&Record>, Vec<&Record>) = index
        .with_trace(trace)
        .partition(|record| origin.is_of(record));
    match (here.as_slice(), elsewhere.as_slice()) {
        ([one], _) => Some(Match::One(one.id(), MatchedBy::TraceId)),
        ([], [one]) => Some(Match::Elsewhere(one.id(), MatchedBy::TraceId)),
        _ => None,
    }
}

/// Rule 4. An attempt for which it is off (another operator's command was seen) is never its
/// answer, but still makes the answer less sure for the others.
fn by_subject(index: &Index, origin: &Origin<'_>, result: &ResultMessage) -> Match {
    let source = result.data.source.as_deref();
    let candidates: Vec<&Record> = index
        .at_address(origin.address)
        .filter(|record| origin.is_of(record) && record.attempt.is_candidate())
        .filter(|record| source.is_none_or(|source| source == record.command.data.source))
        .collect();
    let several = match candidates.as_slice() {
        [one] if !one.attempt.foreign_command => return Match::One(one.id(), MatchedBy::Subject),
        [] | [_] => return Match::None,
        several => several,
    };
    let mut fitting = several
        .iter()
        .filter(|record| verify::speaks_of(&record.expected, result));
    match (fitting.next(), fitting.next()) {
        (Some(one), None) if !one.attempt.foreign_command => {
            Match::One(one.id(), MatchedBy::Subject)
        }
        _ => Match::Ambiguous(several.iter().map(|record| record.id()).collect()),
    }
}
