//! Making messages, and writing them as JSON.
#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;
use wudun_ota::message::{CommandInput, Envelope, ResultInput};
use wudun_ota::{
    Command, CommandData, Diagnostic, Input, Kind, Message, Mid, Options, ResultData,
    ResultMessage, Status, decode,
};

fn command() -> CommandInput {
    CommandInput {
        mid: "5A2C3A58-2f0b-4d8e-9d0e-0123456789ab".to_owned(),
        timestamp: 1_763_889_600_000.0,
        device: "gw-1".to_owned(),
        source: "ems_II".to_owned(),
        download_url: "https://files.example/fw.bin".to_owned(),
        md5: "0123456789ABCDEF0123456789abcdef".to_owned(),
        ..CommandInput::default()
    }
}

fn result() -> ResultInput {
    ResultInput {
        mid: command().mid,
        timestamp: 1.0,
        device: "gw-1".to_owned(),
        ..ResultInput::default()
    }
}

/// `code@path` of every finding; none has a place, there is no source text.
fn findings(diagnostics: &[Diagnostic]) -> Vec<String> {
    assert!(diagnostics.iter().all(|d| d.span.is_none()));
    diagnostics
        .iter()
        .map(|d| format!("{}@{}", d.code, d.path))
        .collect()
}

#[test]
fn a_command() {
    let (made, diagnostics) = command().build().unwrap();
    assert_eq!(diagnostics, []);
    assert_eq!(
        Message::Command(made).encode(),
        r#"{"mid":"5A2C3A58-2f0b-4d8e-9d0e-0123456789ab","type":"ota_upgrade","device_uid":"gw-1","timestamp":1763889600000,"data":{"source":"ems_II","download_url":"https://files.example/fw.bin","md5_code":"0123456789abcdef0123456789abcdef"}}"#
    );
}

