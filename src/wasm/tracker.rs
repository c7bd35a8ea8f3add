//! The tracker. Times and numbers come as JavaScript numbers, checked in TypeScript to be whole and exact.

use js_sys::{Object, Uint8Array};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use super::error::{argument, found, invalid, json, refused};
use super::message::input;
use crate::upgrade::{
    self, Deadlines, Expected, Ingested, LogKind, Open, PageQuery, RefusalReason,
};
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

/// A [`RefusalReason`], flat.
#[derive(Deserialize)]
struct Reason {
    kind: String,
    code: Option<u8>,
    text: Option<String>,
}

impl Reason {
    fn refusal(self) -> Result<RefusalReason, String> {
        let reason = match self.kind.as_str() {
            "reason-code" => self.code.map(|code| RefusalReason::ReasonCode { code }),
            "connection-lost" => Some(RefusalReason::ConnectionLost),
            "no-echo" => Some(RefusalReason::NoEcho),
            "other" => self.text.map(|text| RefusalReason::Other { text }),
            _ => None,
        };
        reason.ok_or_else(|| invalid("reason", "reason-code, connection-lost, no-echo or other"))
    }
}

/// Findings go in their compact form, as everywhere.
fn ingested_json(ingested: &Ingested) -> String {
    let mut text = String::from("{\"disposition\":");
    text.push_str(&json(&ingested.disposition));
    let mut member = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            text.push_str(",\"");
            text.push_str(name);
            text.push_str("\":");
            text.push_str(&value);
        }
    };
    member("resultId", ingested.result_id.as_ref().map(json));
    member("matchedBy", ingested.matched_by.as_ref().map(json));
    member("attemptId", ingested.attempt_id.as_ref().map(json));
    member("before", ingested.before.as_ref().map(json));
    member("after", ingested.after.as_ref().map(json));
    member("alerts", Some(json(&ingested.alerts)));
    member("diagnostics", Some(found(&ingested.diagnostics)));
    member("attemptIds", Some(json(&ingested.attempt_ids)));
    text.push('}');
    text
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
        expected: Option<Object>,
        supersede: bool,
        now: f64,
    ) -> Result<String, String> {
        let expected: Expected = match expected {
            Some(expected) => argument(expected.into(), "expected")?,
            None => Expected::default(),
        };
        let command = Input::wtf8(command);
        let open = Open {
            topic,
            command,
            expected,
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

    pub fn refused(&mut self, id: &str, reason: JsValue, now: f64) -> Result<String, String> {
        let reason: Reason = argument(reason, "reason")?;
        answer(self.0.refused(id, reason.refusal()?, now as u64))
    }

    pub fn cancel(&mut self, id: &str, now: f64) -> Result<String, String> {
        answer(self.0.cancel(id, now as u64))
    }

    pub fn assign(&mut self, result_id: f64, id: &str, now: f64) -> Result<String, String> {
        self.0
            .assign(result_id as u64, id, now as u64)
            .map(|ingested| ingested_json(&ingested))
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
        ingested_json(&ingested)
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

    pub fn log(&self, kind: &str) -> Result<String, String> {
        let kind = match kind {
            "unsolicited" => LogKind::Unsolicited,
            "suspect" => LogKind::Suspect,
            "invalid" => LogKind::Invalid,
            _ => return Err(invalid("kind", "unsolicited, suspect or invalid")),
        };
        Ok(json(&self.0.log(kind)))
    }

    pub fn page(&self, options: JsValue) -> Result<String, String> {
        let query: PageQuery = argument(options, "options")?;
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
