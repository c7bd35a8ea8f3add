//! The rules of §2–§4, field by field, on a document that was read.

mod fields;
mod strays;
mod uri;
mod url;

use crate::diagnostic::findings::Findings;
use crate::diagnostic::problem::{self, Level, Problem};
use crate::json::{Document, Node, Source, Value};
use crate::message::field::{
    COMMAND_DATA, DATA, DEVICE_UID, DOWNLOAD_URL, ENVELOPE, FINAL_COMMIT_SHA, FINAL_VERSION, Field,
    MD5_CODE, MID, REPLY, RESULT_DATA, Rule, SOURCE, STATUS, SUB_DEVICE_UID, TARGET,
    TARGET_COMMIT_SHA, TARGET_VERSION, TIMESTAMP, TRACE_ID, TYPE, VERSION,
};
use crate::message::{
    Command, CommandData, Envelope, Kind, Mid, ResultData, ResultMessage, Status, is_hexadecimal,
};
use crate::topic::{Topic, check_level};
use fields::Fields;

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

/// Whether there is nothing to say about a timestamp, in milliseconds.
pub(crate) fn timestamp_is_unremarkable(timestamp: u64, now: Option<u64>) -> bool {
    let in_range = (1..=MAX_TIMESTAMP as u64).contains(&timestamp);
    let plausible =
        |now: u64| SECONDS_BELOW <= timestamp && timestamp <= now.saturating_add(MAX_AHEAD_MS);
    in_range && now.is_none_or(plausible)
}

/// Whether there is nothing to say about a `download_url`.
pub(crate) fn url_is_unremarkable(text: &[u8]) -> bool {
    url::is_plain(text)
        || std::str::from_utf8(text).is_ok_and(|text| url::problems(text).is_empty())
}

/// Whether there is nothing to say about an `md5_code`.
pub(crate) fn md5_is_unremarkable(text: &[u8]) -> bool {
    is_md5(text)
        && (!text.starts_with(b"d41") && !text.starts_with(b"D41")
            || !text.eq_ignore_ascii_case(MD5_OF_NOTHING.as_bytes()))
}

fn is_md5(text: &[u8]) -> bool {
    let (words, _) = text.as_chunks();
    text.len() == 32
        && words
            .iter()
            .all(|word| is_hexadecimal(u64::from_le_bytes(*word)))
}

