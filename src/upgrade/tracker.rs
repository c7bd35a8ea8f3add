//! Many attempts (§7): what the operator does with them, and time.

use super::alert::{Alert, AlertCode};
use super::attempt::{Attempt, Event, What, step};
use super::index::{Id, Index, Record};
use super::log::{Log, LogKind};
use super::memory::Memory;
use super::state::Deadlines;
use super::timeline::{Entry, EntryKind, Facts, RefusalReason};
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
/// assert_eq!(tracker.attempt(&id).unwrap().snapshot.state, State::Succeeded);
/// assert_eq!(tracker.counts().verified, 1);
/// # Ok::<(), wudun_ota::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Tracker {
    index: Index,
    memory: Memory,
    logs: [Log; LogKind::ALL.len()],
    /// The greatest `now` seen.
    now: u64,
    /// The running number: of results, and marking when attempts were sent.
    number: u64,
    /// Attempts opened so far.
    opened: u64,
    /// Expired, and not yet given by [`Tracker::tick`].
    expired: Vec<Id>,
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
        let (id, address) = (Id::of(&command.mid), topic.address());
        if self.index.get(id).is_some() {
            return Err(Error::one(
                problem::mid_in_use(command.mid.as_str()),
                "/mid",
            ));
        }
        for in_the_way in self.in_the_way(&address, &command, open.supersede)? {
            self.apply(
                in_the_way,
                What::Superseded,
                EntryKind::Superseded,
                Facts::mid(command.mid.as_str()),
            );
        }
        let attempt = Attempt::open(self.now);
        let snapshot = attempt.snapshot();
        let mut record = Record {
            order: self.opened,
            topic,
            address,
            command,
            expected,
            attempt,
            sent_mark: None,
            running: Expected::default(),
            timeline: Vec::new(),
            alerts: 0,
        };
        self.opened += 1;
        record.note(Entry {
            at: self.now,
            kind: EntryKind::Opened,
            before: snapshot,
            after: snapshot,
            alerts: Vec::new(),
            facts: Facts::default(),
        });
        self.memory.keep(&record.address);
        let text = record.command.mid.as_str().to_owned();
        self.index.insert(record);
        Ok(text)
    }

    /// The attempts that a new one on their subject would supersede: any open one, and the last
    /// sent one unless the device has reported its ending.
    fn in_the_way(
        &self,
        address: &str,
        command: &Command,
        supersede: bool,
    ) -> Result<Vec<Id>, Error> {
        let on_subject = || self.index.on_subject(address, command);
        let open = on_subject().find(|record| record.attempt.state.is_open());
        // What the broker denied was not sent: the one before it may still be carried out.
        let last_sent = on_subject()
            .filter(|record| !record.attempt.denied)
            .max_by_key(|record| record.sent_mark)
            .filter(|record| record.attempt.may_still_act());
        if !supersede && let Some(unsent) = open.filter(|open| open.attempt.sent_at.is_none()) {
            let mid = unsent.command.mid.as_str();
            return Err(Error::one(problem::subject_busy(mid), ""));
        }
        if !supersede && let Some(sent) = open.or(last_sent) {
            let mid = sent.command.mid.as_str();
            return Err(Error::one(problem::needs_supersede(mid), ""));
        }
        let (open, last_sent) = (open.map(Record::id), last_sent.map(Record::id));
        Ok(open
            .into_iter()
            .chain(last_sent.filter(|last| Some(*last) != open))
            .collect())
    }

    /// The command was handed to a live connection.
    ///
    /// # Errors
    /// `attempt-unknown`.
    pub fn sent(&mut self, id: &str, now: u64) -> Result<Change, Error> {
        self.happen(id, now, What::Sent, EntryKind::Sent, Facts::default())
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
        let facts = Facts {
            reason: Some(reason),
            ..Facts::default()
        };
        self.happen(id, now, What::Acknowledged, EntryKind::Acknowledged, facts)
    }

    /// The command was not seen on its own topic. A fact, no ending.
    ///
    /// # Errors
    /// `attempt-unknown`.
    pub fn no_echo(&mut self, id: &str, now: u64) -> Result<Change, Error> {
        self.happen(id, now, What::NoEcho, EntryKind::NoEcho, Facts::default())
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
        let facts = Facts {
            reason: Some(reason),
            ..Facts::default()
        };
        self.happen(
            id,
            now,
            What::Refused { by_reason_code },
            EntryKind::Refused,
            facts,
        )
    }

    /// The operator gives the attempt up. Local only: the device may still act.
    ///
    /// # Errors
    /// `attempt-unknown`.
    pub fn cancel(&mut self, id: &str, now: u64) -> Result<Change, Error> {
        self.happen(
            id,
            now,
            What::Cancelled,
            EntryKind::Cancelled,
            Facts::default(),
        )
    }

    /// Drops an attempt that has ended. What its address has sent stays remembered.
    ///
    /// # Errors
    /// `attempt-unknown`; `attempt-open`.
    pub fn forget(&mut self, id: &str) -> Result<(), Error> {
        let known = self.find(id)?;
        if self
            .index
            .get(known)
            .is_some_and(|record| record.attempt.state.is_open())
        {
            return Err(Error::one(problem::attempt_open(id), ""));
        }
        if let Some((record, true)) = self.index.remove(known) {
            self.memory.release(&record.address);
        }
        self.expired.retain(|expired| *expired != known);
        Ok(())
    }

    /// Expires what is due, and gives all that expired since the last call, by this one or another.
    pub fn tick(&mut self, now: u64) -> Vec<Change> {
        self.advance(now);
        let expired = std::mem::take(&mut self.expired);
        let change = |id: Id| {
            let record = self.index.get(id)?;
            let expiry =
                |entry: &&Entry| matches!(entry.kind, EntryKind::TimedOut | EntryKind::NotSent);
            let entry = record.timeline.iter().find(expiry)?;
            let attempt_id = record.command.mid.as_str().to_owned();
            Some(Change {
                attempt_id,
                before: entry.before,
                after: entry.after,
                alerts: Vec::new(),
            })
        };
        expired.into_iter().filter_map(change).collect()
    }

    fn log_mut(&mut self, kind: LogKind) -> &mut Log {
        let [unsolicited, suspect, invalid] = &mut self.logs;
        match kind {
            LogKind::Unsolicited => unsolicited,
            LogKind::Suspect => suspect,
            LogKind::Invalid => invalid,
        }
    }

    fn find(&self, id: &str) -> Result<Id, Error> {
        let known = Mid::parse(id)
            .map(|mid| Id::of(&mid))
            .filter(|id| self.index.get(*id).is_some());
        known.ok_or_else(|| Error::one(problem::attempt_unknown(id), ""))
    }

    fn happen(
        &mut self,
        id: &str,
        now: u64,
        what: What,
        kind: EntryKind,
        facts: Facts,
    ) -> Result<Change, Error> {
        self.advance(now);
        let known = self.find(id)?;
        self.apply(known, what, kind, facts)
            .ok_or_else(|| Error::one(problem::attempt_unknown(id), ""))
    }

    /// Time never runs backwards. What is due is expired, each at its own moment, so that it does
    /// not matter how often the tracker is called.
    fn advance(&mut self, now: u64) {
        self.now = self.now.max(now);
        while let Some((at, id)) = self.index.first_deadline()
            && at <= self.now
        {
            let sent = self
                .index
                .get(id)
                .is_some_and(|record| record.attempt.sent_at.is_some());
            let kind = if sent {
                EntryKind::TimedOut
            } else {
                EntryKind::NotSent
            };
            self.apply_at(at, id, What::Due, kind, Facts::default(), &[]);
            self.expired.push(id);
        }
    }

    fn apply(&mut self, id: Id, what: What, kind: EntryKind, facts: Facts) -> Option<Change> {
        self.apply_at(self.now, id, what, kind, facts, &[])
    }

    /// The only way to [`step`]; `more` alerts are those that are no matter of the state machine.
    fn apply_at(
        &mut self,
        at: u64,
        id: Id,
        what: What,
        kind: EntryKind,
        mut facts: Facts,
        more: &[AlertCode],
    ) -> Option<Change> {
        let number = &mut self.number;
        self.index.change(id, |record| {
            let before = record.attempt.snapshot();
            let newly_sent = record.attempt.sent_at.is_none();
            let (next, raised) = step(&record.attempt, &Event { at, what });
            let alerts: Vec<AlertCode> = raised.iter().chain(more.iter().copied()).collect();
            record.attempt = next;
            if newly_sent && next.sent_at.is_some() {
                // A result that proves the sending is not one from before it.
                record.sent_mark = Some(facts.result_id.unwrap_or_else(|| next_number(number)));
            }
            let after = next.snapshot();
            if let What::Result(report) = what {
                facts.disposition = Some(results::disposition(&before, &after, report.status));
            }
            let change = Change {
                attempt_id: record.command.mid.as_str().to_owned(),
                before,
                after,
                alerts: alerts.iter().copied().map(Alert::from).collect(),
            };
            record.note(Entry {
                at,
                kind,
                before,
                after,
                alerts,
                facts,
            });
            change
        })
    }

    /// Puts something on an attempt's timeline that changes nothing, once.
    fn record(&mut self, id: Id, kind: EntryKind, facts: Facts, alerts: &[AlertCode]) {
        let at = self.now;
        self.index.change(id, |record| {
            let snapshot = record.attempt.snapshot();
            let entry = Entry {
                at,
                kind,
                before: snapshot,
                after: snapshot,
                alerts: alerts.to_vec(),
                facts,
            };
            if !record.has(&entry) {
                record.note(entry);
            }
        });
    }
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
