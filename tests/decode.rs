//! Reading whole messages (§2–§4, §6): every rule, its code and its place.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use wudun_ota::{Decoded, Input, Kind, Message, Options, Severity, Status, check, decode};

const COMMAND: &str = r#"{
  "mid": "5a2c3a58-2f0b-4d8e-9d0e-0123456789AB",
  "type": "ota_upgrade",
  "device_uid": "gw-1",
  "timestamp": 1763889600000,
  "data": {
    "source": "ems_II",
    "download_url": "https://files.example/fw.bin",
    "md5_code": "0123456789ABCDEF0123456789abcdef"
  },
  "trace_id": "not-a-uuid"
}"#;

const RESULT: &str = r#"{
  "mid": "00000000-0000-0000-0000-000000000000",
  "type": "ota_upgrade",
  "device_uid": "gw-1",
  "timestamp": 1763889600000,
  "data": { "source": "ems_II", "status": 2 }
}"#;

const AS_COMMAND: Options = options(Kind::Command);
const AS_RESULT: Options = options(Kind::Result);

const fn options(kind: Kind) -> Options<'static> {
    Options {
        topic: None,
        kind: Some(kind),
        lenient: false,
        now: None,
        max_bytes: None,
    }
}

fn read(text: &str, options: &Options) -> Decoded {
    decode(Input::bytes(text.as_bytes()), options)
}

/// `code@path text` of every finding, where the text is what the span covers; `!` before errors.
fn findings(text: &str, options: &Options) -> Vec<String> {
    let show = |d: &wudun_ota::Diagnostic| {
        let mark = if d.severity == Severity::Error {
            "!"
        } else {
            ""
        };
        let covered = d.span.map(|span| &text[span.start..span.end]);
        let covered = match covered {
            Some(object) if object.starts_with('{') => "{…}",
            Some(text) => text,
            None => "-",
        };
        format!("{mark}{}@{} {covered}", d.code, d.path)
    };
    read(text, options).diagnostics.iter().map(show).collect()
}

/// Checks what is said of a message of which a part was changed.
#[track_caller]
fn assert_changed(base: &str, from: &str, to: &str, expected: &[&str]) {
    assert_eq!(base.matches(from).count(), 1, "{from}");
    let kind = if base == COMMAND {
        AS_COMMAND
    } else {
        AS_RESULT
    };
    assert_eq!(
        findings(&base.replace(from, to), &kind),
        expected,
        "{from} → {to}"
    );
}

#[test]
fn whole_messages() {
    assert_eq!(findings(COMMAND, &AS_COMMAND), [""; 0]);
    let Some(Message::Command(command)) = read(COMMAND, &AS_COMMAND).message else {
        panic!()
    };
    assert_eq!(command.mid.as_str(), "5a2c3a58-2f0b-4d8e-9d0e-0123456789AB");
    assert_eq!(
        command.mid.as_u128(),
        0x5a2c_3a58_2f0b_4d8e_9d0e_0123_4567_89ab
    );
    assert_eq!(command.device_uid, "gw-1");
    assert_eq!(command.sub_device_uid, None);
    assert_eq!(command.timestamp, 1_763_889_600_000);
    assert_eq!(command.data.source, "ems_II");
    assert_eq!(command.data.download_url, "https://files.example/fw.bin");
    assert_eq!(command.data.md5_code, "0123456789ABCDEF0123456789abcdef");
    assert_eq!(command.trace_id.as_deref(), Some("not-a-uuid"));
    assert_eq!(command.reply, None);

    let full = r#"{"mid":"00000000-0000-0000-0000-000000000000","type":"ota_upgrade","device_uid":"d",
        "sub_device_uid":"s","timestamp":1,"trace_id":"t","reply":"00000000-0000-0000-0000-000000000001",
        "data":{"source":"a","version":"b","target_version":"c","target_commit_sha":"d","final_version":"e",
        "final_commit_sha":"f","status":5}}"#;
    let Some(Message::Result(result)) = read(full, &AS_RESULT).message else {
        panic!()
    };
    assert_eq!(result.sub_device_uid.as_deref(), Some("s"));
    assert_eq!(
        result.reply.as_deref(),
        Some("00000000-0000-0000-0000-000000000001")
    );
    assert_eq!(result.data.source.as_deref(), Some("a"));
    assert_eq!(result.data.version.as_deref(), Some("b"));
    assert_eq!(result.data.target_version.as_deref(), Some("c"));
    assert_eq!(result.data.target_commit_sha.as_deref(), Some("d"));
    assert_eq!(result.data.final_version.as_deref(), Some("e"));
    assert_eq!(result.data.final_commit_sha.as_deref(), Some("f"));
    assert_eq!(result.data.status, Some(Status::RolledBack));
}

