//! Two ways through a message, one truth (§5): whenever the short way is sure, the long way gives the
//! same message and finds nothing to say.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;
use wudun_ota::ways::{Scanner, by_scan, by_scanner, by_tree};
use wudun_ota::{Decoded, Input, Kind, Options, check};

const NOW: u64 = 1_763_889_600_000;

const RESULT: &str = r#"{"mid":"5a2c3a58-2f0b-4d8e-9d0e-0123456789AB","type":"ota_upgrade","device_uid":"gw-1","timestamp":1763889600000,"data":{"source":"ems_II","version":"1.2","target_version":"1.3","target_commit_sha":"0123456789ab","final_version":"1.3","final_commit_sha":"0123456789abcdef","status":4},"trace_id":"t"}"#;
const COMMAND: &str = r#"{"mid":"5a2c3a58-2f0b-4d8e-9d0e-0123456789AB","type":"ota_upgrade","device_uid":"gw-1","sub_device_uid":"sub","timestamp":1763889600000,"data":{"source":"ems_II","download_url":"https://files.example/fw.bin","md5_code":"0123456789ABCDEF0123456789abcdef"},"reply":"5a2c3a58-2f0b-4d8e-9d0e-0123456789AB"}"#;

/// With the fields of both kinds in an order that nobody expects.
const REVERSED: &str = r#"{"trace_id":"t","reply":"5a2c3a58-2f0b-4d8e-9d0e-0123456789AB","data":{"status":4,"md5_code":"0123456789ABCDEF0123456789abcdef","download_url":"https://h/","final_commit_sha":"c","final_version":"1","target_commit_sha":"c","target_version":"1","version":"1","source":"s"},"timestamp":1,"sub_device_uid":"s","device_uid":"d","type":"ota_upgrade","mid":"5a2c3a58-2f0b-4d8e-9d0e-0123456789AB"}"#;

fn topic_of(kind: Kind) -> String {
    format!("v1/wudun/pk/gw-1/ota/upgrade/{}", kind.as_str())
}

/// Both ways, with all kinds of options, the short one also with what is left of a message in another
/// order. Gives what the short way is sure of.
#[track_caller]
fn agree(bytes: &[u8], kind: Kind) -> Option<Decoded> {
    let topic = topic_of(kind);
    let mut sure = None;
    let mut scanner = Scanner::default();
    for input in [Input::bytes(bytes), Input::wtf8(bytes)] {
        for lenient in [false, true] {
            for now in [None, Some(NOW)] {
                for topic in [None, Some(topic.as_str())] {
                    let options = Options {
                        topic,
                        kind: Some(kind),
                        lenient,
                        now,
                        max_bytes: None,
                    };
                    let tree = by_tree(input, &options);
                    assert_eq!(check(input, &options), tree.message.is_some());
                    sure = by_scan(input, &options);
                    let (kind, other) = (options.kind, Input::bytes(REVERSED.as_bytes()));
                    let known = Options {
                        kind,
                        ..Options::default()
                    };
                    let _ = by_scanner(&mut scanner, other, &known);
                    for _ in 0..2 {
                        assert_eq!(by_scanner(&mut scanner, input, &options), sure);
                    }
                    if let Some(scan) = &sure {
                        assert_eq!(scan, &tree, "{}", String::from_utf8_lossy(bytes));
                    }
                }
            }
        }
    }
    sure
}

#[track_caller]
fn assert_sure(text: &str, kind: Kind) {
    assert!(agree(text.as_bytes(), kind).is_some(), "not sure: {text}");
}

#[track_caller]
fn assert_unsure(text: &str, kind: Kind) {
    assert!(agree(text.as_bytes(), kind).is_none(), "sure: {text}");
}

