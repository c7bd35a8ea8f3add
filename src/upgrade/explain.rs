//! A timeline in words.

use super::alert::AlertCode;
use super::correlate::MatchedBy;
use super::state::State;
use super::timeline::{Disposition, Entry, EntryKind, RefusalReason, Reported};
use super::verify::Verification;
use crate::diagnostic::Phrase;
use crate::diagnostic::line::{Line, Words};
use crate::message::Status;

/// What one entry says.
pub(crate) fn explain(entry: &Entry) -> Phrase {
    let mid = entry.facts.mid.as_deref().unwrap_or_default();
    match entry.kind {
        EntryKind::Opened => Words::Opened.into(),
        EntryKind::Sent if entry.after.state == State::Sent => Words::Sent.into(),
        EntryKind::Sent => Words::SentAfterEnd.into(),
        EntryKind::Acknowledged => acknowledged(entry).into(),
        EntryKind::Echo => Words::Echo.into(),
        EntryKind::NoEcho => Words::NoEcho.into(),
        EntryKind::Refused => refused(entry),
        EntryKind::Result | EntryKind::Assigned => result(entry),
        EntryKind::ForeignCommand => Line::with(Words::ForeignCommand, mid).into(),
        EntryKind::TimedOut if entry.before.state == State::Prepared => Words::NoFinalResult.into(),
        EntryKind::TimedOut => Words::NoResult.into(),
        EntryKind::NotSent => Words::NotSent.into(),
        EntryKind::Cancelled => match entry.before.state {
            State::Unpublished => Words::CancelledUnsent.into(),
            state if state.is_open() => Words::Cancelled.into(),
            _ => Words::CancelledAfterEnd.into(),
        },
        EntryKind::Superseded => Line::with(Words::SupersededBy, mid).into(),
    }
}

/// The same with all that belongs to it: the message, how the attempt stood before and after, the alerts.
pub(crate) fn explain_in_full(entry: &Entry) -> Phrase {
    let mut phrase = explain(entry);
    let (before, after) = (&entry.before, &entry.after);
    if matches!(entry.kind, EntryKind::Result | EntryKind::Assigned)
        && let Some(mid) = &entry.facts.mid
    {
        phrase.push(Line::with(Words::InMessage, mid));
    }
    if before.state != after.state {
        let became = Line::from(Words::Became).line(state(before.state));
        phrase.push(became.line(state(after.state)));
    } else if before.outcome != after.outcome {
        phrase.push(Line::from(Words::KeptBeside).line(state(after.state)));
    }
    for code in &entry.alerts {
        phrase.push(Line::from(Words::WithAlert).line(code.words()));
    }
    phrase
}

fn state(state: State) -> Words {
    match state {
        State::Unpublished => Words::StateUnpublished,
        State::Sent => Words::StateSent,
        State::Prepared => Words::StatePrepared,
        State::Forbidden => Words::StateForbidden,
        State::PrepareFailed => Words::StatePrepareFailed,
        State::Succeeded => Words::StateSucceeded,
        State::RolledBack => Words::StateRolledBack,
        State::RollbackFailed => Words::StateRollbackFailed,
        State::TimedOut => Words::StateTimedOut,
        State::Cancelled => Words::StateCancelled,
        State::NotSent => Words::StateNotSent,
        State::Refused => Words::StateRefused,
    }
}

fn acknowledged(entry: &Entry) -> Line<'static> {
    match entry.facts.reason {
        Some(RefusalReason::ReasonCode { code: 0x10 }) => Words::NobodyListens.into(),
        Some(RefusalReason::ReasonCode { code }) if code != 0 => {
            with_code(Words::AcknowledgedWith, code)
        }
        _ => Words::Acknowledged.into(),
    }
}

fn with_code(words: Words, code: u8) -> Line<'static> {
    Line::from(words).byte(code)
}