#[test]
fn the_vendors_trailing_comma() {
    let comma = COMMAND.replace("abcdef\"\n", "abcdef\",\n");
    assert_eq!(
        findings(&comma, &AS_COMMAND),
        ["!json-trailing-comma@/data ,"]
    );
    let span = read(&comma, &AS_COMMAND).diagnostics[0].span.unwrap();
    assert_eq!((span.line, span.column), (9, 51));
    let lenient = Options {
        lenient: true,
        ..AS_COMMAND
    };
    assert_eq!(findings(&comma, &lenient), ["json-trailing-comma@/data ,"]);
    assert!(check(Input::bytes(comma.as_bytes()), &lenient));
    assert!(!check(Input::bytes(comma.as_bytes()), &AS_COMMAND));
}

#[test]
fn what_is_missing_is_said_at_its_parent() {
    assert_eq!(
        findings("{}", &AS_RESULT),
        [
            "!field-missing@/mid {…}",
            "!field-missing@/type {…}",
            "!field-missing@/device_uid {…}",
            "!field-missing@/timestamp {…}",
            "!field-missing@/data {…}",
        ]
    );
    assert_changed(
        COMMAND,
        r#""source": "ems_II","#,
        "",
        &["!field-missing@/data/source {…}"],
    );
    let bare = r#"{"data":{}}"#;
    let starts: Vec<_> = read(bare, &AS_COMMAND)
        .diagnostics
        .iter()
        .map(|d| (d.span.unwrap().start, d.path.clone()))
        .collect();
    let at = |start: usize, path: &str| (start, path.to_owned());
    assert_eq!(
        starts,
        [
            at(0, "/mid"),
            at(0, "/type"),
            at(0, "/device_uid"),
            at(0, "/timestamp"),
            at(8, "/data/source"),
            at(8, "/data/download_url"),
            at(8, "/data/md5_code"),
        ]
    );
}

#[test]
fn types() {
    for (text, found) in [
        ("null", "null"),
        ("5", "5"),
        ("true", "true"),
        ("\"{}\"", "\"{}\""),
        ("[{}]", "[{}]"),
    ] {
        assert_eq!(
            findings(text, &AS_RESULT),
            [format!("!field-type@ {found}")]
        );
        assert_eq!(
            findings(text, &Options::default()),
            [format!("!field-type@ {found}")]
        );
        assert_eq!(read(text, &Options::default()).kind, None);
    }
    for wrong in ["null", "5", "true", "[]", "[\"ota_upgrade\"]", "{}"] {
        let said = |path: &str| {
            [format!(
                "!field-type@{path} {}",
                if wrong == "{}" { "{…}" } else { wrong }
            )]
        };
        let changed = |base: &str, from: &str, field: &str, options| {
            findings(
                &base.replace(from, &format!("\"{field}\": {wrong}")),
                &options,
            )
        };
        assert_eq!(
            changed(COMMAND, "\"type\": \"ota_upgrade\"", "type", AS_COMMAND),
            said("/type")
        );
        assert_eq!(
            changed(
                COMMAND,
                "\"device_uid\": \"gw-1\"",
                "device_uid",
                AS_COMMAND
            ),
            said("/device_uid")
        );
        assert_eq!(
            changed(COMMAND, "\"source\": \"ems_II\"", "source", AS_COMMAND),
            said("/data/source")
        );
        if wrong != "null" {
            assert_eq!(
                changed(
                    COMMAND,
                    "\"trace_id\": \"not-a-uuid\"",
                    "trace_id",
                    AS_COMMAND
                ),
                said("/trace_id")
            );
            assert_eq!(
                changed(RESULT, "\"source\": \"ems_II\"", "source", AS_RESULT),
                said("/data/source")
            );
        }
        if wrong != "{}" {
            let data = "\"data\": { \"source\": \"ems_II\", \"status\": 2 }";
            assert_eq!(changed(RESULT, data, "data", AS_RESULT), said("/data"));
        }
    }
}

