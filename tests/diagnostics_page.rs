//! `docs/diagnostics.md` is made from the code: each code with an example that yields it. Those of reading are among
//! `tests/vectors/mistakes.json`, of which `tests/node/diagnostics.test.ts` holds the renderings.
//! `UPDATE_DOCS=1 cargo test --test diagnostics_page` rewrites the page.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;
use wudun_ota::upgrade::{Deadlines, Expected, Open, PageQuery, Tracker};
use wudun_ota::{
    Code, Diagnostic, Error, Input, Kind, Namespace, Options, Severity, Topic, decode,
};

#[path = "vectors/notation.rs"]
#[allow(dead_code, reason = "the other vectors say more")]
mod notation;
mod page;

const NOW: u64 = 1_763_889_600_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    bases: BTreeMap<String, String>,
    mistakes: Vec<Mistake>,
}

/// Something that is wrong with a payload or its topic.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Mistake {
    #[expect(dead_code, reason = "the renderings are named by it")]
    name: String,
    base: Option<String>,
    #[serde(default)]
    patch: Vec<(String, String)>,
    text: Option<String>,
    hex: Option<String>,
    topic: Option<String>,
    /// `Some(None)`: nothing is said about it.
    #[serde(default, deserialize_with = "present")]
    kind: Option<Option<Kind>>,
    max_bytes: Option<usize>,
    #[serde(default)]
    lenient: bool,
    /// What it is the example of.
    code: Option<String>,
    /// In words, where the payload cannot be shown or is not what matters.
    shown: Option<String>,
}

fn present<'de, D: serde::Deserializer<'de>>(kind: D) -> Result<Option<Option<Kind>>, D::Error> {
    Option::deserialize(kind).map(Some)
}

/// A code with an example.
struct Example {
    code: Code,
    diagnostics: Vec<Diagnostic>,
    /// In Markdown.
    shown: String,
}

impl Mistake {
    fn payload(&self, bases: &BTreeMap<String, String>) -> Vec<u8> {
        if let Some(hex) = &self.hex {
            return notation::bytes_of(hex);
        }
        let base = self.base.as_ref().map(|base| &bases[base]);
        let text = base.or(self.text.as_ref()).expect("base, text or hex");
        notation::wtf8(&notation::expand(&notation::patch(text, &self.patch)))
    }

    /// What it is an example of, if it is one.
    fn example(&self, bases: &BTreeMap<String, String>) -> Option<Example> {
        let code = self.code.as_ref()?;
        let code = Code::ALL.iter().find(|known| known.as_str() == code);
        let payload = self.payload(bases);
        let own = self.topic.is_none() && self.kind.is_none();
        let own_topic = self.base.as_ref().filter(|_| own);
        let own_topic = own_topic.map(|base| format!("v1/wudun/KEY/GW-1/ota/upgrade/{base}"));
        let topic = self.topic.as_ref();
        let topic = topic.map(|topic| notation::string(topic).expect("Unicode"));
        let topic = topic.or(own_topic);
        let is_alone = own && self.base.is_none();
        let options = Options {
            topic: topic.as_deref(),
            kind: (self.kind.flatten()).or(is_alone.then_some(Kind::Result)),
            lenient: self.lenient,
            now: Some(NOW),
            max_bytes: self.max_bytes,
        };
        let json = || format!("```json\n{}\n```\n", String::from_utf8_lossy(&payload));
        let words = self.shown.as_ref().map(|words| format!("{words}.\n"));
        Some(Example {
            code: *code.expect("a code"),
            diagnostics: decode(Input::bytes(&payload), &options).diagnostics,
            shown: words.unwrap_or_else(json),
        })
    }
}

fn of_error(code: Code, shown: &str, error: &Error) -> Example {
    Example {
        code,
        diagnostics: error.diagnostics().to_vec(),
        shown: format!("{shown}.\n"),
    }
}

/// What no payload can have: topics are never read as custom prefixes that are reserved.
fn prefix_reserved() -> Example {
    let prefix = "v1/wudun/KEY".to_owned();
    let shown = format!("A topic made with the custom prefix `{prefix}`");
    let error = Topic::new(Namespace::Prefix { prefix }, "GW-1", Kind::Result);
    of_error(
        Code::PrefixReserved,
        &shown,
        &error.expect_err("a wrong prefix"),
    )
}

