//! Many attempts (§7): what the operator does with them, and time.

use super::alert::{Alert, Alerts};
use super::attempt::{Attempt, Event, What, step};
use super::correlate::Origin;
use super::index::{Index, Note, Opening, Place};
use super::log::{Log, LogKind};
use super::record::{How, Id, Record, Slot};
use super::state::{Deadlines, Snapshot};
use super::timeline::{EntryKind, RefusalReason};
use super::verify::{COMMIT_MIN, Expected};
use super::view::Change;
use crate::decode::{Input, Options, decode};
use crate::diagnostic::Error;
use crate::diagnostic::problem;
use crate::message::{Command, Message, Mid};
use crate::topic::{Channel, Topic};

mod assign;
mod ingest;
mod query;
mod results;
mod save;

#[cfg(feature = "wasm")]
pub(crate) use results::Outcome;
#[cfg(feature = "wasm")]
pub(crate) use save::Restoring;
pub(crate) use save::Saving;

/// Follows upgrade attempts over one broker connection (§7).
///
/// All times are Unix milliseconds given by the caller. The tracker uses the greatest it has seen,
/// and expires what is due before it does anything else.
///
/// ```
/// use wudun_ota::Input;
/// use wudun_ota::upgrade::{Deadlines, Disposition, Expected, Open, State, Tracker};
///
/// let mut tracker = Tracker::new(Deadlines::default());
/// let command = br#"{
///     "mid": "3f1c2b64-9d0e-4a57-8b21-6c0d5e7f8a90", "type": "ota_upgrade", "device_uid": "gw-1",
///     "timestamp": 1800000000000,
///     "data": {
///         "source": "ems_II", "download_url": "https://fw.example/ems.bin",
///         "md5_code": "0123456789abcdef0123456789abcdef"
///     }
/// }"#;
/// let id = tracker.open(
///     Open {
///         topic: "v1/wudun/pk/gw-1/ota/upgrade/command",
///         command: Input::bytes(command),
///         expected: Expected { version: Some("1.1.0".into()), commit: None },
///         supersede: false,
///     },
///     1_800_000_000_000,
/// )?;
/// // Publish it, and say so.
/// tracker.sent(&id, 1_800_000_000_050)?;
///
/// let result = br#"{
///     "mid": "9b2d7c10-5f6e-4d3c-a1b0-2e4f6a8c0d1e", "type": "ota_upgrade", "device_uid": "gw-1",
///     "timestamp": 1800000060000, "data": { "final_version": "v1.1.0", "status": 4 }
/// }"#;
/// let topic = "v1/wudun/pk/gw-1/ota/upgrade/result";
/// let ingested = tracker.ingest(topic, Input::bytes(result), 1_800_000_060_000, false);
/// assert_eq!(ingested.disposition, Disposition::Advanced);
/// assert_eq!(tracker.attempt(&id).unwrap().row.snapshot.state, State::Succeeded);
/// assert_eq!(tracker.counts().verified, 1);
/// # Ok::<(), wudun_ota::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Tracker {
    index: Index,
    logs: [Log; LogKind::ALL.len()],
    /// The greatest `now` seen.
    now: u64,
    /// The running number: of results, and marking when attempts were sent.
    number: u64,
    /// Attempts opened so far.
    opened: u64,
    scratch: ingest::Scratch,
}

/// What [`Tracker::open`] takes.
#[derive(Clone, Debug)]
pub struct Open<'a> {
    /// The command topic.
    pub topic: &'a str,
    /// The command, as it will be published.
    pub command: Input<'a>,
    /// What the device should run in the end.
    pub expected: Expected,
    /// Take the place of an attempt on the same subject that is open or that the device may still carry out.
    pub supersede: bool,
}

impl Tracker {
    /// A tracker without attempts.
    #[must_use]
    pub fn new(deadlines: Deadlines) -> Tracker {
        Tracker {
            index: Index::new(deadlines),
            ..Tracker::default()
        }
    }