#[test]
fn envelope() {
    let mid = "00000000-0000-0000-0000-000000000000";
    for wrong in [
        "",
        "{00000000-0000-0000-0000-000000000000}",
        "urn:uuid:00000000-0000-0000-0000-000000000000",
        "00000000000000000000000000000000",
        "0000000-00000-0000-0000-000000000000",
        "00000000-0000-0000-0000-00000000000",
        "00000000-0000-0000-0000-0000000000000",
        "00000000-0000-0000-0000-00000000000g",
        " 0000000-0000-0000-0000-000000000000",
        "00000000-0000-0000-0000-00000000000０",
    ] {
        assert_changed(
            RESULT,
            mid,
            wrong,
            &[&format!("!mid-form@/mid \"{wrong}\"")],
        );
    }
    assert_changed(RESULT, mid, "FFFFFFFF-ffff-FFFF-ffff-FFFFFFFFFFFF", &[]);
    assert_changed(
        RESULT,
        "ota_upgrade",
        "OTA_UPGRADE",
        &["!type-unknown@/type \"OTA_UPGRADE\""],
    );
    assert_changed(RESULT, "ota_upgrade", "", &["!type-unknown@/type \"\""]);
    assert_changed(RESULT, "gw-1", "", &["!level-empty@/device_uid \"\""]);
    assert_changed(
        RESULT,
        "gw-1",
        "a/b",
        &["!level-character@/device_uid \"a/b\""],
    );
    assert_changed(
        RESULT,
        "gw-1",
        "a\\u0000",
        &["!level-character@/device_uid \"a\\u0000\""],
    );
    let more = |field: &str| format!("\"device_uid\": \"gw-1\", {field}");
    let from = "\"device_uid\": \"gw-1\"";
    assert_changed(
        RESULT,
        from,
        &more(r#""sub_device_uid":"a+""#),
        &["!level-character@/sub_device_uid \"a+\""],
    );
    assert_changed(
        RESULT,
        from,
        &more(r#""sub_device_uid":null,"reply":null,"trace_id":null"#),
        &[],
    );
    assert_changed(
        RESULT,
        from,
        &more(r#""sub_device_uid":"","reply":"","trace_id":"""#),
        &[
            "field-empty-optional@/sub_device_uid \"\"",
            "field-empty-optional@/reply \"\"",
            "field-empty-optional@/trace_id \"\"",
        ],
    );
    assert_changed(
        RESULT,
        from,
        &more(r#""reply":"abc""#),
        &["reply-form@/reply \"abc\""],
    );
}

#[test]
fn timestamps() {
    let at = |timestamp: &str, now: u64| {
        let text = RESULT.replace("1763889600000", timestamp);
        findings(
            &text,
            &Options {
                now: Some(now),
                ..AS_RESULT
            },
        )
    };
    let now = 1_763_889_600_000;
    assert_eq!(at("1763889600000", now), [""; 0]);
    assert_eq!(at("1763890200000", now), [""; 0]);
    assert_eq!(
        at("1763890200001", now),
        ["timestamp-ahead@/timestamp 1763890200001"]
    );
    assert_eq!(
        at("1763889600", now),
        ["timestamp-seconds@/timestamp 1763889600"]
    );
    assert_eq!(
        at("99999999999", now),
        ["timestamp-seconds@/timestamp 99999999999"]
    );
    assert_eq!(at("100000000000", now), [""; 0]);
    assert_eq!(at("9007199254740991", u64::MAX), [""; 0]);
    assert_changed(RESULT, "1763889600000", "1", &[]);
    assert_changed(RESULT, "1763889600000", "9007199254740991", &[]);
    assert_changed(
        RESULT,
        "1763889600000",
        "0",
        &["!timestamp-range@/timestamp 0"],
    );
    // One warning: what looks like seconds says nothing about the clock.
    assert_eq!(
        at("1763889600", 0),
        ["timestamp-seconds@/timestamp 1763889600"]
    );
}

#[test]
fn command_data() {
    assert_changed(COMMAND, "ems_II", "", &["!field-empty@/data/source \"\""]);
    let md5 = "0123456789ABCDEF0123456789abcdef";
    for wrong in [
        "",
        "0123456789abcdef0123456789abcde",
        "0123456789abcdef0123456789abcdef0",
        "0123456789abcdef 123456789abcdef",
    ] {
        assert_changed(
            COMMAND,
            md5,
            wrong,
            &[&format!("!md5-form@/data/md5_code \"{wrong}\"")],
        );
    }
    for empty in [
        "d41d8cd98f00b204e9800998ecf8427e",
        "D41D8CD98F00B204E9800998ECF8427E",
    ] {
        assert_changed(
            COMMAND,
            md5,
            empty,
            &[&format!("md5-of-nothing@/data/md5_code \"{empty}\"")],
        );
    }
    let url = "https://files.example/fw.bin";
    assert_changed(COMMAND, url, "", &["!url-syntax@/data/download_url \"\""]);
    assert_changed(
        COMMAND,
        url,
        "http://u@h:0/#",
        &[
            "url-http@/data/download_url \"http://u@h:0/#\"",
            "url-credentials@/data/download_url \"http://u@h:0/#\"",
            "!url-port@/data/download_url \"http://u@h:0/#\"",
            "!url-fragment@/data/download_url \"http://u@h:0/#\"",
        ],
    );
}

#[test]
fn result_data() {
    let status = "\"status\": 2";
    for number in ["1", "6", "2.0", "0.4e1", "30e-1"] {
        assert_changed(RESULT, status, &format!("\"status\": {number}"), &[]);
    }
    for number in ["0", "7", "-0", "-1", "258", "1e300"] {
        assert_changed(
            RESULT,
            status,
            &format!("\"status\": {number}"),
            &[&format!("!status-unknown@/data/status {number}")],
        );
    }
    for wrong in ["1.5", "\"2\"", "null", "true", "[2]", "1e400"] {
        assert_changed(
            RESULT,
            status,
            &format!("\"status\": {wrong}"),
            &[&format!("!field-type@/data/status {wrong}")],
        );
    }
    assert_changed(
        RESULT,
        status,
        "\"final_version\": \"\", \"version\": null",
        &["field-empty-optional@/data/final_version \"\""],
    );
    assert_changed(
        RESULT,
        "{ \"source\": \"ems_II\", \"status\": 2 }",
        "{}",
        &[],
    );
    assert_changed(
        RESULT,
        status,
        r#""target_commit_sha": "ghijklmnopqr""#,
        &[],
    );
}

#[test]
fn the_topic_is_checked() {
    let on = |topic| Options {
        topic: Some(topic),
        ..Options::default()
    };
    assert_eq!(
        findings(RESULT, &on("v1/user/t/gw-1/ota/upgrade/result")),
        [""; 0]
    );
    let decoded = read(RESULT, &on("v1/user/t/gw-1/ota/upgrade/result"));
    assert_eq!(
        (decoded.kind, decoded.topic.unwrap().device()),
        (Some(Kind::Result), "gw-1")
    );
    assert_eq!(
        findings(RESULT, &on("a/GW-1/ota/upgrade/result")),
        ["!device-mismatch@/device_uid \"gw-1\""]
    );
    assert_eq!(
        findings(RESULT, &on("a/gw-1/ota/upgrade/command")),
        [
            "!field-missing@/data/download_url {…}",
            "!field-missing@/data/md5_code {…}"
        ]
    );
    assert_eq!(
        findings(
            RESULT,
            &Options {
                topic: Some("a/gw-1/ota/upgrade/result"),
                ..AS_COMMAND
            }
        ),
        ["!kind-mismatch@ -"]
    );
    assert_eq!(
        findings(
            RESULT,
            &Options {
                topic: Some("a"),
                ..AS_RESULT
            }
        ),
        ["!topic-form@ -"]
    );
    let decoded = read(RESULT, &on("+/#/ota/upgrade/result"));
    let codes: Vec<_> = decoded
        .diagnostics
        .iter()
        .map(|d| d.code.as_str())
        .collect();
    assert_eq!(
        codes,
        ["level-character", "level-character", "kind-inferred"]
    );
    assert_eq!((decoded.topic, decoded.message), (None, None));
}

#[test]
fn the_kind_is_inferred() {
    let inferred = |text: &str| {
        let decoded = read(text, &Options::default());
        let said = decoded
            .diagnostics
            .iter()
            .any(|d| d.code.as_str() == "kind-inferred" && d.severity == Severity::Info);
        decoded.kind.filter(|_| said)
    };
    assert_eq!(
        findings(COMMAND, &Options::default()),
        ["kind-inferred@ {…}"]
    );
    assert!(read(COMMAND, &Options::default()).message.is_some());
    assert_eq!(inferred(COMMAND), Some(Kind::Command));
    assert_eq!(inferred(RESULT), Some(Kind::Result));
    assert_eq!(
        inferred(r#"{"data":{"md5_code":null}}"#),
        Some(Kind::Command)
    );
    assert_eq!(
        inferred(r#"{"data":{"download_url":1}}"#),
        Some(Kind::Command)
    );
    assert_eq!(inferred(r#"{"data":["md5_code"]}"#), Some(Kind::Result));
    assert_eq!(inferred(r#"{"md5_code":1}"#), Some(Kind::Result));
    assert_eq!(inferred("{"), None);
    assert_eq!(read("{", &AS_COMMAND).kind, Some(Kind::Command));
}

#[test]
fn unknown_members_keep_their_text() {
    let text = RESULT
        .replace(
            "\"status\": 2",
            "\"status\": 2, \"n\": 1.50e0 , \"download_url\":[ {\"a\" : \"\\u0041\"} ]",
        )
        .replace(
            "\"type\"",
            "\"__proto__\": {\"x\":[]}, \"\\u0061/b\": null, \"type\"",
        );
    let Some(Message::Result(result)) = read(&text, &AS_RESULT).message else {
        panic!()
    };
    let pair = |key: &str, text: &str| (key.to_owned(), text.to_owned());
    assert_eq!(
        result.extra,
        [pair("__proto__", "{\"x\":[]}"), pair("a/b", "null")]
    );
    assert_eq!(
        result.data.extra,
        [
            pair("n", "1.50e0"),
            pair("download_url", "[ {\"a\" : \"\\u0041\"} ]")
        ]
    );

    let text = RESULT.replace(
        "\"status\": 2",
        "\"x\": [ 1, /* 2, */ {\"/*\":\",}\",} //3\n ,], /*4*/ \"y\":/**/0/**/,",
    );
    let Some(Message::Result(result)) = read(
        &text,
        &Options {
            lenient: true,
            ..AS_RESULT
        },
    )
    .message
    else {
        panic!()
    };
    assert_eq!(
        result.data.extra,
        [pair("x", "[ 1,  {\"/*\":\",}\"} \n ]"), pair("y", "0")]
    );
}

#[test]
fn halves_of_a_pair_survive_in_unknown_members() {
    let text = RESULT
        .replace("\"status\": 2", "\"x\": \"@\\uDE00\"")
        .into_bytes();
    let text = text.iter().flat_map(|byte| {
        if *byte == b'@' {
            vec![0xED, 0xA0, 0xBD]
        } else {
            vec![*byte]
        }
    });
    let text = text.collect::<Vec<_>>();
    let Some(Message::Result(result)) = decode(Input::wtf8(&text), &AS_RESULT).message else {
        panic!()
    };
    assert_eq!(result.data.extra[0].1, "\"\\ud83d\\uDE00\"");
}

#[test]
fn texts() {
    let said = |text: &str, options: &Options| read(text, options).diagnostics[0].message();
    let text = said(
        &RESULT.replace("\"status\": 2", "\"status\": \"2\""),
        &AS_RESULT,
    );
    assert_eq!(
        text.en,
        "`status` is the string `2`; expected an integer. Remove the quotes: a number has none"
    );
    assert_eq!(
        text.zh,
        "`status` 为字符串 `2`；应为整数。请去掉引号：数字不加引号"
    );
    let text = said(
        &RESULT.replace("\"status\": 2", "\"status\": null"),
        &AS_RESULT,
    );
    assert_eq!(
        text.zh,
        "`status` 为 `null`；应为整数。没有状态时请省略该字段"
    );
    let text = said(
        &RESULT.replace("ota_upgrade", &"\\u0007型".repeat(100)),
        &AS_RESULT,
    );
    let shown = format!("{}…", "\\u{0007}型".repeat(30));
    assert_eq!(
        text.en,
        format!(
            "`type` is `{shown}`; expected `ota_upgrade`. Another value is another kind of message"
        )
    );
    assert_eq!(
        text.zh,
        format!("`type` 为 `{shown}`；应为 `ota_upgrade`。其他取值属于其他类型的消息")
    );
    let text = said(
        &COMMAND.replace("files.example", "files.example:99999"),
        &AS_COMMAND,
    );
    assert_eq!(
        text.en,
        "`download_url` has the port `99999`; expected 1 to 5 digits, in 1 … 65535. Without a port, leave the colon out too"
    );
}
