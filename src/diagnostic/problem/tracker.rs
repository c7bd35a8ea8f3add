//! What the tracker refuses (§7).

use super::{Code, Line, Problem, Words, count, hinted};

/// About a text of the caller's.
#[cold]
#[inline(never)]
fn about(code: Code, found: Words, text: &str, hint: Words) -> Problem<'_> {
    hinted(code, Line::about(found, text), hint)
}

#[cold]
pub(crate) fn topic_not_command(topic: &str) -> Problem<'_> {
    about(
        Code::TopicNotCommand,
        Words::TopicNotCommand,
        topic,
        Words::CommandTopic,
    )
}

#[cold]
pub(crate) fn mid_in_use(mid: &str) -> Problem<'_> {
    about(Code::MidInUse, Words::MidInUse, mid, Words::FreshMid)
}

#[cold]
pub(crate) fn subject_busy(mid: &str) -> Problem<'_> {
    about(
        Code::SubjectBusy,
        Words::SubjectBusy,
        mid,
        Words::WaitOrSupersede,
    )
}

#[cold]
pub(crate) fn needs_supersede(mid: &str) -> Problem<'_> {
    about(
        Code::NeedsSupersede,
        Words::NeedsSupersede,
        mid,
        Words::Supersede,
    )
}

#[cold]
pub(crate) fn expected_commit_short(commit: &str) -> Problem<'_> {
    let found =
        Line::about(Words::ExpectedCommitShort, commit).number(count(commit.chars().count()));
    hinted(Code::ExpectedCommitShort, found, Words::MoreOfCommit)
}

#[cold]
pub(crate) fn attempt_unknown(id: &str) -> Problem<'_> {
    about(
        Code::AttemptUnknown,
        Words::AttemptUnknown,
        id,
        Words::OpenedMid,
    )
}

#[cold]
pub(crate) fn attempt_open(id: &str) -> Problem<'_> {
    about(
        Code::AttemptOpen,
        Words::AttemptOpen,
        id,
        Words::CancelFirst,
    )
}

#[cold]
pub(crate) fn result_unknown(result_id: u64) -> Problem<'static> {
    let found = Line::from(Words::ResultUnknown).number(result_id);
    hinted(Code::ResultUnknown, found, Words::HeldResult)
}

#[cold]
pub(crate) fn result_elsewhere(result_id: u64, id: &str) -> Problem<'_> {
    let found = Line::from(Words::ResultElsewhere)
        .number(result_id)
        .excerpt(id);
    hinted(Code::ResultElsewhere, found, Words::SameDevice)
}

#[cold]
pub(crate) fn page_unknown(after: &str) -> Problem<'_> {
    about(
        Code::PageUnknown,
        Words::PageUnknown,
        after,
        Words::NextOfPage,
    )
}

#[cold]
pub(crate) fn saved_state_foreign() -> Problem<'static> {
    hinted(
        Code::SavedStateForeign,
        Words::SavedStateForeign,
        Words::WhatSaveGave,
    )
}

#[cold]
pub(crate) fn saved_state_version(version: u8) -> Problem<'static> {
    let found = Line::from(Words::SavedStateVersion).number(version.into());
    hinted(Code::SavedStateVersion, found, Words::LaterRelease)
}

#[cold]
pub(crate) fn saved_state_damaged() -> Problem<'static> {
    hinted(
        Code::SavedStateDamaged,
        Words::SavedStateDamaged,
        Words::WholeSave,
    )
}
