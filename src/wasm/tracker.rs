//! The tracker. Times and numbers come as JavaScript numbers, checked in TypeScript to be whole and exact.

use js_sys::Uint8Array;
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

use super::error::refused;
use super::json::json;
use super::message::input;
use crate::upgrade::{self, Deadlines, Expected, LogKind, Open, PageQuery, RefusalReason, State};
use crate::{Error, Input};

/// Follows upgrade attempts.
#[wasm_bindgen]
pub struct Tracker(upgrade::Tracker);

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
        Tracker(upgrade::Tracker::new(deadlines(
            send,
            first_result,
            final_result,
        )))
    }

    pub fn restore(
        chunks: Vec<Uint8Array>,
        send: Option<f64>,
        first_result: Option<f64>,
        final_result: Option<f64>,
        now: f64,
    ) -> Result<Tracker, String> {
        let chunks: Vec<Vec<u8>> = chunks.iter().map(Uint8Array::to_vec).collect();
        upgrade::Tracker::restore(
            &chunks,
            deadlines(send, first_result, final_result),
            now as u64,
        )
        .map(Tracker)
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
        self.0.open(open, now as u64).map_err(refused)
    }

    pub fn sent(&mut self, id: &str, now: f64) -> Result<String, String> {
        answer(self.0.sent(id, now as u64))
    }

    pub fn acknowledged(&mut self, id: &str, reason_code: u8, now: f64) -> Result<String, String> {
        answer(self.0.acknowledged(id, reason_code, now as u64))
    }

    #[wasm_bindgen(js_name = noEcho)]
    pub fn no_echo(&mut self, id: &str, now: f64) -> Result<String, String> {
        answer(self.0.no_echo(id, now as u64))
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
        answer(self.0.refused(id, reason(kind, code, text), now as u64))
    }

    pub fn cancel(&mut self, id: &str, now: f64) -> Result<String, String> {
        answer(self.0.cancel(id, now as u64))
    }

    pub fn assign(&mut self, result_id: f64, id: &str, now: f64) -> Result<String, String> {
        self.0
            .assign(result_id as u64, id, now as u64)
            .map(|ingested| json(&ingested))
            .map_err(refused)
    }

    pub fn forget(&mut self, id: &str) -> Result<(), String> {
        self.0.forget(id).map_err(refused)
    }

    pub fn ingest(
        &mut self,
        topic: &str,
        payload: &[u8],
        text: bool,
        retained: bool,
        now: f64,
    ) -> String {
        let ingested = self
            .0
            .ingest(topic, input(payload, text), now as u64, retained);
        json(&ingested)
    }

    pub fn tick(&mut self, now: f64) -> String {
        json(&self.0.tick(now as u64))
    }

    #[wasm_bindgen(js_name = nextDeadline)]
    pub fn next_deadline(&self) -> Option<f64> {
        self.0.next_deadline().map(|at| at as f64)
    }

    pub fn attempt(&self, id: &str) -> Option<String> {
        self.0.attempt(id).map(|attempt| json(&attempt))
    }

    pub fn explain(&self, id: &str) -> Result<String, String> {
        answer(self.0.explain(id))
    }

    pub fn counts(&self) -> String {
        json(&self.0.counts())
    }

    /// `kind`: its place among all logs.
    pub fn log(&self, kind: usize) -> String {
        let kind = LogKind::ALL.get(kind).copied();
        json(&self.0.log(kind.unwrap_or(LogKind::Invalid)))
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
        answer(self.0.page(&query))
    }

    pub fn save(&self) -> Vec<Uint8Array> {
        self.0
            .save()
            .iter()
            .map(|chunk| Uint8Array::from(chunk.as_slice()))
            .collect()
    }
}
