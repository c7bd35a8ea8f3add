//! The whole state as bytes, and back.
//!
//! Each chunk is `WOTA`, a version byte, the MD5 that all chunks of one save share (of their
//! payloads, one after the other), the chunk's position and the number of chunks (32 bits each,
//! big-endian), the payload, and the MD5 of all this. The payloads together are JSON lines.

use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

use super::super::attempt::Attempt;
use super::super::index::{Id, Record};
use super::super::log::{LogKind, Logged};
use super::super::memory::{AddressKey, Recent};
use super::super::state::Deadlines;
use super::super::timeline::Entry;
use super::super::verify::Expected;
use super::Tracker;
use crate::decode::{Input, Options, decode};
use crate::diagnostic::{Error, problem};
use crate::message::{Command, Message};
use crate::topic::Topic;

const MAGIC: &[u8; 4] = b"WOTA";
const VERSION: u8 = 1;
const DIGEST: usize = 16;
const HEADER: usize = MAGIC.len() + 1 + DIGEST + 4 + 4;

/// A chunk is closed once its payload has this many bytes.
const CHUNK: usize = 256 * 1_024;

/// Numbers beyond this are none that a tracker has counted to.
const COUNTABLE: u64 = 1 << 53;

/// A line of the saved state.
#[derive(Serialize, Deserialize)]
enum Line {
    Tracker {
        now: u64,
        number: u64,
        opened: u64,
        expired: Vec<Id>,
    },
    Attempt(Box<SavedAttempt>),
    Address(AddressKey, Recent),
    Dropped(LogKind, u64),
    Logged(LogKind, Logged),
}

#[derive(Serialize, Deserialize)]
struct SavedAttempt {
    order: u64,
    topic: String,
    command: String,
    expected: Expected,
    attempt: Attempt,
    sent_mark: Option<u64>,
    running: Expected,
    timeline: Vec<Entry>,
}

impl SavedAttempt {
    fn of(record: &Record) -> SavedAttempt {
        SavedAttempt {
            order: record.order,
            topic: record.topic.to_string(),
            command: Message::Command(record.command.clone()).encode(),
            expected: record.expected.clone(),
            attempt: record.attempt,
            sent_mark: record.sent_mark,
            running: record.running.clone(),
            timeline: record.timeline.clone(),
        }
    }

    fn restore(self) -> Option<Record> {
        let topic = Topic::parse(&self.topic).ok()?;
        let command = read_command(&self.command, &self.topic)?;
        Some(Record {
            order: self.order,
            address: topic.address(),
            topic,
            command,
            expected: self.expected,
            attempt: self.attempt,
            sent_mark: self.sent_mark,
            running: self.running,
            alerts: self.timeline.iter().map(|entry| entry.alerts.len()).sum(),
            timeline: self.timeline,
        })
    }
}

fn read_command(text: &str, topic: &str) -> Option<Command> {
    let options = Options {
        topic: Some(topic),
        max_bytes: Some(usize::MAX),
        ..Options::default()
    };
    match decode(Input::bytes(text.as_bytes()), &options).message? {
        Message::Command(command) => Some(command),
        Message::Result(_) => None,
    }
}

impl Tracker {
    /// The whole state, in chunks, for [`Tracker::restore`].
    #[must_use]
    pub fn save(&self) -> Vec<Vec<u8>> {
        let mut payloads = vec![Vec::new()];
        for line in self.lines() {
            // None of these types can fail to be written.
            let Ok(mut text) = serde_json::to_vec(&line) else {
                continue;
            };
            text.push(b'\n');
            match payloads.last_mut() {
                Some(last) if last.len() < CHUNK => last.append(&mut text),
                _ => payloads.push(text),
            }
        }
        let shared = digest_all(payloads.iter().map(Vec::as_slice));
        let count = payloads.len();
        payloads
            .iter()
            .enumerate()
            .map(|(position, payload)| chunk(&shared, position, count, payload))
            .collect()
    }

    fn lines(&self) -> impl Iterator<Item = Line> {
        let first = Line::Tracker {
            now: self.now,
            number: self.number,
            opened: self.opened,
            expired: self.expired.clone(),
        };
        let attempts = self
            .index
            .all()
            .map(|record| Line::Attempt(Box::new(SavedAttempt::of(record))));
        let addresses = self
            .memory
            .all()
            .map(|(key, recent)| Line::Address(*key, recent.clone()));
        let logs = LogKind::ALL
            .into_iter()
            .zip(&self.logs)
            .flat_map(|(kind, log)| {
                let entries = log
                    .entries
                    .iter()
                    .map(move |logged| Line::Logged(kind, logged.clone()));
                std::iter::once(Line::Dropped(kind, log.dropped)).chain(entries)
            });
        std::iter::once(first)
            .chain(attempts)
            .chain(addresses)
            .chain(logs)
    }