    /// Opens an attempt, before its command is published. Gives its id, the command's `mid`.
    ///
    /// # Errors
    /// `topic-not-command`, `expected-commit-short`, `mid-in-use`; `subject-busy` when an attempt on
    /// the subject waits to be sent, `needs-supersede` when one was sent and the device has not
    /// reported an ending; those of reading the topic and, strictly, the command.
    pub fn open(&mut self, open: Open<'_>, now: u64) -> Result<String, Error> {
        self.advance(now);
        let topic = Topic::parse(open.topic)?;
        if topic.channel() != Channel::Command {
            return Err(Error::one(problem::topic_not_command(open.topic), ""));
        }
        let command = read_command(&open)?;
        let expected = expectation(open.expected)?;
        let id = Id::of(&command.mid);
        if self.index.find(id).is_some() {
            return Err(Error::one(
                problem::mid_in_use(command.mid.as_str()),
                "/mid",
            ));
        }
        let address = topic.address();
        for in_the_way in self.in_the_way(&address, &command, open.supersede)? {
            let note = Note {
                mid: Some((id, command.mid.as_str().as_bytes())),
                ..Note::of(EntryKind::Superseded)
            };
            self.apply(in_the_way, What::Superseded, &note);
        }
        self.index.open(&Opening {
            topic: &topic,
            command: &command,
            expected: &expected,
            order: self.opened,
            attempt: Attempt::open(self.now),
        });
        self.opened += 1;
        Ok(command.mid.as_str().to_owned())
    }

    /// The attempts that a new one on their subject would supersede: any open one, and the last
    /// sent one unless the device has reported its ending.
    fn in_the_way(
        &self,
        address: &str,
        command: &Command,
        supersede: bool,
    ) -> Result<Vec<Slot>, Error> {
        let address = self.index.address(&Place::of(address));
        let on_subject = || self.on_subject(address, command);
        let open = on_subject().find(|(_, record)| record.state().is_open());
        // What the broker denied was not sent: the one before it may still be carried out.
        let last_sent = on_subject()
            .filter(|(_, record)| !record.attempt().denied)
            .max_by_key(|(_, record)| record.sent_mark)
            .filter(|(_, record)| record.attempt().may_still_act());
        let unsent = open.filter(|(_, open)| open.attempt().sent_at.is_none());
        if !supersede && let Some((_, unsent)) = unsent {
            let mid = self.index.mid(unsent);
            return Err(Error::one(problem::subject_busy(&mid), ""));
        }
        if !supersede && let Some((_, sent)) = open.or(last_sent) {
            let mid = self.index.mid(sent);
            return Err(Error::one(problem::needs_supersede(&mid), ""));
        }
        let (open, last_sent) = (open.map(|(slot, _)| slot), last_sent.map(|(slot, _)| slot));
        Ok(open
            .into_iter()
            .chain(last_sent.filter(|last| Some(*last) != open))
            .collect())
    }

    /// The attempts for the same subject as `command`, in the order of opening.
    fn on_subject(
        &self,
        address: Option<u32>,
        command: &Command,
    ) -> impl Iterator<Item = (Slot, &Record)> {
        let sub_device = command.sub_device_uid.as_deref().map(str::as_bytes);
        let origin = Origin::of(&self.index, address, sub_device);
        let source = command.data.source.as_bytes();
        self.index.at(address).filter(move |(_, record)| {
            origin.is_of(record) && self.index.job(record).source == source
        })
    }

    /// The command was handed to a live connection.
    ///
    /// # Errors
    /// `attempt-unknown`.
    pub fn sent(&mut self, id: &str, now: u64) -> Result<Change, Error> {
        self.happen(id, now, What::Sent, &Note::of(EntryKind::Sent))
    }

    /// The broker acknowledged the command with an MQTT reason code: 0x80 and above refuse it.
    ///
    /// # Errors
    /// `attempt-unknown`.
    pub fn acknowledged(&mut self, id: &str, reason_code: u8, now: u64) -> Result<Change, Error> {
        let reason = RefusalReason::ReasonCode { code: reason_code };
        if reason_code >= 0x80 {
            return self.refused(id, reason, now);
        }
        let note = Note {
            how: How::of_reason(&reason),
            ..Note::of(EntryKind::Acknowledged)
        };
        self.happen(id, now, What::Acknowledged, &note)
    }

