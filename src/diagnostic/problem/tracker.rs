//! What the tracker refuses (§7).

use super::{Code, Line, Problem, Words, count, excerpt, hinted, say};

#[cold]
pub(crate) fn topic_not_command(topic: &str) -> Problem {
    let found = Line::with(Words::TopicNotCommand, &excerpt(topic));
    say(Code::TopicNotCommand, found)
}

#[cold]
pub(crate) fn mid_in_use(mid: &str) -> Problem {
    let found = Line::with(Words::MidInUse, mid);
    hinted(Code::MidInUse, found, Words::FreshMid)
}

#[cold]
pub(crate) fn subject_busy(mid: &str) -> Problem {
    let found = Line::with(Words::SubjectBusy, mid);
    hinted(Code::SubjectBusy, found, Words::WaitOrSupersede)
}

#[cold]
pub(crate) fn needs_supersede(mid: &str) -> Problem {
    let found = Line::with(Words::NeedsSupersede, mid);
    hinted(Code::NeedsSupersede, found, Words::Supersede)
}

#[cold]
pub(crate) fn expected_commit_short(commit: &str) -> Problem {
    let found = Line::with(Words::ExpectedCommitShort, &excerpt(commit))
        .number(count(commit.chars().count()));
    say(Code::ExpectedCommitShort, found)
}

#[cold]
pub(crate) fn attempt_unknown(id: &str) -> Problem {
    let found = Line::with(Words::AttemptUnknown, &excerpt(id));
    say(Code::AttemptUnknown, found)
}

#[cold]
pub(crate) fn attempt_open(id: &str) -> Problem {
    let found = Line::with(Words::AttemptOpen, &excerpt(id));
    hinted(Code::AttemptOpen, found, Words::CancelFirst)
}

#[cold]
pub(crate) fn result_unknown(result_id: u64) -> Problem {
    let found = Line::from(Words::ResultUnknown).number(result_id);
    say(Code::ResultUnknown, found)
}

#[cold]
pub(crate) fn result_elsewhere(result_id: u64, id: &str) -> Problem {
    let found = Line::from(Words::ResultElsewhere)
        .number(result_id)
        .text(&excerpt(id));
    say(Code::ResultElsewhere, found)
}

#[cold]
pub(crate) fn page_unknown(after: &str) -> Problem {
    let found = Line::with(Words::PageUnknown, &excerpt(after));
    say(Code::PageUnknown, found)
}

#[cold]
pub(crate) fn saved_state_foreign() -> Problem {
    say(Code::SavedStateForeign, Words::SavedStateForeign)
}

#[cold]
pub(crate) fn saved_state_version(version: u8) -> Problem {
    let found = Line::from(Words::SavedStateVersion).number(version.into());
    say(Code::SavedStateVersion, found)
}

#[cold]
pub(crate) fn saved_state_damaged() -> Problem {
    say(Code::SavedStateDamaged, Words::SavedStateDamaged)
}