    /// A tracker as [`Tracker::save`] left it, with deadlines that count from the same moments, at the time `now`.
    ///
    /// # Errors
    /// `saved-state-foreign` for what is no saved state, `saved-state-version` for that of a later
    /// version, `saved-state-damaged` when chunks are damaged, cut, missing, out of order or of
    /// different saves.
    pub fn restore<C: AsRef<[u8]>>(
        chunks: &[C],
        deadlines: Deadlines,
        now: u64,
    ) -> Result<Tracker, Error> {
        let payloads = check(chunks)?;
        let damaged = || Error::one(problem::saved_state_damaged(), "");
        let mut tracker = Tracker::new(deadlines);
        for text in payloads
            .into_iter()
            .flat_map(|payload| payload.split(|byte| *byte == b'\n'))
        {
            if text.is_empty() {
                continue;
            }
            let line = serde_json::from_slice(text).map_err(|_| damaged())?;
            tracker.take(line).ok_or_else(damaged)?;
        }
        tracker.advance(now);
        Ok(tracker)
    }

    fn take(&mut self, line: Line) -> Option<()> {
        match line {
            Line::Tracker {
                now,
                number,
                opened,
                expired,
            } => {
                if number > COUNTABLE || opened > COUNTABLE {
                    return None;
                }
                (self.now, self.number, self.opened, self.expired) = (now, number, opened, expired);
            }
            Line::Attempt(saved) => {
                let record = saved.restore()?;
                if self.index.get(record.id()).is_some() {
                    return None;
                }
                self.index.insert(record);
            }
            Line::Address(key, recent) => self.memory.put_back(key, recent),
            Line::Dropped(kind, dropped) => self.log_mut(kind).dropped = dropped,
            Line::Logged(kind, logged) => self.log_mut(kind).entries.push_back(logged),
        }
        Some(())
    }
}

fn digest_all<'a>(parts: impl Iterator<Item = &'a [u8]>) -> [u8; DIGEST] {
    let mut md5 = Md5::new();
    parts.for_each(|part| md5.update(part));
    md5.finalize().into()
}

fn chunk(shared: &[u8; DIGEST], position: usize, count: usize, payload: &[u8]) -> Vec<u8> {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_be_bytes();
    let mut chunk = Vec::with_capacity(HEADER + payload.len() + DIGEST);
    chunk.extend_from_slice(MAGIC);
    chunk.push(VERSION);
    chunk.extend_from_slice(shared);
    chunk.extend_from_slice(&number(position));
    chunk.extend_from_slice(&number(count));
    chunk.extend_from_slice(payload);
    let digest = digest_all(std::iter::once(chunk.as_slice()));
    chunk.extend_from_slice(&digest);
    chunk
}

/// The payloads of chunks that are whole and belong together.
fn check<C: AsRef<[u8]>>(chunks: &[C]) -> Result<Vec<&[u8]>, Error> {
    let damaged = || Error::one(problem::saved_state_damaged(), "");
    let mut payloads = Vec::with_capacity(chunks.len());
    let mut all_shared = None;
    for (position, chunk) in chunks.iter().enumerate() {
        let chunk = chunk.as_ref();
        let rest = chunk
            .strip_prefix(MAGIC)
            .ok_or_else(|| Error::one(problem::saved_state_foreign(), ""))?;
        let (version, rest) = rest.split_first().ok_or_else(damaged)?;
        if *version > VERSION {
            return Err(Error::one(problem::saved_state_version(*version), ""));
        }
        let (body, digest) = chunk.split_last_chunk::<DIGEST>().ok_or_else(damaged)?;
        let (shared, rest) = rest.split_first_chunk::<DIGEST>().ok_or_else(damaged)?;
        let (at, rest) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
        let (count, rest) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
        let (payload, _) = rest.split_last_chunk::<DIGEST>().ok_or_else(damaged)?;
        let in_place = u32::from_be_bytes(*at) as usize == position
            && u32::from_be_bytes(*count) as usize == chunks.len();
        let same_save = *all_shared.get_or_insert(*shared) == *shared;
        if *version != VERSION
            || digest_all(std::iter::once(body)) != *digest
            || !in_place
            || !same_save
        {
            return Err(damaged());
        }
        payloads.push(payload);
    }
    if all_shared != Some(digest_all(payloads.iter().copied())) {
        return Err(damaged());
    }
    Ok(payloads)
}