    /// The command was not seen on its own topic. A fact, no ending.
    ///
    /// # Errors
    /// `attempt-unknown`.
    pub fn no_echo(&mut self, id: &str, now: u64) -> Result<Change, Error> {
        self.happen(id, now, What::NoEcho, &Note::of(EntryKind::NoEcho))
    }

    /// The command was refused, or given up because the connection was lost too often.
    ///
    /// # Errors
    /// `attempt-unknown`.
    pub fn refused(&mut self, id: &str, reason: RefusalReason, now: u64) -> Result<Change, Error> {
        let by_reason_code = match reason {
            RefusalReason::NoEcho => return self.no_echo(id, now),
            RefusalReason::ReasonCode { code } if code < 0x80 => {
                return self.acknowledged(id, code, now);
            }
            RefusalReason::ReasonCode { .. } => true,
            RefusalReason::ConnectionLost | RefusalReason::Other { .. } => false,
        };
        let note = Note {
            how: How::of_reason(&reason),
            text: match &reason {
                RefusalReason::Other { text } => Some(text),
                _ => None,
            },
            ..Note::of(EntryKind::Refused)
        };
        self.happen(id, now, What::Refused { by_reason_code }, &note)
    }

    /// The operator gives the attempt up. Local only: the device may still act.
    ///
    /// # Errors
    /// `attempt-unknown`.
    pub fn cancel(&mut self, id: &str, now: u64) -> Result<Change, Error> {
        self.happen(id, now, What::Cancelled, &Note::of(EntryKind::Cancelled))
    }

    /// Drops an attempt that has ended. What its address has sent stays remembered.
    ///
    /// # Errors
    /// `attempt-unknown`; `attempt-open`.
    pub fn forget(&mut self, id: &str) -> Result<(), Error> {
        let slot = self.find(id)?;
        let record = self.index.get(slot);
        if record.is_some_and(|record| record.state().is_open()) {
            return Err(Error::one(problem::attempt_open(id), ""));
        }
        self.index.remove(slot);
        Ok(())
    }

    /// Expires what is due, and gives all that expired since the last call, by this one or another.
    /// Costs what it gives.
    pub fn tick(&mut self, now: u64) -> Vec<Change> {
        self.advance(now);
        let change = |slot: Slot| {
            let record = self.index.get(slot)?;
            let (before, after) = self.index.expiry(record)?;
            Some(Change {
                attempt_id: self.index.mid(record),
                before,
                after,
                alerts: Vec::new(),
            })
        };
        let changes = self.index.untold().filter_map(change).collect();
        self.index.told();
        changes
    }

    fn log_mut(&mut self, kind: LogKind) -> &mut Log {
        let [unsolicited, suspect, invalid] = &mut self.logs;
        match kind {
            LogKind::Unsolicited => unsolicited,
            LogKind::Suspect => suspect,
            LogKind::Invalid => invalid,
        }
    }

    fn find(&self, id: &str) -> Result<Slot, Error> {
        let known = Mid::value_of(id.as_bytes()).and_then(|mid| self.index.find(Id(mid)));
        known.ok_or_else(|| Error::one(problem::attempt_unknown(id), ""))
    }

    fn happen(&mut self, id: &str, now: u64, what: What, note: &Note<'_>) -> Result<Change, Error> {
        self.advance(now);
        let slot = self.find(id)?;
        let Moved {
            before,
            after,
            alerts,
            ..
        } = self.apply(slot, what, note);
        Ok(Change {
            attempt_id: self.name(slot),
            before,
            after,
            alerts: alerts.iter().map(Alert::from).collect(),
        })
    }

    /// The `mid` of an attempt, as written.
    fn name(&self, slot: Slot) -> String {
        let record = self.index.get(slot);
        record.map_or_else(String::new, |record| self.index.mid(record))
    }