/// Too much to be worth a rendering.
fn too_many_diagnostics() -> Example {
    let payload = format!("[{}]", ["0/**/"; 101].join(","));
    let read = decode(Input::bytes(payload.as_bytes()), &Options::default());
    Example {
        code: Code::TooManyDiagnostics,
        diagnostics: read.diagnostics,
        shown: "An array of 101 items, each followed by a comment.\n".to_owned(),
    }
}

/// A tracker, and what is asked of it in vain.
struct Site {
    tracker: Tracker,
    command: String,
}

impl Site {
    fn open(&mut self, device: &str, mid: &str, expected: Expected) -> Result<String, Error> {
        let topic = format!("v1/wudun/KEY/{device}/ota/upgrade/command");
        self.open_on(&topic, device, mid, expected)
    }

    fn open_on(
        &mut self,
        topic: &str,
        device: &str,
        mid: &str,
        expected: Expected,
    ) -> Result<String, Error> {
        let command = self.command.replace("GW-1", device);
        let command = command.replace("3f1c2b64-9d0e-4a57-8b21-6c0d5e7f8a90", mid);
        let open = Open {
            topic,
            command: Input::bytes(command.as_bytes()),
            expected,
            supersede: false,
        };
        self.tracker.open(open, NOW)
    }
}

const DEADLINES: Deadlines = Deadlines {
    send_ms: 60_000,
    first_result_ms: 600_000,
    final_result_ms: 3_600_000,
};

/// What the tracker refuses.
fn of_tracker(bases: &BTreeMap<String, String>) -> Vec<Example> {
    const FIRST: &str = "3f1c2b64-9d0e-4a57-8b21-6c0d5e7f8a90";
    const SECOND: &str = "7d2f4a10-5b6c-4d3e-9f80-1a2b3c4d5e6f";
    let command = notation::string(&bases["command"]).expect("Unicode");
    let tracker = Tracker::new(DEADLINES);
    let mut site = Site { tracker, command };
    let none = Expected::default;
    let mut examples = Vec::new();
    let mut refused = |code, shown, error| examples.push(of_error(code, shown, &error));

    let topic = "v1/wudun/KEY/GW-1/ota/upgrade/result";
    let error = site.open_on(topic, "GW-1", FIRST, none()).unwrap_err();
    let shown = "An upgrade opened with a result topic";
    refused(Code::TopicNotCommand, shown, error);
    let short = Expected {
        commit: Some("9f86d0".to_owned()),
        ..none()
    };
    let error = site.open("GW-1", FIRST, short).unwrap_err();
    let shown = "An upgrade opened with the expected commit `9f86d0`";
    refused(Code::ExpectedCommitShort, shown, error);
    let error = site.tracker.sent(FIRST, NOW).unwrap_err();
    let shown = "Said to be sent before it is opened";
    refused(Code::AttemptUnknown, shown, error);

    site.open("GW-1", FIRST, none()).unwrap();
    let error = site.open("GW-1", FIRST, none()).unwrap_err();
    refused(Code::MidInUse, "The same command opened twice", error);
    let error = site.open("GW-1", SECOND, none()).unwrap_err();
    let shown = "Two commands for one device and target, opened one after the other";
    refused(Code::SubjectBusy, shown, error);
    let error = site.tracker.forget(FIRST).unwrap_err();
    refused(Code::AttemptOpen, "Forgotten while it is open", error);
    site.tracker.sent(FIRST, NOW).unwrap();
    let error = site.open("GW-1", SECOND, none()).unwrap_err();
    let shown = "Two commands for one device and target, the second opened when the first was sent";
    refused(Code::NeedsSupersede, shown, error);

    let error = site.tracker.assign(1, FIRST, NOW).unwrap_err();
    let shown = "A result assigned when none waits for it";
    refused(Code::ResultUnknown, shown, error);
    site.open("GW-2", SECOND, none()).unwrap();
    site.tracker.sent(SECOND, NOW).unwrap();
    // An hour ahead, so it is suspect.
    let suspect = notation::string(&bases["result"]).expect("Unicode");
    let suspect = suspect.replace("1763889600000", "1763893200000");
    let suspect = Input::bytes(suspect.as_bytes());
    let heard = site.tracker.ingest(topic, suspect, NOW, false);
    let result = heard.result_id.expect("a suspect result");
    let error = site.tracker.assign(result, SECOND, NOW).unwrap_err();
    let shown = "A suspect result assigned to the upgrade of another device";
    refused(Code::ResultElsewhere, shown, error);
    let query = PageQuery {
        after: Some("page 2".to_owned()),
        limit: 10,
        ..PageQuery::default()
    };
    let error = site.tracker.page(&query).unwrap_err();
    let shown = "A page asked for with `after` of `page 2`";
    refused(Code::PageUnknown, shown, error);

    let saved = site.tracker.save();
    let restored = |chunk: Vec<u8>| Tracker::restore(&[chunk], DEADLINES, NOW);
    let error = restored(b"{}".to_vec()).unwrap_err();
    refused(Code::SavedStateForeign, "`{}` restored", error);
    let mut later = saved[0].clone();
    later[4] = 2;
    let error = restored(later).unwrap_err();
    refused(Code::SavedStateVersion, "A later format restored", error);
    let cut = saved[0][..saved[0].len() - 1].to_vec();
    let error = restored(cut).unwrap_err();
    let shown = "A saved tracker restored without its last byte";
    refused(Code::SavedStateDamaged, shown, error);
    examples
}