#[test]
fn a_result() {
    let (made, diagnostics) = ResultInput {
        sub_device: Some("s".to_owned()),
        reply: Some(command().mid),
        trace_id: Some("t\"\\\n\u{1}\u{2028}固件".to_owned()),
        status: Some(Status::Succeeded),
        source: Some("a".to_owned()),
        version: Some("b".to_owned()),
        target_version: Some("c".to_owned()),
        target_commit_sha: Some("d".to_owned()),
        final_version: Some("e".to_owned()),
        final_commit_sha: Some("f".to_owned()),
        ..result()
    }
    .build()
    .unwrap();
    assert_eq!(diagnostics, []);
    assert_eq!(
        Message::Result(made).encode(),
        "{\"mid\":\"5A2C3A58-2f0b-4d8e-9d0e-0123456789ab\",\"type\":\"ota_upgrade\",\"device_uid\":\"gw-1\",\
         \"sub_device_uid\":\"s\",\"timestamp\":1,\"data\":{\"source\":\"a\",\"version\":\"b\",\"target_version\":\"c\",\
         \"target_commit_sha\":\"d\",\"final_version\":\"e\",\"final_commit_sha\":\"f\",\"status\":4},\
         \"trace_id\":\"t\\\"\\\\\\n\\u0001\u{2028}固件\",\"reply\":\"5A2C3A58-2f0b-4d8e-9d0e-0123456789ab\"}"
    );
    let (bare, _) = result().build().unwrap();
    assert!(
        Message::Result(bare)
            .encode()
            .ends_with(r#""timestamp":1,"data":{}}"#)
    );
}

#[test]
fn every_rule_holds() {
    let error = CommandInput {
        mid: String::new(),
        timestamp: 1_763_889_600.5,
        device: "a/b".to_owned(),
        sub_device: Some("#".to_owned()),
        source: String::new(),
        download_url: "http://localhost:0/".to_owned(),
        md5: "x".to_owned(),
        trace_id: Some(String::new()),
    }
    .build()
    .unwrap_err();
    assert_eq!(
        findings(error.diagnostics()),
        [
            "mid-form@/mid",
            "level-character@/device_uid",
            "level-character@/sub_device_uid",
            "field-type@/timestamp",
            "field-empty@/data/source",
            "url-http@/data/download_url",
            "url-host-local@/data/download_url",
            "url-port@/data/download_url",
            "md5-form@/data/md5_code",
            "field-empty-optional@/trace_id",
        ]
    );
    assert_eq!(error.code().as_str(), "mid-form");
    assert!(
        error
            .to_string()
            .starts_with("`mid` is empty; expected a UUID"),
        "{error}"
    );
    assert!(
        !error.to_string().contains("counts as absent"),
        "warnings are no part of it"
    );
}

#[test]
fn warnings_come_along() {
    let input = CommandInput {
        sub_device: Some(String::new()),
        md5: "D41D8CD98F00B204E9800998ECF8427E".to_owned(),
        ..command()
    };
    let (made, diagnostics) = input.build().unwrap();
    assert_eq!(
        findings(&diagnostics),
        [
            "field-empty-optional@/sub_device_uid",
            "md5-of-nothing@/data/md5_code"
        ]
    );
    assert_eq!(made.sub_device_uid, None);
    let (made, diagnostics) = ResultInput {
        reply: Some("x".to_owned()),
        ..result()
    }
    .build()
    .unwrap();
    assert_eq!(findings(&diagnostics), ["reply-form@/reply"]);
    assert_eq!(made.reply.as_deref(), Some("x"));
}

#[test]
fn numbers_of_all_kinds() {
    for timestamp in [
        f64::NAN,
        f64::INFINITY,
        -1.0,
        -0.0,
        0.5,
        1e300,
        9_007_199_254_740_992.0,
    ] {
        let error = ResultInput {
            timestamp,
            ..result()
        }
        .build()
        .unwrap_err();
        assert_eq!(error.diagnostics()[0].path, "/timestamp");
    }
    let (made, _) = ResultInput {
        timestamp: 9_007_199_254_740_991.0,
        ..result()
    }
    .build()
    .unwrap();
    assert_eq!(made.timestamp, 9_007_199_254_740_991);
}

#[test]
fn large_messages_can_be_made() {
    let trace_id = "x".repeat(100_000);
    let (made, _) = ResultInput {
        trace_id: Some(trace_id.clone()),
        ..result()
    }
    .build()
    .unwrap();
    assert_eq!(made.trace_id, Some(trace_id));
}

#[test]
fn input_from_javascript() {
    let input: ResultInput = serde_json::from_str(
        r#"{"mid":"m","timestamp":1.5,"device":"d","subDevice":"s","status":"rolled_back","finalCommitSha":"f","version":null}"#,
    )
    .unwrap();
    assert_eq!(input.sub_device.as_deref(), Some("s"));
    assert_eq!(input.status, Some(Status::RolledBack));
    assert_eq!(input.final_commit_sha.as_deref(), Some("f"));
}

#[test]
fn ids() {
    let lower = Mid::parse("5a2c3a58-2f0b-4d8e-9d0e-0123456789ab").unwrap();
    let upper = Mid::parse("5A2C3A58-2F0B-4D8E-9D0E-0123456789AB").unwrap();
    assert_eq!(lower, upper);
    assert_ne!(lower.as_str(), upper.as_str());
    assert_ne!(Mid::random(), Mid::random());
    let random = Mid::random();
    assert_eq!(Mid::parse(random.as_str()), Some(random));
}

fn mid() -> impl Strategy<Value = Mid> {
    "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}".prop_map(|text| Mid::parse(&text).unwrap())
}

fn level() -> impl Strategy<Value = String> {
    "[^/+#\\p{Cc}\\p{Cn}]{1,8}"
}

fn maybe() -> impl Strategy<Value = Option<String>> {
    prop::option::of(
        any::<String>().prop_filter("an empty one counts as absent", |text| !text.is_empty()),
    )
}

fn extra() -> impl Strategy<Value = Vec<(String, String)>> {
    let value = prop_oneof![
        Just("null"),
        Just("-0.10e1"),
        Just("[ 1 ,{\"a\":[]}]"),
        Just("\"\\u0041\""),
        Just("{}")
    ];
    prop::collection::btree_map("x[^a-z]{0,4}", value, 0..3).prop_map(|members| {
        members
            .into_iter()
            .map(|(key, text)| (key, text.to_owned()))
            .collect()
    })
}

fn envelope<D: std::fmt::Debug>(
    data: impl Strategy<Value = D>,
) -> impl Strategy<Value = Envelope<D>> {
    let optional = (prop::option::of(level()), maybe(), maybe());
    (mid(), level(), 1..1_u64 << 53, data, optional, extra()).prop_map(
        |(mid, device_uid, timestamp, data, (sub_device_uid, trace_id, reply), extra)| Envelope {
            mid,
            device_uid,
            sub_device_uid,
            timestamp,
            data,
            trace_id,
            reply,
            extra,
        },
    )
}

fn any_command() -> impl Strategy<Value = Command> {
    let url = "https?://[a-z]{1,8}(:[1-9][0-9]{0,3})?(/[a-z0-9%25]{0,0}[a-z]{0,4}){0,3}(\\?[a-z=&]{0,6})?";
    let source = any::<String>().prop_filter("not empty", |text| !text.is_empty());
    let data = (source, url, "[0-9a-fA-F]{32}", extra()).prop_map(
        |(source, download_url, md5_code, extra)| CommandData {
            source,
            download_url,
            md5_code,
            extra,
        },
    );
    envelope(data)
}

fn any_result() -> impl Strategy<Value = ResultMessage> {
    let status = prop::option::of(prop::sample::select(Status::ALL.to_vec()));
    let texts = (maybe(), maybe(), maybe(), maybe(), maybe(), maybe());
    let data =
        (texts, status, extra()).prop_map(|((a, b, c, d, e, f), status, extra)| ResultData {
            source: a,
            version: b,
            target_version: c,
            target_commit_sha: d,
            final_version: e,
            final_commit_sha: f,
            status,
            extra,
        });
    envelope(data)
}

proptest! {
    #[test]
    fn what_is_written_reads_the_same(
        message in prop_oneof![any_command().prop_map(Message::Command), any_result().prop_map(Message::Result)]
    ) {
        let text = message.encode();
        let options = Options { kind: Some(message.kind()), max_bytes: Some(1 << 20), ..Options::default() };
        let decoded = decode(Input::bytes(text.as_bytes()), &options);
        prop_assert_eq!(decoded.message.as_ref(), Some(&message), "{:?}", decoded.diagnostics);
        // Equality of ids does not see how they are written.
        prop_assert_eq!(decoded.message.unwrap().encode(), text.clone());
        prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
    }

    #[test]
    fn what_is_made_is_valid(input in (any::<f64>(), any::<String>(), maybe(), maybe())) {
        let (timestamp, device, sub_device, trace_id) = input;
        if let Ok((made, _)) = (CommandInput { timestamp, device, sub_device, trace_id, ..command() }).build() {
            let text = Message::Command(made.clone()).encode();
            let options = Options { kind: Some(Kind::Command), max_bytes: Some(1 << 20), ..Options::default() };
            prop_assert_eq!(decode(Input::bytes(text.as_bytes()), &options).message, Some(Message::Command(made)));
        }
    }
}