impl Rules<'_> {
    /// Reads a command; `None` if anything in the whole reading was an error.
    pub(crate) fn command(&mut self, root: &Node<'_>) -> Option<Command> {
        self.message(root, COMMAND_DATA, |rules, data| {
            let source = rules.text(data, &TARGET);
            let url = rules.text(data, &DOWNLOAD_URL);
            let md5 = rules.text(data, &MD5_CODE);
            Some(CommandData {
                source: source?.to_owned(),
                download_url: url?.to_owned(),
                md5_code: md5?.to_owned(),
                extra: rules.extra(data, COMMAND_DATA),
            })
        })
    }

    /// Reads a result; `None` if anything in the whole reading was an error.
    pub(crate) fn result(&mut self, root: &Node<'_>) -> Option<ResultMessage> {
        self.message(root, RESULT_DATA, |rules, data| {
            let mut text = |field| rules.text(data, field).map(str::to_owned);
            Some(ResultData {
                source: text(&SOURCE),
                version: text(&VERSION),
                target_version: text(&TARGET_VERSION),
                target_commit_sha: text(&TARGET_COMMIT_SHA),
                final_version: text(&FINAL_VERSION),
                final_commit_sha: text(&FINAL_COMMIT_SHA),
                status: rules.status(data),
                extra: rules.extra(data, RESULT_DATA),
            })
        })
    }

    /// Reports a root that is no object.
    pub(crate) fn not_an_object(&mut self, root: &Node<'_>) {
        let problem = problem::message_type(&self.shown(root), &root.value);
        self.findings
            .add(problem, String::new(), Some(root.place.clone()));
    }

    /// Reads the envelope and, by `read_data`, what is in it.
    fn message<D>(
        &mut self,
        root: &Node<'_>,
        data_table: &[Field],
        read_data: impl FnOnce(&mut Self, &Fields<'_>) -> Option<D>,
    ) -> Option<Envelope<D>> {
        let Some(fields) = Fields::of(root, "") else {
            self.not_an_object(root);
            return None;
        };
        let mid = self.text(&fields, &MID).and_then(Mid::parse);
        self.text(&fields, &TYPE);
        let device_uid = self.text(&fields, &DEVICE_UID);
        let sub_device_uid = self.text(&fields, &SUB_DEVICE_UID);
        let timestamp = self.timestamp(&fields);
        let inner = self.data(&fields);
        self.strays(&fields, inner.as_ref(), data_table);
        let data = inner.and_then(|data| read_data(self, &data));
        let trace_id = self.text(&fields, &TRACE_ID);
        let reply = self.text(&fields, &REPLY);
        if !self.findings.is_valid() {
            return None;
        }
        let extra = self.extra(&fields, ENVELOPE);
        Some(Envelope {
            mid: mid?,
            device_uid: device_uid?.to_owned(),
            sub_device_uid: sub_device_uid.map(str::to_owned),
            timestamp: timestamp?,
            data: data?,
            trace_id: trace_id.map(str::to_owned),
            reply: reply.map(str::to_owned),
            extra,
        })
    }

    /// What breaks the rule of a text field.
    fn problems(&self, rule: Rule, text: &str) -> Vec<Problem> {
        let one = |wrong: bool, problem: fn(&str) -> Problem| {
            Vec::from_iter(wrong.then(|| problem(text)))
        };
        match rule {
            Rule::Mid => one(Mid::parse(text).is_none(), problem::mid_form),
            Rule::Type => one(text != crate::message::TYPE, problem::type_unknown),
            Rule::Level(level) => self.level(level, text),
            Rule::Reply => one(Mid::parse(text).is_none(), problem::reply_form),
            Rule::Target => one(text.is_empty(), |_| problem::source_empty()),
            Rule::Url => url::problems(text),
            Rule::Md5 if !is_md5(text.as_bytes()) => {
                vec![problem::md5_form(text)]
            }
            Rule::Md5 => one(text.eq_ignore_ascii_case(MD5_OF_NOTHING), |_| {
                problem::md5_of_nothing()
            }),
            Rule::Text | Rule::Timestamp | Rule::Data | Rule::Status => Vec::new(),
        }
    }

    fn level(&self, level: Level, text: &str) -> Vec<Problem> {
        let mut problems = Vec::from_iter(check_level(level, text).err());
        if let (Level::DeviceUid, Some(topic)) = (level, self.topic)
            && topic.device() != text
        {
            problems.push(problem::device_mismatch(text, topic.device()));
        }
        problems
    }

    fn timestamp(&mut self, fields: &Fields<'_>) -> Option<u64> {
        let (node, number) = self.integer(fields, &TIMESTAMP)?;
        if !(1.0..=MAX_TIMESTAMP).contains(&number) {
            let problem = problem::timestamp_range(&self.shown(node), number);
            self.report(fields, &TIMESTAMP, problem);
            return None;
        }
        // Exact: integral and in range.
        let timestamp = number as u64;
        if let Some(now) = self.now {
            if timestamp < SECONDS_BELOW {
                self.report(fields, &TIMESTAMP, problem::timestamp_seconds(timestamp));
            } else if timestamp > now.saturating_add(MAX_AHEAD_MS) {
                self.report(fields, &TIMESTAMP, problem::timestamp_ahead(timestamp, now));
            }
        }
        Some(timestamp)
    }

    fn data<'n>(&mut self, fields: &Fields<'n>) -> Option<Fields<'n>> {
        let node = self.node(fields, &DATA)?;
        let data = Fields::of(node, "/data");
        if data.is_none() {
            self.wrong_type(fields, &DATA, node);
        }
        data
    }

    fn status(&mut self, data: &Fields<'_>) -> Option<Status> {
        let (node, number) = self.integer(data, &STATUS)?;
        let status = Status::ALL
            .into_iter()
            .find(|status| f64::from(status.code()) == number);
        if status.is_none() {
            let problem = problem::status_unknown(&self.shown(node));
            self.report(data, &STATUS, problem);
        }
        status
    }
}
