//! What the tracker tells: the shapes that JavaScript sees.

use std::ops::Index;

use serde::{Deserialize, Serialize, Serializer};

use super::alert::Alert;
use super::bytes::Saved;
use super::correlate::MatchedBy;
use super::explain::explain;
use super::index::{Index as Attempts, Tally};
use super::job::owned;
use super::log::{Log, Logged};
use super::record::Record;
use super::state::{Deadline, Snapshot, State};
use super::timeline::{Disposition, Entry, EntryKind};
use super::verify::Expected;
use crate::diagnostic::{Diagnostic, Phrase};
use crate::message::{Command, CommandData, Message, Mid, Status};
use crate::topic::Channel;

/// An upgrade attempt as it stands (§7), in one line. All times are Unix milliseconds.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct AttemptRow {
    /// The `mid` of the command.
    pub id: String,
    /// Where it stands.
    #[serde(flatten)]
    pub snapshot: Snapshot,
    /// The topic without `/ota/upgrade/command`.
    pub address: String,
    /// The device that the topic names.
    pub device: String,
    /// The first-level device (一级设备).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_device: Option<String>,
    /// The update target (更新目标).
    pub source: String,
    /// What the device should run in the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
    /// When it was opened.
    pub opened_at: u64,
    /// When it was first known to be handed to a live connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<u64>,
    /// When the first `prepared` came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prepared_at: Option<u64>,
    /// When it came to the ending that it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<u64>,
    /// When it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Deadline>,
    /// What the device reports to run now.
    #[serde(rename = "final", skip_serializing_if = "Option::is_none")]
    pub running: Option<Expected>,
    /// Whether it still waits for something.
    pub open: bool,
    /// Whether another operator's command for the subject was seen, which turns rule 4 off.
    pub foreign_command_seen: bool,
    /// How many entries its timeline has: more, when anything has happened.
    pub entries: usize,
    /// How many alerts there are on it.
    pub alerts: usize,
}

/// An upgrade attempt with all that is known of it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Attempt"))]
#[serde(rename_all = "camelCase")]
pub struct AttemptView {
    /// In one line.
    #[cfg_attr(test, ts(skip))]
    #[serde(flatten)]
    pub row: AttemptRow,
    /// The command topic.
    pub topic: String,
    /// The command as it is published: JSON text, which the npm package gives as an object.
    #[cfg_attr(test, ts(type = "CommandMessage"))]
    pub command: String,
    /// What happened, in order.
    pub timeline: Vec<TimelineEntry>,
}

impl AttemptRow {
    pub(crate) fn of(index: &Attempts, record: &Record) -> AttemptRow {
        let attempt = record.attempt();
        let some = |expected: Expected| (!expected.is_empty()).then_some(expected);
        let (levels, device) = index.names(record.address);
        let job = index.job(record);
        AttemptRow {
            id: index.mid(record),
            snapshot: attempt.snapshot(),
            address: [index.texts.text(levels), device].join("/"),
            device: device.to_owned(),
            sub_device: index.texts.some(record.sub_device).map(str::to_owned),
            source: owned(job.source),
            expected: some(job.expected()),
            opened_at: attempt.opened_at,
            sent_at: attempt.sent_at,
            prepared_at: attempt.prepared_at,
            ended_at: attempt.ended_at,
            deadline: attempt.deadline(&index.deadlines),
            running: some(index.running(record)),
            open: attempt.state.is_open(),
            foreign_command_seen: attempt.foreign_command,
            // The opening is not among the events.
            entries: usize::from(record.events) + 1,
            alerts: record.alerts.into(),
        }
    }
}

impl AttemptView {
    pub(crate) fn of(index: &Attempts, record: &Record) -> Option<AttemptView> {
        let row = AttemptRow::of(index, record);
        let command = Message::Command(command(index, record)?);
        let channel = Channel::Command.as_str();
        Some(AttemptView {
            topic: [&row.address, "/ota/upgrade/", channel].concat(),
            row,
            command: command.encode(),
            timeline: index
                .timeline(record)
                .iter()
                .map(TimelineEntry::of)
                .collect(),
        })
    }
}

/// The command as it was opened.
fn command(index: &Attempts, record: &Record) -> Option<Command> {
    let job = index.job(record);
    let text = |sym| index.texts.some(sym).map(str::to_owned);
    let rare = record.rare.as_deref();
    let extra = rare.and_then(|rare| Saved::restore(&mut index.texts.bytes(rare.extra)));
    Some(Command {
        mid: Mid::parse(&index.mid(record))?,
        device_uid: index.device(record).to_owned(),
        sub_device_uid: text(record.sub_device),
        timestamp: record.timestamp,
        data: CommandData {
            source: owned(job.source),
            download_url: owned(job.download_url),
            md5_code: owned(job.md5_code),
            extra: job.extra().unwrap_or_default(),
        },
        trace_id: text(record.trace()),
        reply: rare.and_then(|rare| text(rare.reply)),
        extra: extra.unwrap_or_default(),
    })
}

/// One thing that happened to an attempt.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct TimelineEntry {
    /// Unix milliseconds.
    pub at: u64,
    /// What happened.
    pub kind: EntryKind,
    /// How the attempt stood before.
    pub before: Snapshot,
    /// How it stood afterwards.
    pub after: Snapshot,
    /// What became of a result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disposition: Option<Disposition>,
    /// What tied a result to the attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matched_by: Option<MatchedBy>,
    /// The tracker's number of a result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_id: Option<u64>,
    /// What a result reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Of the result, of the other command, or of the attempt that took this one's place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mid: Option<String>,
    /// What an operator should look at.
    pub alerts: Vec<Alert>,
    /// The entry in words.
    #[cfg_attr(test, ts(type = "Text"))]
    pub text: Phrase,
}