#[test]
fn real_messages_go_the_short_way() {
    assert_sure(RESULT, Kind::Result);
    assert_sure(COMMAND, Kind::Command);
    assert_sure(
        &format!(" \r\n\t{} ", RESULT.replace(':', " :\n ")),
        Kind::Result,
    );
    for (from, to) in [(":", ": "), (":", " :"), (",", ", "), (",", " ,")] {
        assert_sure(&RESULT.replace(from, to), Kind::Result);
    }
    assert_sure(&RESULT.replace("\"1.2\"", "null"), Kind::Result);
    assert_sure(
        &RESULT.replace("\"t\"", r#""\"\\\/\b\f\n\r\t\u4E2d\ud83D\uDE00""#),
        Kind::Result,
    );
    assert_sure(&RESULT.replace("\"t\"", "\"固件 é 😀\""), Kind::Result);
    assert_sure(
        &RESULT.replace(
            "\"t\"",
            r#""t","note":{"a":[1,-0.5e+3,true,false,null,{"a":{},"b":[]}],"é":"\n"},"n":7"#,
        ),
        Kind::Result,
    );
    assert_sure(
        &RESULT.replace("\"status\"", "\"固件\":\"x\",\"status\""),
        Kind::Result,
    );
    assert_sure(&RESULT.replace(",\"status\":4", ""), Kind::Result);
    assert_sure(&COMMAND.replace("fw.bin", "%E5%9B%BA?x=1"), Kind::Command);
}

/// In every field, something that is worth a word or is wrong.
#[test]
fn what_needs_a_word_goes_the_long_way() {
    for (base, kind) in [(RESULT, Kind::Result), (COMMAND, Kind::Command)] {
        for (from, to) in [
            ("5a2c3a58-", "5a2c3a58_"),
            ("0123456789AB\"", "0123456789Ag\""),
            ("ota_upgrade", "ota-upgrade"),
            ("\"gw-1\"", "\"gw/1\""),
            ("\"gw-1\"", "\"\""),
            ("\"gw-1\"", "\"\\u0001\""),
            ("\"gw-1\"", "\"\u{ffff}\""),
            ("\"gw-1\"", "null"),
            ("1763889600000", "0"),
            ("1763889600000", "01763889600000"),
            ("1763889600000", "9007199254740992"),
            ("1763889600000", "1763889600000.5"),
            ("1763889600000", "\"1763889600000\""),
            ("\"data\":{", "\"data\":[{"),
            ("\"data\"", "\"mid\""),
            ("\"data\"", "\"Data\""),
            ("\"type\"", "\"x\":1,\"x\":2,\"type\""),
            ("\"type\"", "\"x\":{\"é\":1,\"é\":2},\"type\""),
            ("\"type\"", "\"\\u0074ype\":1,\"type\""),
            ("\"type\"", "\"x\":\"\\ud800\",\"type\""),
            ("\"type\"", "\"x\":\"\\ud800\\u0041\",\"type\""),
            ("\"type\"", "\"x\":\"\\udc00\",\"type\""),
            ("\"type\"", "\"x\":01,\"type\""),
            ("\"type\"", "\"x\":1.,\"type\""),
            ("\"type\"", "\"x\":tru,\"type\""),
            ("\"type\"", "\"x\":[1,],\"type\""),
            ("\"type\"", "\"x\":[1},\"type\""),
            ("\"type\"", "\"x\":\"\u{1}\",\"type\""),
            ("\"source\"", "/**/\"source\""),
            ("\"source\":\"ems_II\"", "\"source\":\"\""),
        ] {
            assert_eq!(base.matches(from).count().min(1), 1, "{from}");
            assert_unsure(&base.replacen(from, to, 1), kind);
        }
        for end in 0..base.len() {
            assert_unsure(&base[..end], kind);
        }
        assert_unsure(&format!("{base}x"), kind);
        assert_unsure(&format!("{base}\0"), kind);
        assert_unsure(&format!("\u{feff}{base}"), kind);
    }
    for status in ["0", "7", "-1", "4.5", "null", "\"4\"", "44"] {
        assert_unsure(
            &RESULT.replace(":4}", &format!(":{status}}}")),
            Kind::Result,
        );
    }
    for url in [
        "http://h/",
        "https://localhost/",
        "https://1/",
        "https://h/#",
        "https://h/%0",
        "https://u@h/",
        "",
    ] {
        assert_unsure(
            &COMMAND.replace("https://files.example/fw.bin", url),
            Kind::Command,
        );
    }
    assert_unsure(
        &COMMAND.replace(
            "0123456789ABCDEF0123456789abcdef",
            "d41d8cd98f00b204e9800998ecf8427e",
        ),
        Kind::Command,
    );
}

#[test]
fn bytes_that_are_no_utf8_go_the_long_way() {
    for wrong in [
        b"\x80".as_slice(),
        b"\xC0\xAF",
        b"\xE0\x80\x80",
        b"\xED\xA0\x80",
        b"\xF4\x90\x80\x80",
        b"\xE5\x9B",
        b"\xFF",
    ] {
        let at = RESULT.find("\"t\"").unwrap() + 1;
        let bytes = [&RESULT.as_bytes()[..at], wrong, &RESULT.as_bytes()[at..]].concat();
        assert!(agree(&bytes, Kind::Result).is_none(), "{wrong:x?}");
    }
}

#[test]
fn depth_is_counted_alike() {
    for (place, outside) in [("\"type\"", 1), ("\"source\"", 2)] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            for depth in [62, 63, 64, 65] {
                let inside = depth - outside;
                let value = format!("{}1{}", open.repeat(inside), close.repeat(inside));
                let text = RESULT.replacen(place, &format!("\"x\":{value},{place}"), 1);
                let sure = agree(text.as_bytes(), Kind::Result).is_some();
                assert_eq!(sure, depth <= 64, "{depth} {text}");
            }
        }
    }
}

