//! The rules of §2–§4, field by field, on a document that was read.

mod fields;
mod strays;
mod uri;
mod url;

use crate::diagnostic::findings::{Findings, Path};
use crate::diagnostic::problem::{self, Level};
use crate::json::{Document, Node, Source, Value};
use crate::message::field::{
    COMMAND_DATA, DATA, DEVICE_UID, DOWNLOAD_URL, ENVELOPE, FINAL_COMMIT_SHA, FINAL_VERSION, Field,
    MD5_CODE, MID, Name, REPLY, RESULT_DATA, Rule, SOURCE, STATUS, SUB_DEVICE_UID, TARGET,
    TARGET_COMMIT_SHA, TARGET_VERSION, TIMESTAMP, TRACE_ID, VERSION,
};
use crate::message::{
    Command, CommandData, Envelope, Kind, Mid, ResultData, ResultMessage, Status, is_hexadecimal,
};
use crate::topic::level_problem;
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
    /// The topic's.
    pub(crate) device: Option<&'r str>,
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
        .find(|member| member.id == Some(Name::Data))
        .map(|member| &member.node.value);
    let is_command = match data {
        Some(Value::Object(members)) => members
            .iter()
            .any(|member| matches!(member.id, Some(Name::DownloadUrl | Name::Md5Code))),
        _ => false,
    };
    let kind = if is_command {
        Kind::Command
    } else {
        Kind::Result
    };
    let place = Some(root.place.clone());
    findings.add(&problem::kind_inferred(kind), Path::Text(""), place);
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

/// Whether it is 32 hexadecimal digits.
#[inline]
pub(crate) fn is_md5(text: &[u8]) -> bool {
    let (words, _) = text.as_chunks();
    text.len() == 32
        && words
            .iter()
            .all(|word| is_hexadecimal(u64::from_le_bytes(*word)))
}

