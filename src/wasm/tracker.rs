//! The tracker. Times and numbers come as JavaScript numbers, checked in TypeScript to be whole and exact.

use js_sys::Uint8Array;
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

use super::desk::Desk;
use super::error::refused;
use super::json::json;
use super::message::input_of;
use crate::upgrade::{
    self, Alert, AlertCode, AttemptView, Deadlines, Disposition, Expected, LogKind, MatchedBy,
    Open, PageQuery, Phase1, RefusalReason, Restoring, State, Verification,
};
use crate::{Error, Input, Status};

/// Follows upgrade attempts.
#[wasm_bindgen]
pub struct Tracker {
    inner: upgrade::Tracker,
    desk: Desk,
}

impl From<upgrade::Tracker> for Tracker {
    fn from(inner: upgrade::Tracker) -> Tracker {
        Tracker {
            inner,
            desk: Desk::default(),
        }
    }
}

fn deadlines(send: Option<f64>, first_result: Option<f64>, final_result: Option<f64>) -> Deadlines {
    let default = Deadlines::default();
    Deadlines {
        send_ms: send.map_or(default.send_ms, |ms| ms as u64),
        first_result_ms: first_result.map_or(default.first_result_ms, |ms| ms as u64),
        final_result_ms: final_result.map_or(default.final_result_ms, |ms| ms as u64),
    }
}

fn answer<T: Serialize>(result: Result<T, Error>) -> Result<String, String> {
    result.map(|value| json(&value)).map_err(refused)
}

/// The same JSON as its own `Serialize` gives, which would need the row's once more, to flatten it.
fn whole(attempt: &AttemptView) -> String {
    let AttemptView {
        row,
        topic,
        command,
        timeline,
    } = attempt;
    let mut text = json(row);
    text.pop();
    for (key, value) in [
        ("topic", json(topic)),
        ("command", json(command)),
        ("timeline", json(timeline)),
    ] {
        text.extend([",\"", key, "\":", &value]);
    }
    text.push('}');
    text
}

/// Numbers of reasons: JavaScript has the same order in `tracker.ts`.
fn reason(kind: u8, code: u8, text: String) -> RefusalReason {
    match kind {
        0 => RefusalReason::ReasonCode { code },
        1 => RefusalReason::ConnectionLost,
        2 => RefusalReason::NoEcho,
        _ => RefusalReason::Other { text },
    }
}

#[wasm_bindgen]
impl Tracker {
    #[wasm_bindgen(constructor)]
    pub fn new(send: Option<f64>, first_result: Option<f64>, final_result: Option<f64>) -> Tracker {
        upgrade::Tracker::new(deadlines(send, first_result, final_result)).into()
    }

    pub fn restore(
        chunks: Vec<Uint8Array>,
        send: Option<f64>,
        first_result: Option<f64>,
        final_result: Option<f64>,
        now: f64,
    ) -> Result<Tracker, String> {
        let mut restoring = Restoring::new(deadlines(send, first_result, final_result));
        for chunk in chunks {
            restoring.take(&chunk.to_vec()).map_err(refused)?;
        }
        restoring
            .finish(now as u64)
            .map(Tracker::from)
            .map_err(refused)
    }

    /// `command` comes in generalised UTF-8.
    pub fn open(
        &mut self,
        topic: &str,
        command: &[u8],
        version: Option<String>,
        commit: Option<String>,
        supersede: bool,
        now: f64,
    ) -> Result<String, String> {
        let open = Open {
            topic,
            command: Input::wtf8(command),
            expected: Expected { version, commit },
            supersede,
        };
        self.inner.open(open, now as u64).map_err(refused)
    }

    pub fn sent(&mut self, id: &str, now: f64) -> Result<String, String> {
        answer(self.inner.sent(id, now as u64))
    }

    pub fn acknowledged(&mut self, id: &str, reason_code: u8, now: f64) -> Result<String, String> {
        answer(self.inner.acknowledged(id, reason_code, now as u64))
    }

    #[wasm_bindgen(js_name = noEcho)]
    pub fn no_echo(&mut self, id: &str, now: f64) -> Result<String, String> {
        answer(self.inner.no_echo(id, now as u64))
    }

    /// `kind`: the number of the reason.
    pub fn refused(
        &mut self,
        id: &str,
        kind: u8,
        code: u8,
        text: String,
        now: f64,
    ) -> Result<String, String> {
        answer(self.inner.refused(id, reason(kind, code, text), now as u64))
    }

