//! The short way into a tracker: JavaScript lays messages down at a fixed place in memory, one call takes
//! them all, and each is answered in a record of fixed size.

use super::message::input_of;
use crate::message::Mid;
use crate::upgrade::{Ingested, Outcome, Tracker, pack};

/// Most messages at a time.
const MESSAGES: usize = 256;
/// Room for their topics and payloads. One message with the longest topic and payload fits.
const ROOM: usize = 256 * 1_024;
/// Of a message: ends of payload and topic, size of the payload, flags.
const HEAD: usize = 4;
/// Of an answer: what became of it, number of the result (low, high), snapshots, alerts, id as text.
const RECORD: usize = 16;
const TEXT: u32 = 1;
const RETAINED: u32 = 2;
/// In the first word of an answer: there is an attempt; it is in `answers`, under the second word.
const ATTEMPT: u32 = 1 << 16;
const LONG: u32 = 1 << 17;

/// A message on the desk.
struct Laid<'a> {
    topic: &'a str,
    payload: &'a [u8],
    /// The payload's; it may be cut.
    size: usize,
    flags: u32,
}

fn messages<'a>(
    bytes: &'a [u8],
    heads: &'a [[u32; HEAD]],
) -> impl Iterator<Item = Laid<'a>> + Clone {
    let mut start = 0;
    heads.iter().map(move |[payload_end, end, size, flags]| {
        let place = |from: u32, to: u32| bytes.get(from as usize..to as usize).unwrap_or_default();
        let payload = place(start, *payload_end);
        let topic = std::str::from_utf8(place(*payload_end, *end)).unwrap_or_default();
        start = *end;
        Laid {
            topic,
            payload,
            size: *size as usize,
            flags: *flags,
        }
    })
}

/// Made when it is used first.
#[derive(Default)]
pub(super) struct Desk {
    bytes: Box<[u8]>,
    heads: Box<[u32]>,
    records: Box<[u32]>,
    answers: Vec<Option<Ingested>>,
}

impl Desk {
    /// Offsets of bytes, heads and records, and how many bytes and messages there is room for. They stay.
    pub(super) fn places(&mut self) -> Vec<u32> {
        if self.bytes.is_empty() {
            self.bytes = vec![0; ROOM].into();
            self.heads = vec![0; HEAD * MESSAGES].into();
            self.records = vec![0; RECORD * MESSAGES].into();
        }
        let at = [
            self.bytes.as_ptr() as u32,
            self.heads.as_ptr() as u32,
            self.records.as_ptr() as u32,
        ];
        [at.as_slice(), &[ROOM as u32, MESSAGES as u32]].concat()
    }

    pub(super) fn work(&mut self, tracker: &mut Tracker, count: usize, now: u64) {
        let Desk {
            bytes,
            heads,
            records,
            answers,
        } = self;
        answers.clear();
        let heads: &[[u32; HEAD]] = heads.as_chunks().0;
        let records = records.as_chunks_mut().0;
        let messages = messages(bytes, heads).take(count);
        if count > 1 {
            let topics = messages.clone().map(|message| message.topic);
            tracker.foresee(topics);
        }
        for (message, record) in messages.zip(records) {
            let Laid {
                topic,
                payload,
                size,
                flags,
            } = message;
            let payload = input_of(payload, size, flags & TEXT != 0);
            let retained = flags & RETAINED != 0;
            let outcome = tracker.take_in(topic, payload, now, retained);
            if !write(tracker, &outcome, record) {
                let [first, second, ..] = record;
                (*first, *second) = (LONG, answers.len() as u32);
                answers.push(Some(tracker.tell(outcome)));
            }
        }
    }

    pub(super) fn answer(&mut self, number: usize) -> Option<Ingested> {
        self.answers.get_mut(number)?.take()
    }
}

/// Whether an answer fits its record.
fn write(tracker: &Tracker, outcome: &Outcome, record: &mut [u32; RECORD]) -> bool {
    if !outcome.diagnostics.is_empty() || !outcome.on.is_empty() {
        return false;
    }
    let matched_by = outcome.matched_by.map_or(0, |by| by as u32 + 1);
    let mut first = outcome.disposition as u32 | matched_by << 8;
    let mut snapshots = 0;
    let [to, low, high, states, raised, _, id @ ..] = record;
    if let Some((slot, before, after)) = &outcome.attempt {
        first |= ATTEMPT;
        snapshots = u32::from(pack(before)) | u32::from(pack(after)) << 16;
        write_id(tracker.mid_bytes(*slot), id);
    }
    (*to, *states, *raised) = (first, snapshots, outcome.alerts.bits().into());
    (*low, *high) = (outcome.result_id as u32, (outcome.result_id >> 32) as u32);
    true
}

/// As text, four characters to a word.
fn write_id(text: [u8; Mid::LENGTH], to: &mut [u32]) {
    for (word, four) in to.iter_mut().zip(text.as_chunks().0) {
        *word = u32::from_le_bytes(*four);
    }
}