impl Rules<'_> {
    /// Reads a command; `None` if anything in the whole reading was an error.
    pub(crate) fn command(&mut self, root: &Node<'_>) -> Option<Command> {
        let (fields, data) = self.check_all(root, COMMAND_DATA)?;
        let inner = CommandData {
            source: data.owned(&TARGET)?,
            download_url: data.owned(&DOWNLOAD_URL)?,
            md5_code: data.owned(&MD5_CODE)?,
            extra: self.extra(&data, COMMAND_DATA),
        };
        self.envelope(&fields, inner)
    }

    /// Reads a result; `None` if anything in the whole reading was an error.
    pub(crate) fn result(&mut self, root: &Node<'_>) -> Option<ResultMessage> {
        let (fields, data) = self.check_all(root, RESULT_DATA)?;
        let status = data.get(&STATUS).and_then(|node| self.integer(node));
        let inner = ResultData {
            source: data.owned(&SOURCE),
            version: data.owned(&VERSION),
            target_version: data.owned(&TARGET_VERSION),
            target_commit_sha: data.owned(&TARGET_COMMIT_SHA),
            final_version: data.owned(&FINAL_VERSION),
            final_commit_sha: data.owned(&FINAL_COMMIT_SHA),
            status: status.and_then(status_of),
            extra: self.extra(&data, RESULT_DATA),
        };
        self.envelope(&fields, inner)
    }

    /// Whether nothing in the whole reading was an error.
    pub(crate) fn obeyed(&mut self, root: &Node<'_>, kind: Kind) -> bool {
        let data_table = match kind {
            Kind::Command => COMMAND_DATA,
            Kind::Result => RESULT_DATA,
        };
        self.check_all(root, data_table).is_some()
    }

    /// Reports a root that is no object.
    pub(crate) fn not_an_object(&mut self, root: &Node<'_>) {
        let shown = self.shown(root);
        let problem = problem::message_type(&shown, &root.value);
        self.findings
            .add(&problem, Path::Text(""), Some(root.place.clone()));
    }

    /// Applies every rule to the envelope and to what is in it; gives both if there was no error.
    #[inline(never)]
    fn check_all<'n>(
        &mut self,
        root: &'n Node<'_>,
        data_table: &[Field],
    ) -> Option<(Fields<'n>, Fields<'n>)> {
        let Some(fields) = Fields::of(root, "") else {
            self.not_an_object(root);
            return None;
        };
        for field in ENVELOPE {
            self.check(&fields, field);
        }
        let data = fields.get(&DATA).and_then(|node| Fields::of(node, "/data"));
        self.strays(&fields, data.as_ref(), data_table);
        let data = data?;
        for field in data_table {
            self.check(&data, field);
        }
        self.findings.is_valid().then_some((fields, data))
    }

    /// The message, of fields that obey the rules.
    fn envelope<D>(&self, fields: &Fields<'_>, data: D) -> Option<Envelope<D>> {
        Some(Envelope {
            mid: fields.text(&MID).and_then(Mid::parse)?,
            device_uid: fields.owned(&DEVICE_UID)?,
            sub_device_uid: fields.owned(&SUB_DEVICE_UID),
            // Exact: integral and in range.
            timestamp: self.integer(fields.get(&TIMESTAMP)?)? as u64,
            data,
            trace_id: fields.owned(&TRACE_ID),
            reply: fields.owned(&REPLY),
            extra: self.extra(fields, ENVELOPE),
        })
    }

    /// Reports what breaks the rule of a text field.
    fn text(&mut self, fields: &Fields<'_>, field: &Field, text: &str) {
        let problem = match field.rule {
            Rule::Mid if Mid::value_of(text.as_bytes()).is_none() => problem::mid_form(text),
            Rule::Type if text != crate::message::TYPE => problem::type_unknown(text),
            Rule::Level(level) => return self.level(fields, field, level, text),
            Rule::Reply if Mid::value_of(text.as_bytes()).is_none() => problem::reply_form(text),
            Rule::Target if text.is_empty() => problem::source_empty(),
            Rule::Url => {
                for problem in &url::problems(text) {
                    self.report(fields, field, problem);
                }
                return;
            }
            Rule::Md5 if !is_md5(text.as_bytes()) => problem::md5_form(text),
            Rule::Md5 if text.eq_ignore_ascii_case(MD5_OF_NOTHING) => problem::md5_of_nothing(),
            _ => return,
        };
        self.report(fields, field, &problem);
    }

    fn level(&mut self, fields: &Fields<'_>, field: &Field, level: Level, text: &str) {
        if let Some(problem) = level_problem(level, text) {
            self.report(fields, field, &problem);
        }
        if let (Level::DeviceUid, Some(device)) = (level, self.device)
            && device != text
        {
            self.report(fields, field, &problem::device_mismatch(text, device));
        }
    }

    fn timestamp(&mut self, fields: &Fields<'_>, field: &Field, node: &Node<'_>) {
        let Some(number) = self.integer(node) else {
            return self.wrong_type(fields, field, node);
        };
        if !(1.0..=MAX_TIMESTAMP).contains(&number) {
            let shown = self.shown(node);
            let problem = problem::timestamp_range(&shown, number);
            return self.report(fields, field, &problem);
        }
        let timestamp = number as u64;
        if let Some(now) = self.now {
            if timestamp < SECONDS_BELOW {
                self.report(fields, field, &problem::timestamp_seconds(timestamp));
            } else if timestamp > now.saturating_add(MAX_AHEAD_MS) {
                self.report(fields, field, &problem::timestamp_ahead(timestamp, now));
            }
        }
    }

    fn status(&mut self, fields: &Fields<'_>, field: &Field, node: &Node<'_>) {
        match self.integer(node) {
            None => self.wrong_type(fields, field, node),
            Some(number) if status_of(number).is_some() => {}
            Some(_) => {
                let shown = self.shown(node);
                let problem = problem::status_unknown(&shown);
                self.report(fields, field, &problem);
            }
        }
    }
}

fn status_of(number: f64) -> Option<Status> {
    let mut all = Status::ALL.into_iter();
    all.find(|status| f64::from(status.code()) == number)
}
