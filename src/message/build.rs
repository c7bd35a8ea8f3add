//! Making messages, by the same rules as reading them.

use serde::Deserialize;

use super::{Command, ResultMessage, Status, TYPE, Writer};
use crate::diagnostic::findings::Findings;
use crate::diagnostic::{Diagnostic, Error};
use crate::json::{self, Source};
use crate::validate::Rules;

/// What a command is made of.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CommandInput {
    /// `mid`; see [`Mid::random`](super::Mid::random).
    #[cfg_attr(test, ts(as = "Option<String>"))]
    pub mid: String,
    /// `timestamp`, milliseconds since 1970-01-01T00:00:00Z. A double, so that a wrong one is a
    /// finding like any other; every valid one is exact.
    #[cfg_attr(test, ts(as = "Option<f64>"))]
    pub timestamp: f64,
    /// `device_uid`.
    pub device: String,
    /// `sub_device_uid`.
    #[serde(default)]
    pub sub_device: Option<String>,
    /// `source`, the update target.
    pub source: String,
    /// `download_url`.
    pub download_url: String,
    /// `md5_code`; written in lower case.
    pub md5: String,
    /// `trace_id`.
    #[serde(default)]
    pub trace_id: Option<String>,
}

/// What a result is made of.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResultInput {
    /// `mid`; see [`Mid::random`](super::Mid::random).
    #[cfg_attr(test, ts(as = "Option<String>"))]
    pub mid: String,
    /// `timestamp`, as in [`CommandInput::timestamp`].
    #[cfg_attr(test, ts(as = "Option<f64>"))]
    pub timestamp: f64,
    /// `device_uid`.
    pub device: String,
    /// `sub_device_uid`.
    #[serde(default)]
    pub sub_device: Option<String>,
    /// `reply`: the `mid` of the command answered.
    #[serde(default)]
    pub reply: Option<String>,
    /// `trace_id`.
    #[serde(default)]
    pub trace_id: Option<String>,
    /// `status`.
    #[serde(default)]
    pub status: Option<Status>,
    /// `source`, the command's update target.
    #[serde(default)]
    pub source: Option<String>,
    /// `version`, the current one.
    #[serde(default)]
    pub version: Option<String>,
    /// `target_version`.
    #[serde(default)]
    pub target_version: Option<String>,
    /// `target_commit_sha`.
    #[serde(default)]
    pub target_commit_sha: Option<String>,
    /// `final_version`.
    #[serde(default)]
    pub final_version: Option<String>,
    /// `final_commit_sha`.
    #[serde(default)]
    pub final_commit_sha: Option<String>,
}

impl CommandInput {
    /// Makes the command; with it come the warnings. Paths point into the message.
    ///
    /// # Errors
    /// Any error of §2 and §3; all findings are in it.
    pub fn build(self) -> Result<(Command, Vec<Diagnostic>), Error> {
        let mut draft = draft(
            &self.mid,
            &self.device,
            self.sub_device.as_deref(),
            self.timestamp,
        );
        draft.string("source", &self.source);
        draft.string("download_url", &self.download_url);
        draft.string("md5_code", &self.md5.to_ascii_lowercase());
        finish(draft, self.trace_id.as_deref(), None, |rules, root| {
            rules.command(root)
        })
    }
}

impl ResultInput {
    /// Makes the result; with it come the warnings. Paths point into the message.
    ///
    /// # Errors
    /// Any error of §2 and §4; all findings are in it.
    pub fn build(self) -> Result<(ResultMessage, Vec<Diagnostic>), Error> {
        let mut draft = draft(
            &self.mid,
            &self.device,
            self.sub_device.as_deref(),
            self.timestamp,
        );
        draft.optional("source", self.source.as_deref());
        draft.optional("version", self.version.as_deref());
        draft.optional("target_version", self.target_version.as_deref());
        draft.optional("target_commit_sha", self.target_commit_sha.as_deref());
        draft.optional("final_version", self.final_version.as_deref());
        draft.optional("final_commit_sha", self.final_commit_sha.as_deref());
        if let Some(status) = self.status {
            draft.raw("status", &status.code().to_string());
        }
        finish(
            draft,
            self.trace_id.as_deref(),
            self.reply.as_deref(),
            |rules, root| rules.result(root),
        )
    }
}

/// Writes the message up to and into its `data`, unchecked.
fn draft(mid: &str, device: &str, sub_device: Option<&str>, timestamp: f64) -> Writer {
    let mut draft = Writer::default();
    draft.open();
    draft.string("mid", mid);
    draft.string("type", TYPE);
    draft.string("device_uid", device);
    draft.optional("sub_device_uid", sub_device);
    draft.number("timestamp", timestamp);
    draft.key("data");
    draft.open();
    draft
}

/// Writes the rest, and reads what was written by the rules: there is only one set of them.
fn finish<M>(
    mut draft: Writer,
    trace_id: Option<&str>,
    reply: Option<&str>,
    read: fn(&mut Rules<'_>, &json::Node<'_>) -> Option<M>,
) -> Result<(M, Vec<Diagnostic>), Error> {
    draft.close();
    draft.optional("trace_id", trace_id);
    draft.optional("reply", reply);
    draft.close();
    let text = draft.into_text();
    let source = Source::new(text.as_bytes(), false);
    let mut findings = Findings::default();
    let document = json::read(&source, false, &mut findings);
    let message = document.as_ref().and_then(|document| {
        let mut rules = Rules {
            source: &source,
            document,
            device: None,
            now: None,
            findings: &mut findings,
        };
        read(&mut rules, &document.root)
    });
    let mut diagnostics = findings.finish(&source);
    for diagnostic in &mut diagnostics {
        diagnostic.span = None;
    }
    match message {
        Some(message) => Ok((message, diagnostics)),
        None => Err(Error::new(diagnostics)),
    }
}