    /// The same, in the bytes of its 36 characters.
    #[cfg(feature = "wasm")]
    pub(crate) fn mid_bytes(&self, slot: Slot) -> [u8; Mid::LENGTH] {
        let record = self.index.get(slot);
        let written = record.filter(|record| record.rare.is_some());
        let written = written.map(|record| self.index.mid(record));
        let bytes = written.and_then(|text| text.as_bytes().first_chunk().copied());
        let plain = || Mid::bytes_of(record.map_or(0, |record| record.id().0));
        bytes.unwrap_or_else(plain)
    }

    /// Time never runs backwards. What is due is expired, each at its own moment, so that it does
    /// not matter how often the tracker is called.
    fn advance(&mut self, now: u64) {
        self.now = self.now.max(now);
        while let Some(at) = self.index.deadline_by(self.now) {
            for slot in self.index.all_due_at(at) {
                let record = self.index.get(slot);
                let sent = record.is_some_and(|record| record.attempt().sent_at.is_some());
                let kind = if sent {
                    EntryKind::TimedOut
                } else {
                    EntryKind::NotSent
                };
                self.apply_at(at, slot, What::Due, &Note::of(kind), Alerts::default());
                self.index.expire(slot);
            }
        }
    }

    fn apply(&mut self, slot: Slot, what: What, note: &Note<'_>) -> Moved {
        self.apply_at(self.now, slot, what, note, Alerts::default())
    }

    /// The only way to [`step`]; `more` alerts are those that are no matter of the state machine.
    fn apply_at(
        &mut self,
        at: u64,
        slot: Slot,
        what: What,
        note: &Note<'_>,
        more: Alerts,
    ) -> Moved {
        let attempt = self.index.get(slot).map(Record::attempt);
        let attempt = attempt.unwrap_or_else(|| Attempt::open(at));
        let (next, raised) = step(&attempt, &Event { at, what });
        let alerts = raised.and(more);
        let (before, after) = (attempt.snapshot(), next.snapshot());
        if attempt != next {
            self.index.set_attempt(slot, &attempt, &next);
        }
        if attempt.sent_at.is_none() && next.sent_at.is_some() {
            // A result that proves the sending is not one from before it.
            let mark = match note.result_id {
                0 => next_number(&mut self.number),
                result_id => result_id,
            };
            self.index.mark_sent(slot, mark);
        }
        let disposition = match what {
            What::Result(report) => Some(results::disposition(&before, &after, report.status)),
            _ => note.disposition,
        };
        let note = Note {
            disposition,
            ..*note
        };
        self.index.note(slot, at, [&before, &after], alerts, &note);
        Moved {
            slot,
            before,
            after,
            alerts,
        }
    }

    /// Puts something on an attempt's timeline that changes nothing, once.
    fn record(&mut self, slot: Slot, note: &Note<'_>, alerts: Alerts) {
        if self.index.has(slot, alerts, note) {
            return;
        }
        if let Some(record) = self.index.get(slot) {
            let snapshot = record.attempt().snapshot();
            self.index
                .note(slot, self.now, [&snapshot; 2], alerts, note);
        }
    }
}

/// What has become of an attempt.
#[derive(Clone, Debug)]
struct Moved {
    slot: Slot,
    before: Snapshot,
    after: Snapshot,
    alerts: Alerts,
}

fn next_number(number: &mut u64) -> u64 {
    *number += 1;
    *number
}

fn read_command(open: &Open<'_>) -> Result<Command, Error> {
    let decoded = decode(
        open.command,
        &Options {
            topic: Some(open.topic),
            ..Options::default()
        },
    );
    match decoded.message {
        Some(Message::Command(command)) => Ok(command),
        _ => Err(Error::new(decoded.diagnostics)),
    }
}

/// An empty expectation is none.
fn expectation(expected: Expected) -> Result<Expected, Error> {
    let some = |text: Option<String>| text.filter(|text| !text.is_empty());
    let expected = Expected {
        version: some(expected.version),
        commit: some(expected.commit),
    };
    match &expected.commit {
        Some(commit) if commit.chars().count() < COMMIT_MIN => Err(Error::one(
            problem::expected_commit_short(commit),
            "/expected/commit",
        )),
        _ => Ok(expected),
    }
}
