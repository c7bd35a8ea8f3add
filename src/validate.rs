//! The rules of §2–§4, field by field, on a document that was read.

mod fields;
mod url;

use crate::diagnostic::findings::Findings;
use crate::diagnostic::problem::{self, Expected, Level};
use crate::json::{Document, Node, Source, Value};
use crate::message::{
    Command, CommandData, Envelope, Kind, Mid, ResultData, ResultMessage, Status, TYPE,
};
use crate::topic::{Topic, check_level};
use fields::Fields;

const ENVELOPE: [&str; 8] = [
    "mid",
    "type",
    "device_uid",
    "sub_device_uid",
    "timestamp",
    "data",
    "trace_id",
    "reply",
];
const COMMAND_DATA: [&str; 3] = ["source", "download_url", "md5_code"];
const RESULT_DATA: [&str; 7] = [
    "source",
    "version",
    "target_version",
    "target_commit_sha",
    "final_version",
    "final_commit_sha",
    "status",
];

/// 2^53 − 1, the greatest timestamp (§2).
const MAX_TIMESTAMP: f64 = 9_007_199_254_740_991.0;
/// Below this a timestamp looks like seconds (§6).
const SECONDS_BELOW: u64 = 100_000_000_000;
/// How far ahead of the present time a timestamp may be, in milliseconds (§6).
const MAX_AHEAD_MS: u64 = 600_000;
/// The MD5 of empty input (§3).
const MD5_OF_NOTHING: &str = "d41d8cd98f00b204e9800998ecf8427e";

/// What the rules are applied with.
pub(crate) struct Rules<'r> {
    pub(crate) source: &'r Source<'r>,
    pub(crate) document: &'r Document<'r>,
    pub(crate) topic: Option<&'r Topic>,
    pub(crate) now: Option<u64>,
    pub(crate) findings: &'r mut Findings,
}

/// Tells from the content what a message is (§5). `None` if it is no object.
pub(crate) fn infer_kind(root: &Node<'_>, findings: &mut Findings) -> Option<Kind> {
    let Value::Object(members) = &root.value else {
        return None;
    };
    let data = members
        .iter()
        .find(|member| member.key == "data")
        .map(|member| &member.node.value);
    let is_command = match data {
        Some(Value::Object(members)) => members
            .iter()
            .any(|member| member.key == "download_url" || member.key == "md5_code"),
        _ => false,
    };
    let kind = if is_command {
        Kind::Command
    } else {
        Kind::Result
    };
    findings.add(
        problem::kind_inferred(kind),
        String::new(),
        Some(root.place.clone()),
    );
    Some(kind)
}

