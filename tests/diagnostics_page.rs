//! `docs/diagnostics.md` is made from the code: each code of reading with an example that yields it.
//! `UPDATE_DOCS=1 cargo test --test diagnostics_page` rewrites the page.
#![allow(clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;

use wudun_ota::{Code, Diagnostic, Input, Kind, Namespace, Options, Severity, decode};

mod page;

const NOW: u64 = 1_763_889_600_000;
const COMMAND: &str = r#"{
  "mid": "3f1c2b64-9d0e-4a57-8b21-6c0d5e7f8a90",
  "type": "ota_upgrade",
  "device_uid": "GW-1",
  "timestamp": 1763889600000,
  "data": {
    "source": "ems_II",
    "download_url": "https://files.example/ems.bin",
    "md5_code": "9e107d9d372bb6826bd81d3542a419d6"
  }
}"#;
const RESULT: &str = r#"{
  "mid": "b9a0a6f2-51c8-4a35-9a05-0e8a3f1d7c11",
  "type": "ota_upgrade",
  "device_uid": "GW-1",
  "timestamp": 1763889600000,
  "data": { "source": "ems_II", "status": 4 }
}"#;
const COMMAND_TOPIC: &str = "v1/wudun/KEY/GW-1/ota/upgrade/command";
const RESULT_TOPIC: &str = "v1/wudun/KEY/GW-1/ota/upgrade/result";

