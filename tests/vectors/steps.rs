//! What transitions.json holds, and the messages that its steps stand for.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use wudun_ota::upgrade::{Expected, RefusalReason};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// What every `t` counts from.
    pub epoch: u64,
    pub deadlines: Waits,
    /// What a step's `with` is merged into.
    pub command: Value,
    pub result: Value,
    pub vectors: Vec<Vector>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Waits {
    pub send_timeout_ms: u64,
    pub first_result_timeout_ms: u64,
    pub final_result_timeout_ms: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    pub name: String,
    pub deadlines: Option<Waits>,
    pub steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub t: u64,

    pub open: Option<u64>,
    pub sent: Option<u64>,
    pub ack: Option<u64>,
    #[serde(rename = "noEcho")]
    pub no_echo: Option<u64>,
    pub refused: Option<u64>,
    pub cancel: Option<u64>,
    pub forget: Option<u64>,
    /// Outer `None`: no result.
    #[serde(default, deserialize_with = "present")]
    pub result: Option<Option<u8>>,
    pub command: Option<u64>,
    pub raw: Option<String>,
    pub repeat: Option<String>,
    pub assign: Option<(String, u64)>,
    pub tick: Option<bool>,
    pub restore: Option<bool>,

    pub device: Option<String>,
    pub prefix: Option<String>,
    pub channel: Option<String>,
    pub sub: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub source: Option<Option<String>>,
    pub trace: Option<String>,
    pub with: Option<Value>,
    pub data: Option<Value>,
    pub expected: Option<Expected>,
    #[serde(default)]
    pub supersede: bool,
    pub code: Option<u8>,
    pub reason: Option<RefusalReason>,
    #[serde(default)]
    pub retained: bool,
    pub at: Option<u64>,
    #[serde(rename = "as")]
    pub name: Option<String>,

    pub gives: Option<String>,
    pub by: Option<String>,
    pub attempt: Option<u64>,
    pub on: Option<Vec<u64>>,
    #[serde(default)]
    pub alerts: Vec<String>,
    pub error: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub deadline: Option<Option<u64>>,
    pub timeline: Option<BTreeMap<u64, String>>,
    pub log: Option<BTreeMap<String, usize>>,
    pub counts: Option<BTreeMap<String, usize>>,
    pub expired: Option<Vec<u64>>,
    #[serde(default)]
    pub is: BTreeMap<u64, Option<String>>,
}

/// Tells `null` from absence.
fn present<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(
    d: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(d).map(Some)
}

/// The `mid` of attempt or command `n`.
pub fn mid(n: u64) -> String {
    format!("abcdef00-0000-4000-8000-{n:012}")
}

/// `@7` stands for the `mid` of 7.
pub fn with_mids(text: &str) -> String {
    let mut parts = text.split("'@");
    let mut expanded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (n, rest) = part.split_once('\'').unwrap();
        expanded += &format!("'{}'{rest}", mid(n.parse().unwrap()));
    }
    expanded
}

/// JSON Merge Patch (RFC 7396), with `@7` expanded.
fn merge(target: &mut Value, patch: &Value) {
    match patch {
        Value::Object(members) => {
            if !target.is_object() {
                *target = json!({});
            }
            for (key, value) in members {
                if value.is_null() {
                    target.as_object_mut().unwrap().remove(key);
                } else {
                    merge(&mut target[key], value);
                }
            }
        }
        Value::String(text) => {
            let n = text.strip_prefix('@').map(|n| mid(n.parse().unwrap()));
            *target = Value::from(n.as_ref().unwrap_or(text).as_str());
        }
        other => *target = other.clone(),
    }
}

impl Step {
    pub fn topic(&self, channel: &str) -> String {
        let (prefix, device) = (self.prefix.as_deref(), self.device.as_deref());
        let channel = self.channel.as_deref().unwrap_or(channel);
        format!(
            "{}/{}/ota/upgrade/{channel}",
            prefix.unwrap_or("v1/wudun/pk"),
            device.unwrap_or("gw-1")
        )
    }

    /// The message of this step: `base` with its own `mid`, time, status and what the step says.
    pub fn message(&self, file: &File, base: &Value, mid: String) -> String {
        let mut message = base.clone();
        message["mid"] = Value::from(mid);
        message["timestamp"] = Value::from(file.epoch + self.at.unwrap_or(self.t));
        if let Some(device) = &self.device {
            message["device_uid"] = Value::from(device.as_str());
        }
        if let Some(Some(status)) = self.result {
            message["data"]["status"] = Value::from(status);
        }
        let source = self
            .source
            .as_ref()
            .map_or(json!({}), |source| json!({ "source": source }));
        let empty = json!({});
        let trace = self
            .trace
            .as_ref()
            .map_or(json!({}), |trace| json!({ "trace_id": trace }));
        let sub = self
            .sub
            .as_ref()
            .map_or(json!({}), |sub| json!({ "sub_device_uid": sub }));
        merge(&mut message, &json!({ "data": source }));
        merge(&mut message, &trace);
        merge(&mut message, &sub);
        merge(
            &mut message,
            &json!({ "data": self.data.as_ref().unwrap_or(&empty) }),
        );
        merge(&mut message, self.with.as_ref().unwrap_or(&empty));
        message.to_string()
    }
}
