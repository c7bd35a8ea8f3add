//! A simulated gateway. Steps go out as a few strings: what to do, then what is needed for it.

use wasm_bindgen::prelude::wasm_bindgen;

use super::error::{found, invalid};
use crate::Topic;
use crate::gateway::{self, Behaviour, Correlation, Image, Pauses, Publication, Step, Taken};

#[wasm_bindgen]
pub struct Gateway(gateway::Gateway);

#[wasm_bindgen]
impl Gateway {
    /// `topic` is the command topic; absent pauses are the usual ones.
    #[wasm_bindgen(constructor)]
    pub fn new(
        topic: &str,
        behaviour: &str,
        correlation: &str,
        seed: u32,
        version: Option<String>,
        step_ms: Option<f64>,
        later_ms: Option<f64>,
    ) -> Result<Gateway, String> {
        let topic = Topic::parse(topic).map_err(|error| found(error.diagnostics()))?;
        let behaviour =
            Behaviour::parse(behaviour).ok_or_else(|| invalid("behaviour", "one of BEHAVIOURS"))?;
        let correlation = Correlation::parse(correlation)
            .ok_or_else(|| invalid("correlation", "none, reply, mid or trace-id"))?;
        let mut gateway = gateway::Gateway::new(topic, behaviour, correlation, seed);
        if let Some(version) = version {
            gateway = gateway.with_version(version);
        }
        let usual = Pauses::default();
        let pauses = Pauses {
            step_ms: step_ms.map_or(usual.step_ms, |ms| ms as u64),
            later_ms: later_ms.map_or(usual.later_ms, |ms| ms as u64),
        };
        Ok(Gateway(gateway.with_pauses(pauses)))
    }

    #[wasm_bindgen(js_name = makeMid)]
    pub fn make_mid(&mut self) -> String {
        self.0.make_mid()
    }

    /// What it was, and the `mid` of a command.
    pub fn take(&mut self, topic: &str, payload: &[u8], retained: bool) -> Vec<String> {
        let (what, mid) = match self.0.take(topic, payload, retained) {
            Taken::Command(mid) => ("command", mid),
            Taken::Repeated(mid) => ("repeated", mid),
            Taken::Retained => ("retained", String::new()),
            Taken::Unreadable => ("unreadable", String::new()),
        };
        vec![what.to_owned(), mid]
    }

    /// Empty when there is nothing to do.
    pub fn next(&mut self, now: f64) -> Vec<String> {
        match self.0.next(now as u64) {
            None => Vec::new(),
            Some(Step::Wait { ms }) => vec!["wait".to_owned(), ms.to_string()],
            Some(Step::Download {
                url,
                md5,
                break_off,
                damage,
            }) => {
                let break_off = if break_off { "break-off" } else { "" };
                let damage = damage.map_or_else(String::new, |damage| damage.to_string());
                vec![
                    "download".to_owned(),
                    url,
                    md5,
                    break_off.to_owned(),
                    damage,
                ]
            }
            Some(Step::Publish(publication)) => published(publication),
        }
    }

    pub fn downloaded(&mut self, version: String, commit: String) {
        self.0.downloaded(Some(Image { version, commit }));
    }

    #[wasm_bindgen(js_name = notDownloaded)]
    pub fn not_downloaded(&mut self) {
        self.0.downloaded(None);
    }

    /// A publication like those of `next`; empty if there is none.
    #[wasm_bindgen(js_name = leftBehind)]
    pub fn left_behind(&mut self, now: f64) -> Vec<String> {
        self.0
            .left_behind(now as u64)
            .map_or_else(Vec::new, published)
    }
}

fn published(publication: Publication) -> Vec<String> {
    let Publication {
        topic,
        payload,
        status,
        retain,
        times,
    } = publication;
    let retain = if retain { "retain" } else { "" };
    vec![
        "publish".to_owned(),
        topic,
        payload,
        status.code().to_string(),
        retain.to_owned(),
        times.to_string(),
    ]
}