fn section(example: &Example, page: &mut String) {
    let Example {
        code,
        diagnostics,
        shown,
    } = example;
    let code = *code;
    let Some(found) = diagnostics.iter().find(|found| found.code == code) else {
        panic!("the example of {code} gives {diagnostics:#?}");
    };
    let hint = found.hint();
    let hint = hint.unwrap_or_else(|| panic!("the example of {code} has no cure"));
    let cut = |whole: &str, hint: &str| {
        let said = whole.strip_suffix(hint).expect("the hint is the end");
        said.trim_end_matches(". ")
            .trim_end_matches('。')
            .to_owned()
    };
    let (en, zh) = (
        cut(&found.message().en, &hint.en),
        cut(&found.message().zh, &hint.zh),
    );
    let place = match (&found.path, found.span) {
        (path, Some(span)) if path.is_empty() => format!("{}:{}", span.line, span.column),
        (path, Some(span)) => format!("{}:{}, `{}`", span.line, span.column, short(path)),
        (path, None) if path.is_empty() => "–".to_owned(),
        (path, None) => format!("`{}`", short(path)),
    };
    let _ = write!(
        page,
        "### `{code}`\n\n**{}.** {}\n\n{shown}\n| | English | 简体中文 |\n|---|---|---|\n| found | {} | {} |\n| cure | {} | {} |\n| at | {place} | |\n\n",
        severity(code),
        code.meaning(),
        cell(&en),
        cell(&zh),
        cell(&hint.en),
        cell(&hint.zh),
    );
}

fn short(path: &str) -> String {
    if path.len() > 40 {
        format!("{}…", path.chars().take(20).collect::<String>())
    } else {
        path.to_owned()
    }
}

/// Text in a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn severity(code: Code) -> &'static str {
    match code.severity() {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Info => "Info",
    }
}

fn page() -> String {
    let mut page = String::from(
        "<!-- Generated from the code: `UPDATE_DOCS=1 cargo test --test diagnostics_page` rewrites this page. -->\n\n\
         # Diagnostics\n\n\
         Everything that is said about a topic or a message has a code, a severity, a place and words in English and\n\
         Chinese ([docs/protocol.md](protocol.md), section 6). A message is valid when it has no error. The `message` of a\n\
         finding holds both what is found here and the cure; the cure alone is its `hint`.\n\n\
         Lenient reading makes warnings of `json-byte-order-mark`, `json-trailing-comma`, `json-comment` and\n\
         `json-trailing-nul`. `too-many-diagnostics` is as severe as the worst finding that it stands for.\n\n\
         ## Topics and messages\n\n",
    );
    let file: File = notation::read("mistakes.json");
    let mistakes = file.mistakes.iter();
    let mut read: Vec<Example> = mistakes
        .filter_map(|mistake| mistake.example(&file.bases))
        .collect();
    read.extend([prefix_reserved(), too_many_diagnostics()]);
    let refused = of_tracker(&file.bases);
    let examples = read.iter().chain(&refused);
    assert_eq!(examples.count(), Code::ALL.len());
    let all = |examples: &[Example], page: &mut String| {
        for code in Code::ALL {
            for example in examples.iter().filter(|example| example.code == *code) {
                section(example, page);
            }
        }
    };
    all(&read, &mut page);
    page.push_str(
        "## The tracker\n\nWhat it refuses, all errors; reading a message gives none of them.\n\n",
    );
    all(&refused, &mut page);
    for code in Code::ALL {
        let heading = format!("### `{code}`\n");
        assert_eq!(page.matches(&heading).count(), 1, "{code}");
    }
    page
}

#[test]
fn the_page_says_what_the_code_says() {
    page::hold("diagnostics", &page());
}