    pub fn cancel(&mut self, id: &str, now: f64) -> Result<String, String> {
        answer(self.inner.cancel(id, now as u64))
    }

    pub fn assign(&mut self, result_id: f64, id: &str, now: f64) -> Result<String, String> {
        self.inner
            .assign(result_id as u64, id, now as u64)
            .map(|ingested| json(&ingested))
            .map_err(refused)
    }

    pub fn forget(&mut self, id: &str) -> Result<(), String> {
        self.inner.forget(id).map_err(refused)
    }

    /// `size`: of the payload, in bytes; only the first of them come where it is beyond the limit.
    pub fn ingest(
        &mut self,
        topic: &str,
        payload: &[u8],
        size: f64,
        text: bool,
        retained: bool,
        now: f64,
    ) -> String {
        let payload = input_of(payload, size as usize, text);
        json(&self.inner.ingest(topic, payload, now as u64, retained))
    }

    pub fn tick(&mut self, now: f64) -> String {
        json(&self.inner.tick(now as u64))
    }

    #[wasm_bindgen(js_name = nextDeadline)]
    pub fn next_deadline(&self) -> Option<f64> {
        self.inner.next_deadline().map(|at| at as f64)
    }

    pub fn attempt(&self, id: &str) -> Option<String> {
        self.inner.attempt(id).map(|attempt| whole(&attempt))
    }

    pub fn explain(&self, id: &str) -> Result<String, String> {
        answer(self.inner.explain(id))
    }

    pub fn counts(&self) -> String {
        json(&self.inner.counts())
    }

    /// `kind`: its place among all logs.
    pub fn log(&self, kind: usize) -> String {
        let kind = LogKind::ALL.get(kind).copied();
        json(&self.inner.log(kind.unwrap_or(LogKind::Invalid)))
    }

    /// `state`: its place among all states.
    pub fn page(
        &self,
        after: Option<String>,
        limit: usize,
        state: Option<usize>,
        device: Option<String>,
    ) -> Result<String, String> {
        let query = PageQuery {
            after,
            limit,
            state: state.and_then(|state| State::ALL.get(state).copied()),
            device,
        };
        answer(self.inner.page(&query))
    }

    pub fn save(&self) -> Vec<Uint8Array> {
        let mut saved = Vec::new();
        self.inner
            .save_each(|chunk| saved.push(Uint8Array::from(chunk.as_slice())));
        saved
    }

    #[wasm_bindgen(js_name = beginSave)]
    pub fn begin_save(&mut self) {
        self.inner.begin_save();
    }

    #[wasm_bindgen(js_name = savedChunk)]
    pub fn saved_chunk(&mut self) -> Option<Vec<u8>> {
        self.inner.saved_chunk()
    }

    /// Where messages go and answers are, see [`Desk::places`].
    pub fn places(&mut self) -> Vec<u32> {
        self.desk.places()
    }

    /// Takes the first `count` of the messages that lie on the desk.
    #[wasm_bindgen(js_name = ingestMany)]
    pub fn ingest_many(&mut self, count: u32, now: f64) {
        self.desk.work(&mut self.inner, count as usize, now as u64);
    }

    /// An answer that does not fit its record.
    pub fn answer(&mut self, number: u32) -> String {
        let ingested = self.desk.answer(number as usize);
        ingested.map_or_else(String::new, |ingested| json(&ingested))
    }
}

/// What the numbers in records mean, as JSON.
#[wasm_bindgen(js_name = trackerNames)]
pub fn tracker_names() -> String {
    let names = [
        listed(&|at| Disposition::ALL.get(at).map(json)),
        listed(&|at| MatchedBy::ALL.get(at).map(json)),
        listed(&|at| State::ALL.get(at).map(json)),
        listed(&|at| Status::ALL.get(at).map(json)),
        listed(&|at| Verification::ALL.get(at).map(json)),
        listed(&|at| Phase1::ALL.get(at).map(json)),
        listed(&|at| AlertCode::ALL.get(at).map(|code| json(&Alert::from(*code)))),
    ];
    listed(&|at| names.get(at).cloned())
}

/// What `json` gives, as far as it gives something, as an array.
fn listed(json: &dyn Fn(usize) -> Option<String>) -> String {
    let items: Vec<String> = (0..).map_while(json).collect();
    ["[", &items.join(","), "]"].concat()
}