fn refused(entry: &Entry) -> Phrase {
    let mut phrase: Phrase = match &entry.facts.reason {
        Some(RefusalReason::ReasonCode { code: 0x87 }) => Words::NotAuthorized.into(),
        Some(RefusalReason::ReasonCode { code }) => with_code(Words::RefusedWith, *code).into(),
        Some(RefusalReason::ConnectionLost) => Words::ConnectionLost.into(),
        Some(RefusalReason::NoEcho) => Words::NoEcho.into(),
        Some(RefusalReason::Other { text }) => Line::with(Words::RefusedBecause, text).into(),
        None => Words::Refused.into(),
    };
    if entry.before == entry.after && entry.after.state != State::Refused {
        phrase.push(Words::ChangesNothing);
    }
    phrase
}

fn result(entry: &Entry) -> Phrase {
    let facts = &entry.facts;
    let Some(reported) = facts.reported.as_deref() else {
        return Words::BreaksRules.into();
    };
    let mut phrase = said(reported);
    let tail = match facts.disposition {
        Some(Disposition::Retained) => Some(Words::HeldRetained),
        Some(Disposition::Suspect) => Some(Words::HeldSuspect),
        Some(Disposition::Ambiguous) => Some(Words::HeldAmbiguous),
        Some(Disposition::WrongSubject) => Some(Words::FromElsewhere),
        _ if entry.alerts.contains(&AlertCode::EarlyResult) => Some(Words::SeenBefore),
        _ => matched(facts.matched_by, entry.kind == EntryKind::Assigned),
    };
    for words in [tail, verdict(entry)].into_iter().flatten() {
        phrase.push(words);
    }
    phrase
}

/// How the report compares with what was expected, where that is new.
fn verdict(entry: &Entry) -> Option<Words> {
    if entry.before.verification == entry.after.verification {
        return None;
    }
    entry.after.verification.map(|now| match now {
        Verification::Verified => Words::NowVerified,
        Verification::Mismatched => Words::NowMismatched,
        Verification::Unverified => Words::NowUnverified,
    })
}

fn matched(by: Option<MatchedBy>, assigned: bool) -> Option<Words> {
    Some(match by {
        Some(MatchedBy::Operator) | None if assigned => Words::ByOperator,
        Some(MatchedBy::Reply) => Words::ByReply,
        Some(MatchedBy::Mid) => Words::ByMid,
        Some(MatchedBy::TraceId) => Words::ByTraceId,
        Some(MatchedBy::Subject) => Words::BySubject,
        Some(MatchedBy::Operator) | None => return None,
    })
}

/// The status in a sentence, with versions and commits where there are any.
fn said(reported: &Reported) -> Phrase {
    let mut phrase: Phrase = match reported.status {
        Some(Status::Forbidden) => Words::SaysForbidden,
        Some(Status::Prepared) => Words::SaysPrepared,
        Some(Status::PrepareFailed) => Words::SaysPrepareFailed,
        Some(Status::Succeeded) => Words::SaysSucceeded,
        Some(Status::RolledBack) => Words::SaysRolledBack,
        Some(Status::RollbackFailed) => Words::SaysRollbackFailed,
        None => Words::SaysNoStatus,
    }
    .into();
    let target = named(&reported.target_version, &reported.target_commit);
    if let Some(target) = target {
        phrase.push(Line::from(Words::AskedFor).line(target));
    }
    let last = named(&reported.final_version, &reported.final_commit);
    if let Some(last) = last {
        phrase.push(Line::from(Words::RunsNow).line(last));
    }
    phrase
}

fn named<'a>(version: &'a Option<String>, commit: &'a Option<String>) -> Option<Line<'a>> {
    match (version, commit) {
        (None, None) => None,
        (Some(version), None) => Some(Line::with(Words::Version, version)),
        (None, Some(commit)) => Some(Line::with(Words::Commit, commit)),
        (Some(version), Some(commit)) => {
            Some(Line::with(Words::VersionAndCommit, version).text(commit))
        }
    }
}