impl TimelineEntry {
    pub(crate) fn of(entry: &Entry) -> TimelineEntry {
        let facts = &entry.facts;
        TimelineEntry {
            at: entry.at,
            kind: entry.kind,
            before: entry.before,
            after: entry.after,
            disposition: facts.disposition,
            matched_by: facts.matched_by,
            result_id: facts.result_id,
            status: facts.reported.as_ref().and_then(|reported| reported.status),
            mid: facts.mid.clone(),
            alerts: entry.alerts.iter().copied().map(Alert::from).collect(),
            text: explain(entry),
        }
    }
}

/// One line of an explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Explained {
    /// Unix milliseconds.
    pub at: u64,
    /// What happened.
    #[cfg_attr(test, ts(type = "Text"))]
    pub text: Phrase,
}

/// What a call did to an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// Which one.
    pub attempt_id: String,
    /// How it stood before.
    pub before: Snapshot,
    /// How it stands now.
    pub after: Snapshot,
    /// What an operator should look at.
    pub alerts: Vec<Alert>,
}

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct Ingested {
    /// In a word.
    pub disposition: Disposition,
    /// The tracker's number of a result; the same result keeps it while it is remembered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_id: Option<u64>,
    /// What tied a result to the attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matched_by: Option<MatchedBy>,
    /// The attempt that it belongs to or, for `wrong-subject`, names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt_id: Option<String>,
    /// How that attempt stood before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Snapshot>,
    /// How it stands now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Snapshot>,
    /// What an operator should look at.
    pub alerts: Vec<Alert>,
    /// What reading the payload found.
    pub diagnostics: Vec<Diagnostic>,
    /// Every attempt that it was recorded on.
    pub attempt_ids: Vec<String>,
}

/// How many attempts there are: one number for each [`State`] by its name, and `total`, `open`,
/// `verified`, `mismatched` and `unverified` (of those that `succeeded`) and `alerts` (on all timelines).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// By state.
    #[serde(flatten)]
    pub by_state: ByState,
    /// All.
    pub total: usize,
    /// Those that still wait for something.
    pub open: usize,
    /// `succeeded` and verified: what a rollout counts as success.
    pub verified: usize,
    /// `succeeded`, but not with what was expected.
    pub mismatched: usize,
    /// `succeeded`, with nothing to compare.
    pub unverified: usize,
    /// Alerts on all timelines together.
    pub alerts: usize,
}

/// A number for each [`State`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByState([usize; State::ALL.len()]);

impl ByState {
    /// Every state with its number.
    pub fn iter(&self) -> impl Iterator<Item = (State, usize)> {
        State::ALL.into_iter().zip(self.0)
    }
}

impl Index<&State> for ByState {
    type Output = usize;

    fn index(&self, state: &State) -> &usize {
        // Every state has its place.
        self.0.get(*state as usize).unwrap_or(&0)
    }
}

impl Serialize for ByState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl Counts {
    pub(crate) fn of(tally: &Tally) -> Counts {
        let by_state = ByState(tally.by_state);
        Counts {
            total: tally.total,
            open: by_state
                .iter()
                .filter(|(state, _)| state.is_open())
                .map(|(_, count)| count)
                .sum(),
            by_state,
            verified: tally.verified,
            mismatched: tally.mismatched,
            unverified: tally.unverified,
            alerts: tally.alerts,
        }
    }
}

/// One of the tracker's logs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Log"))]
pub struct LogView {
    /// How many entries were dropped to keep it bounded.
    pub dropped: u64,
    /// Oldest first.
    pub entries: Vec<LogEntry>,
}

/// A delivery in a log.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct LogEntry {
    /// The tracker's number of it.
    pub result_id: u64,
    /// Unix milliseconds.
    pub at: u64,
    /// Where it came.
    pub topic: String,
    /// Its first 4,096 bytes.
    #[cfg_attr(test, ts(type = "Uint8Array"))]
    pub payload: Vec<u8>,
    /// What became of it.
    pub disposition: Disposition,
    /// What an operator should look at.
    pub alerts: Vec<Alert>,
}

impl LogView {
    pub(crate) fn of(log: &Log) -> LogView {
        LogView {
            dropped: log.dropped,
            entries: log.entries.iter().map(LogEntry::of).collect(),
        }
    }
}

impl LogEntry {
    fn of(logged: &Logged) -> LogEntry {
        LogEntry {
            result_id: logged.result_id,
            at: logged.at,
            topic: logged.topic.clone(),
            payload: logged.payload.clone(),
            disposition: logged.disposition,
            alerts: logged.alerts.iter().copied().map(Alert::from).collect(),
        }
    }
}

/// Which attempts to list.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "PageOptions", optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct PageQuery {
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// Most attempts on the page.
    pub limit: usize,
    /// Only those in this state.
    #[serde(default)]
    pub state: Option<State>,
    /// Only those whose device begins so.
    #[serde(default)]
    pub device: Option<String>,
}

/// Some attempts, newest first.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Page {
    /// Newest first.
    pub attempts: Vec<AttemptRow>,
    /// Where the next page begins, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