/// JSON text of any value.
fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        any::<f64>()
            .prop_filter("finite", |n| n.is_finite())
            .prop_map(|n| n.to_string()),
        (1_u64..1 << 60).prop_map(|n| n.to_string()),
        text(),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("[{}]", items.join(","))),
            members(inner),
        ]
    })
}

/// JSON text of an object.
fn members(value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let key = prop_oneof![8 => "[a-dé]{0,2}".prop_map(|key| format!("\"{key}\"")), 1 => text()];
    prop::collection::vec((key, value), 0..4).prop_map(|members| {
        let members: Vec<String> = members.iter().map(|(k, v)| format!("{k}:{v}")).collect();
        format!("{{{}}}", members.join(" , "))
    })
}

/// A JSON string, some characters escaped.
fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => "[a-z0-9./_-]{0,9}",
        1 => "[^\"\\\\\u{0}-\u{1f}]{0,3}",
        1 => r#"\\(["\\/bfnrt]|u[0-9a-fA-F]{4})"#,
        1 => Just(r"\ud83d\ude00".to_owned()),
    ];
    prop::collection::vec(part, 0..4).prop_map(|parts| format!("\"{}\"", parts.concat()))
}

fn field() -> impl Strategy<Value = (String, String)> {
    const NAMES: [&str; 17] = [
        "sub_device_uid",
        "trace_id",
        "reply",
        "source",
        "version",
        "target_version",
        "target_commit_sha",
        "final_version",
        "final_commit_sha",
        "status",
        "note",
        "x",
        "download_url",
        "mid",
        "md5_code_",
        "target_commit_shA",
        "__proto__",
    ];
    let value = prop_oneof![
        4 => text(),
        2 => value(),
        1 => Just("\"5a2c3a58-2f0b-4d8e-9d0e-0123456789AB\"".to_owned()),
        1 => (0..8).prop_map(|n: i32| n.to_string()),
    ];
    (prop::sample::select(NAMES.as_slice()), value)
        .prop_map(|(name, value)| (name.to_owned(), value))
}

/// A message with its members in any order, mostly valid.
fn message(kind: Kind) -> impl Strategy<Value = String> {
    let required = |names: &[(&str, &str)]| -> Vec<(String, String)> {
        names
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect()
    };
    let envelope = required(&[
        ("mid", "\"5a2c3a58-2f0b-4d8e-9d0e-0123456789AB\""),
        ("type", "\"ota_upgrade\""),
        ("device_uid", "\"gw-1\""),
        ("timestamp", "1763889600000"),
    ]);
    let data = match kind {
        Kind::Command => required(&[
            ("source", "\"ems_II\""),
            ("download_url", "\"https://files.example/fw.bin\""),
            ("md5_code", "\"0123456789ABCDEF0123456789abcdef\""),
        ]),
        Kind::Result => Vec::new(),
    };
    let object = |given: Vec<(String, String)>| {
        prop::collection::vec(field(), 0..4).prop_flat_map(move |more| {
            let mut all = given.clone();
            for (name, value) in more {
                if !all.iter().any(|(known, _)| *known == name) {
                    all.push((name, value));
                }
            }
            Just(all).prop_shuffle()
        })
    };
    let space = prop::sample::select(&["", " ", "\n  ", "\r\n\t"][..]);
    (
        object(envelope),
        object(data),
        any::<prop::sample::Index>(),
        space,
    )
        .prop_map(|(mut envelope, data, at, space)| {
            let write = |members: &[(String, String)]| {
                let members: Vec<String> = members
                    .iter()
                    .map(|(k, v)| format!("{space}\"{k}\"{space}:{space}{v}"))
                    .collect();
                format!("{{{}{space}}}", members.join(","))
            };
            let at = at.index(envelope.len() + 1);
            envelope.insert(at, ("data".to_owned(), write(&data)));
            write(&envelope)
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn made_messages(text in prop_oneof![message(Kind::Result), message(Kind::Command)]) {
        agree(text.as_bytes(), Kind::Result);
        agree(text.as_bytes(), Kind::Command);
    }

    #[test]
    fn damaged_messages(
        text in prop_oneof![message(Kind::Result), message(Kind::Command)],
        at in any::<prop::sample::Index>(),
        length in 0_usize..3,
        put in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..3),
            "[\\[\\]{}:,\"\\\\0-9a-f.eE+\\-]{0,3}".prop_map(String::into_bytes),
        ],
    ) {
        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len());
        let end = (at + length).min(bytes.len());
        bytes.splice(at..end, put);
        agree(&bytes, Kind::Result);
        agree(&bytes, Kind::Command);
    }
}