impl Rules<'_> {
    /// Reads a command; `None` if anything in the whole reading was an error.
    pub(crate) fn command(&mut self, root: &Node<'_>) -> Option<Command> {
        self.message(root, |rules, data| {
            let source = rules.required(data, "source", Expected::Source);
            if source == Some("") {
                rules.report(data, "source", problem::source_empty());
            }
            let url = rules.required(data, "download_url", Expected::Url);
            for problem in url.map(url::problems).unwrap_or_default() {
                rules.report(data, "download_url", problem);
            }
            let md5 = rules.required(data, "md5_code", Expected::Md5);
            if let Some(md5) = md5 {
                rules.md5(data, md5);
            }
            Some(CommandData {
                source: source?.to_owned(),
                download_url: url?.to_owned(),
                md5_code: md5?.to_owned(),
                extra: rules.extra(data, &COMMAND_DATA),
            })
        })
    }

    /// Reads a result; `None` if anything in the whole reading was an error.
    pub(crate) fn result(&mut self, root: &Node<'_>) -> Option<ResultMessage> {
        self.message(root, |rules, data| {
            Some(ResultData {
                source: rules.optional(data, "source"),
                version: rules.optional(data, "version"),
                target_version: rules.optional(data, "target_version"),
                target_commit_sha: rules.optional(data, "target_commit_sha"),
                final_version: rules.optional(data, "final_version"),
                final_commit_sha: rules.optional(data, "final_commit_sha"),
                status: rules.status(data),
                extra: rules.extra(data, &RESULT_DATA),
            })
        })
    }

    /// Reports a root that is no object.
    pub(crate) fn not_an_object(&mut self, root: &Node<'_>) {
        let problem = problem::field_type(None, &self.shown(root), Expected::Object);
        self.findings
            .add(problem, String::new(), Some(root.place.clone()));
    }

    /// Reads the envelope and, by `read_data`, what is in it.
    fn message<D>(
        &mut self,
        root: &Node<'_>,
        read_data: impl FnOnce(&mut Self, &Fields<'_>) -> Option<D>,
    ) -> Option<Envelope<D>> {
        let Some(fields) = Fields::of(root, "") else {
            self.not_an_object(root);
            return None;
        };
        let mid = self.mid(&fields);
        if let Some(found) = self.required(&fields, "type", Expected::Type)
            && found != TYPE
        {
            self.report(&fields, "type", problem::type_unknown(found));
        }
        let device_uid = self.device_uid(&fields);
        let sub_device_uid = self.optional(&fields, "sub_device_uid");
        if let Some(text) = &sub_device_uid
            && let Err(problem) = check_level(Level::SubDeviceUid, text)
        {
            self.report(&fields, "sub_device_uid", problem);
        }
        let timestamp = self.timestamp(&fields);
        let data = self.data(&fields).and_then(|data| read_data(self, &data));
        let trace_id = self.optional(&fields, "trace_id");
        let reply = self.optional(&fields, "reply");
        if let Some(text) = &reply
            && Mid::parse(text).is_none()
        {
            self.report(&fields, "reply", problem::reply_form(text));
        }
        if !self.findings.is_valid() {
            return None;
        }
        let extra = self.extra(&fields, &ENVELOPE);
        Some(Envelope {
            mid: mid?,
            device_uid: device_uid?,
            sub_device_uid,
            timestamp: timestamp?,
            data: data?,
            trace_id,
            reply,
            extra,
        })
    }

    fn mid(&mut self, fields: &Fields<'_>) -> Option<Mid> {
        let text = self.required(fields, "mid", Expected::Mid)?;
        let mid = Mid::parse(text);
        if mid.is_none() {
            self.report(fields, "mid", problem::mid_form(text));
        }
        mid
    }

    fn device_uid(&mut self, fields: &Fields<'_>) -> Option<String> {
        let text = self.required(fields, "device_uid", Expected::Device)?;
        if let Err(problem) = check_level(Level::DeviceUid, text) {
            self.report(fields, "device_uid", problem);
        }
        if let Some(topic) = self.topic
            && topic.device() != text
        {
            self.report(
                fields,
                "device_uid",
                problem::device_mismatch(text, topic.device()),
            );
        }
        Some(text.to_owned())
    }

    fn timestamp(&mut self, fields: &Fields<'_>) -> Option<u64> {
        let Some(node) = fields.get("timestamp") else {
            self.missing(fields, "timestamp", Expected::Timestamp);
            return None;
        };
        let number = self.integer(fields, "timestamp", node, Expected::Timestamp)?;
        if !(1.0..=MAX_TIMESTAMP).contains(&number) {
            let problem = problem::timestamp_range(&self.shown(node));
            self.report(fields, "timestamp", problem);
            return None;
        }
        // Exact: integral and in range.
        let timestamp = number as u64;
        if let Some(now) = self.now {
            if timestamp < SECONDS_BELOW {
                self.report(fields, "timestamp", problem::timestamp_seconds(timestamp));
            } else if timestamp > now.saturating_add(MAX_AHEAD_MS) {
                self.report(
                    fields,
                    "timestamp",
                    problem::timestamp_ahead(timestamp, now),
                );
            }
        }
        Some(timestamp)
    }

    fn data<'n>(&mut self, fields: &Fields<'n>) -> Option<Fields<'n>> {
        let Some(node) = fields.get("data") else {
            self.missing(fields, "data", Expected::Object);
            return None;
        };
        let data = Fields::of(node, "/data");
        if data.is_none() {
            let problem = problem::field_type(Some("data"), &self.shown(node), Expected::Object);
            self.report(fields, "data", problem);
        }
        data
    }

    fn md5(&mut self, data: &Fields<'_>, text: &str) {
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            self.report(data, "md5_code", problem::md5_form(text));
        } else if text.eq_ignore_ascii_case(MD5_OF_NOTHING) {
            self.report(data, "md5_code", problem::md5_of_nothing());
        }
    }

    fn status(&mut self, data: &Fields<'_>) -> Option<Status> {
        let node = data.get("status")?;
        let number = self.integer(data, "status", node, Expected::Integer)?;
        let status = Status::ALL
            .into_iter()
            .find(|status| f64::from(status.code()) == number);
        if status.is_none() {
            let problem = problem::status_unknown(&self.shown(node));
            self.report(data, "status", problem);
        }
        status
    }
}