/// What is read to meet a code.
enum Example {
    /// The command with one part changed.
    Command(&'static str, &'static str),
    /// The result with one part changed.
    Result(&'static str, &'static str),
    /// A payload, shown as it is.
    Payload(&'static str),
    /// A payload that cannot be shown, in words.
    Bytes(&'static str, fn() -> Vec<u8>),
    /// A topic.
    Topic(&'static str),
    /// A custom prefix that a topic is made with.
    Prefix(&'static str),
    /// A topic that cannot be shown, in words.
    LongTopic(&'static str, fn() -> String),
    /// A payload with what the caller says of it, in words.
    Stated(&'static str, Options<'static>),
}

use Example::{Bytes, LongTopic, Payload, Prefix, Stated, Topic};

const URL: &str = "https://files.example/ems.bin";
const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";
const TIME: &str = "1763889600000";

const fn url(to: &'static str) -> Example {
    Example::Command(URL, to)
}

/// `None`: reading a message does not give it.
fn example(code: Code) -> Option<Example> {
    Some(match code {
        Code::TopicTooLong => LongTopic("a topic of 70,000 bytes", || {
            format!("v1/wudun/KEY/{}/ota/upgrade/result", "d".repeat(69_966))
        }),
        Code::TopicForm => Topic("v1/wudun/KEY/GW-1/ota/upgrade/results"),
        Code::PrefixDollar => Topic("$SYS/GW-1/ota/upgrade/result"),
        Code::PrefixReserved => Prefix("v1/wudun/KEY"),
        Code::LevelEmpty => Topic("v1/wudun//GW-1/ota/upgrade/result"),
        Code::LevelCharacter => Topic("v1/wudun/KEY/+/ota/upgrade/result"),
        Code::JsonEmpty => Bytes("an empty payload", Vec::new),
        Code::JsonTooLarge => Bytes("a payload of 70,000 bytes", || vec![b' '; 70_000]),
        Code::JsonUtf8 => Bytes("`设备` in GBK, in double quotes", || {
            vec![b'"', 0xC9, 0xE8, 0xB1, 0xB8, b'"']
        }),
        Code::JsonSyntax => Payload("{'mid': 1}"),
        Code::JsonDuplicateKey => Payload(r#"{"status": 4, "status": 5}"#),
        Code::JsonTooDeep => Bytes("65 opening brackets", || vec![b'['; 65]),
        Code::JsonUnpairedSurrogate => Payload(r#"{"trace_id": "\ud83d"}"#),
        Code::JsonTooManyKeys => Bytes("an object with 1,025 keys", || {
            let members: Vec<_> = (0..1_025).map(|key| format!("\"k{key}\":0")).collect();
            format!("{{{}}}", members.join(",")).into_bytes()
        }),
        Code::JsonByteOrderMark => Bytes("EF BB BF before the document", || {
            [b"\xEF\xBB\xBF", RESULT.as_bytes()].concat()
        }),
        Code::JsonTrailingComma => Example::Command("a419d6\"", "a419d6\","),
        Code::JsonComment => Example::Result("4 }", "4 /* done */ }"),
        Code::JsonTrailingNul => Bytes("a NUL byte after the document", || {
            [RESULT.as_bytes(), b"\0"].concat()
        }),
        Code::FieldMissing => Example::Command("\n  \"device_uid\": \"GW-1\",", ""),
        Code::FieldType => Example::Result("4 }", "\"4\" }"),
        Code::FieldEmpty => Example::Command("ems_II", ""),
        Code::FieldEmptyOptional => Example::Result("ems_II", ""),
        Code::FieldUnknownSimilar => Example::Result("\"status\"", "\"state\""),
        Code::FieldMisplaced => Example::Result("\"status\": 4", "\"trace_id\": \"t-1\""),
        Code::MidForm => Example::Result("b9a0a6f2-51c8-4a35-9a05-0e8a3f1d7c11", "7"),
        Code::TypeUnknown => Example::Command("ota_upgrade", "ota-upgrade"),
        Code::DeviceMismatch => Example::Command("GW-1", "GW-2"),
        Code::TimestampRange => Example::Result(TIME, "0"),
        Code::TimestampSeconds => Example::Result(TIME, "1763889600"),
        Code::TimestampAhead => Example::Result(TIME, "1763893200000"),
        Code::ReplyForm => Example::Result("\"data\"", "\"reply\": \"7\",\n  \"data\""),
        Code::KindMismatch => Stated(
            "stated to be a command, on a result topic",
            Options {
                topic: Some(RESULT_TOPIC),
                kind: Some(Kind::Command),
                lenient: false,
                now: None,
                max_bytes: None,
            },
        ),
        Code::KindInferred => Stated(
            "with neither topic nor kind",
            Options {
                topic: None,
                kind: None,
                lenient: false,
                now: None,
                max_bytes: None,
            },
        ),
        Code::UrlSyntax => url("https://files.example/ems II.bin"),
        Code::UrlPercent => url("https://files.example/100%.bin"),
        Code::UrlScheme => url("htps://files.example/ems.bin"),
        Code::UrlHost => url("https:///ems.bin"),
        Code::UrlPort => url("https://files.example:70000/ems.bin"),
        Code::UrlFragment => url("https://files.example/ems#2.bin"),
        Code::UrlHttp => url("http://files.example/ems.bin"),
        Code::UrlCredentials => url("https://user@files.example/ems.bin"),
        Code::UrlHostLocal => url("https://localhost/ems.bin"),
        Code::UrlHostNumeric => url("https://3232235777/ems.bin"),
        Code::UrlLong => Bytes("a command with a `download_url` of 2,100 bytes", || {
            let long = format!("https://files.example/{}", "a".repeat(2_078));
            COMMAND.replace(URL, &long).into_bytes()
        }),
        Code::Md5Form => Example::Command(MD5, "a9993e364706816aba3e25717850c26c9cd0d89d"),
        Code::Md5OfNothing => Example::Command(MD5, "d41d8cd98f00b204e9800998ecf8427e"),
        Code::StatusUnknown => Example::Result("4 }", "7 }"),
        Code::TooManyDiagnostics => Bytes(
            "an array in which 101 items are followed by comments",
            || format!("[{}]", vec!["0/**/"; 101].join(",")).into_bytes(),
        ),
        _ => return None,
    })
}

impl Example {
    /// Reads it, and shows it in Markdown.
    fn read(&self) -> (Vec<Diagnostic>, String) {
        let changed = |base: &str, from: &str, to: &str| {
            assert_eq!(base.matches(from).count(), 1, "{from}");
            base.replace(from, to)
        };
        let on = |topic| Options {
            topic: Some(topic),
            now: Some(NOW),
            ..Options::default()
        };
        let whole = Options {
            kind: Some(Kind::Result),
            ..Options::default()
        };
        let json = |text: &str| format!("```json\n{text}\n```\n");
        let (payload, options, shown) = match self {
            Example::Command(from, to) => {
                let text = changed(COMMAND, from, to);
                let shown = json(&text);
                (text.into_bytes(), on(COMMAND_TOPIC), shown)
            }
            Example::Result(from, to) => {
                let text = changed(RESULT, from, to);
                let shown = json(&text);
                (text.into_bytes(), on(RESULT_TOPIC), shown)
            }
            Payload(text) => (text.as_bytes().to_vec(), whole, json(text)),
            Bytes(words, make) => {
                let options = if *words == "a command with a `download_url` of 2,100 bytes" {
                    on(COMMAND_TOPIC)
                } else {
                    whole
                };
                (make(), options, format!("Payload: {words}.\n"))
            }
            Topic(topic) => {
                let shown = format!("Topic: `{topic}`\n");
                (RESULT.as_bytes().to_vec(), on(topic), shown)
            }
            LongTopic(words, make) => {
                let topic = make();
                let read = decode(
                    Input::bytes(RESULT.as_bytes()),
                    &Options {
                        topic: Some(&topic),
                        ..Options::default()
                    },
                );
                return (read.diagnostics, format!("Topic: {words}.\n"));
            }
            Prefix(prefix) => {
                let namespace = Namespace::Prefix {
                    prefix: (*prefix).to_owned(),
                };
                let error = wudun_ota::Topic::new(namespace, "GW-1", Kind::Result)
                    .expect_err("a wrong prefix");
                let shown = format!("A topic made with the custom prefix `{prefix}`.\n");
                return (error.diagnostics().to_vec(), shown);
            }
            Stated(words, options) => {
                let shown = format!("A payload {words}.\n");
                (RESULT.as_bytes().to_vec(), *options, shown)
            }
        };
        (decode(Input::bytes(&payload), &options).diagnostics, shown)
    }
}

fn section(code: Code, example: &Example, page: &mut String) {
    let (diagnostics, shown) = example.read();
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
    let mut others = String::new();
    for &code in Code::ALL {
        match example(code) {
            Some(example) => section(code, &example, &mut page),
            None => {
                let _ = writeln!(others, "| `{code}` | {} |", cell(code.meaning()));
            }
        }
    }
    page.push_str("## The tracker\n\nWhat it refuses, all errors; reading a message gives none of them.\n\n| code | meaning |\n|---|---|\n");
    page.push_str(&others);
    page
}

#[test]
fn the_page_says_what_the_code_says() {
    page::hold("diagnostics", &page());
}
