//! Reading JSON (§5): what is accepted, what is refused, and where it is said to be.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;
use wudun_ota::{Decoded, Diagnostic, Input, Kind, Options, Severity, Span, decode};

/// Reads as a result: its rules say nothing of unknown members.
fn read(input: Input, lenient: bool) -> Decoded {
    decode(
        input,
        &Options {
            kind: Some(Kind::Result),
            lenient,
            ..Options::default()
        },
    )
}

fn about_json(decoded: &Decoded) -> Vec<&Diagnostic> {
    decoded
        .diagnostics
        .iter()
        .filter(|d| d.code.as_str().starts_with("json-"))
        .collect()
}

/// `code@path start..end` of what is said about JSON.
fn findings(input: Input, lenient: bool) -> Vec<String> {
    let show = |d: &&Diagnostic| match d.span {
        Some(span) => format!("{}@{} {}..{}", d.code, d.path, span.start, span.end),
        None => format!("{}@{}", d.code, d.path),
    };
    about_json(&read(input, lenient)).iter().map(show).collect()
}

#[track_caller]
fn assert_strict(text: impl AsRef<[u8]>, expected: &[&str]) {
    assert_eq!(findings(Input::bytes(text.as_ref()), false), expected);
}

#[track_caller]
fn assert_lenient(text: impl AsRef<[u8]>, expected: &[&str]) {
    let decoded = read(Input::bytes(text.as_ref()), true);
    assert!(
        about_json(&decoded)
            .iter()
            .all(|d| d.severity == Severity::Warning)
    );
    assert_eq!(findings(Input::bytes(text.as_ref()), true), expected);
}

#[test]
fn documents() {
    for text in [
        "{}",
        " [ ] ",
        "\t\r\n0",
        "-0",
        "1.5e+30",
        "1e400",
        "-0.0E-0",
        "true",
        "false",
        "null",
        "\"\"",
        "\"\u{7F}\u{2028}\u{FEFF}é𐀀\"",
        r#""\"\\\/\b\f\n\r\t\u0000\u00e9\uD834\uDd1e\uFFFF""#,
        r#"{"":0,"a":{"":[]},"A":[1,2,[3,{}]],"__proto__":null}"#,
    ] {
        assert_strict(text, &[]);
        assert_lenient(text, &[]);
    }
}

#[test]
fn syntax() {
    for (text, expected) in [
        (" ", "json-syntax@ 1..1"),
        ("{", "json-syntax@ 1..1"),
        ("{1}", "json-syntax@ 1..2"),
        ("{'a':1}", "json-syntax@ 1..2"),
        ("{a:1}", "json-syntax@ 1..2"),
        ("{,}", "json-syntax@ 1..2"),
        ("{\"a\" 1}", "json-syntax@ 5..6"),
        ("{\"a\":}", "json-syntax@/a 5..6"),
        ("{\"a\":1 \"b\":2}", "json-syntax@ 7..8"),
        ("{\"a\":1,,}", "json-syntax@ 7..8"),
        ("{\"a\":[1 2]}", "json-syntax@/a 8..9"),
        ("[,]", "json-syntax@/0 1..2"),
        ("[1,,]", "json-syntax@/1 3..4"),
        ("[1", "json-syntax@ 2..2"),
        ("[]]", "json-syntax@ 2..3"),
        ("{}{}", "json-syntax@ 2..3"),
        ("tru", "json-syntax@ 3..3"),
        ("trux", "json-syntax@ 3..4"),
        ("True", "json-syntax@ 0..1"),
        ("truee", "json-syntax@ 4..5"),
        ("NaN", "json-syntax@ 0..1"),
        ("nan", "json-syntax@ 1..2"),
        ("Infinity", "json-syntax@ 0..1"),
        ("-", "json-syntax@ 1..1"),
        ("-Infinity", "json-syntax@ 1..2"),
        ("+1", "json-syntax@ 0..1"),
        ("01", "json-syntax@ 1..2"),
        ("1.", "json-syntax@ 2..2"),
        (".5", "json-syntax@ 0..1"),
        ("1e", "json-syntax@ 2..2"),
        ("1e+x", "json-syntax@ 3..4"),
        ("0x10", "json-syntax@ 1..2"),
        ("1_000", "json-syntax@ 1..2"),
        ("\"a", "json-syntax@ 2..2"),
        ("\"a\nb\"", "json-syntax@ 2..3"),
        ("\"\u{1F}\"", "json-syntax@ 1..2"),
        ("\"\0\"", "json-syntax@ 1..2"),
        (r#""\x41""#, "json-syntax@ 2..3"),
        (r#""\'""#, "json-syntax@ 2..3"),
        (r#""\u12g4""#, "json-syntax@ 5..6"),
        (r#""\u+123""#, "json-syntax@ 3..4"),
        (r#""\"#, "json-syntax@ 2..2"),
        ("\u{A0}1", "json-syntax@ 0..2"),
        ("\u{B}1", "json-syntax@ 0..1"),
        ("1\u{2028}", "json-syntax@ 1..4"),
        ("\0{}", "json-syntax@ 0..1"),
        ("{}\0x", "json-syntax@ 3..4"),
        ("/", "json-syntax@ 0..1"),
        ("/x", "json-syntax@ 0..1"),
        ("1/", "json-syntax@ 1..2"),
        ("1/*", "json-syntax@ 3..3"),
        ("1/*/", "json-syntax@ 4..4"),
        ("#1", "json-syntax@ 0..1"),
    ] {
        for lenient in [false, true] {
            let found = findings(Input::bytes(text.as_bytes()), lenient);
            assert_eq!(found.last().map(String::as_str), Some(expected), "{text}");
            assert!(
                read(Input::bytes(text.as_bytes()), lenient)
                    .message
                    .is_none()
            );
        }
    }
}

#[test]
fn encoding() {
    assert_strict(b"\xFF", &["json-utf8@ 0..1"]);
    assert_strict(b"{\"a\":\"\xC3\"}", &["json-utf8@/a 6..7"]);
    assert_strict(b"{}\x80", &["json-utf8@ 2..3"]);
    assert_strict(b"{} \xF0\x90\x80", &["json-utf8@ 3..4"]);
    assert_strict(b"\"\xC0\x80\"", &["json-utf8@ 1..2"]);
    assert_strict(b"\"\xED\xA0\x80\"", &["json-utf8@ 1..2"]);
    assert_strict(b"\"\xF4\x90\x80\x80\"", &["json-utf8@ 1..2"]);
    assert_strict(b"tr\xFF", &["json-utf8@ 2..3"]);
    assert_strict(b"1/*\xFF*/", &["json-utf8@ 3..4"]);
    assert_strict(
        "{}".encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<_>>(),
        &["json-syntax@ 1..2"],
    );
    // What goes wrong first ends reading.
    assert_strict(b"[1 2 \xFF]", &["json-syntax@ 3..4"]);
}

#[test]
fn empty() {
    assert_strict("", &["json-empty@ 0..0"]);
    assert_eq!(findings(Input::bytes(b""), true), ["json-empty@ 0..0"]);
    assert_eq!(findings(Input::wtf8(b""), true), ["json-empty@ 0..0"]);
}

#[test]
fn keys_that_occur_twice() {
    assert_strict(r#"{"a":1,"a":1}"#, &["json-duplicate-key@/a 7..10"]);
    assert_strict(r#"{"a":1,"\u0061":1}"#, &["json-duplicate-key@/a 7..15"]);
    assert_strict(r#"{"":1,"":1}"#, &["json-duplicate-key@/ 6..8"]);
    // Names of the protocol, one of them with an escape.
    assert_strict(r#"{"mid":1,"mid" 1}"#, &["json-duplicate-key@/mid 9..14"]);
    assert_strict(
        r#"{"mid":1,"m\u0069d":1}"#,
        &["json-duplicate-key@/mid 9..19"],
    );
    assert_strict(
        r#"{"\u006Did":1,"mid":1}"#,
        &["json-duplicate-key@/mid 14..19"],
    );
    assert_strict(
        r#"{"a~/b":[0,{"x":0,"x":0}]}"#,
        &["json-duplicate-key@/a~0~1b/1/x 18..21"],
    );
    assert_strict(
        r#"{"data":{"status":1,"status":1}}"#,
        &["json-duplicate-key@/data/status 20..28"],
    );
    assert_strict(r#"{"a":{"a":{"a":1}},"A":[{"a":1},{"a":1}]}"#, &[]);
    assert_strict("{\"é\":1,\"e\u{301}\":1}", &[]);
}

#[test]
fn nesting() {
    let nested = |open: &str, close: &str, depth: usize| {
        format!("{}{}", open.repeat(depth), close.repeat(depth))
    };
    assert_strict(nested("[", "]", 64), &[]);
    assert_strict(
        nested("[", "]", 65),
        &[&format!("json-too-deep@{} 64..65", "/0".repeat(64))],
    );
    assert_strict(format!("{}0{}", "{\"\":".repeat(64), "}".repeat(64)), &[]);
    let deep = format!("{}{{", "{\"data\":".repeat(64));
    assert_strict(
        &deep,
        &[&format!("json-too-deep@{} 512..513", "/data".repeat(64))],
    );
    assert_eq!(
        findings(Input::bytes("[".repeat(60_000).as_bytes()), true).len(),
        1
    );
}

#[test]
fn number_of_keys() {
    let object = |keys: usize| {
        let members: Vec<String> = (0..keys).map(|key| format!("\"k{key}\":0")).collect();
        format!("{{{}}}", members.join(","))
    };
    assert_strict(object(1_024), &[]);
    let text = object(1_025);
    let at = text.find("\"k1024\"").unwrap();
    assert_strict(&text, &[&format!("json-too-many-keys@ {at}..{}", at + 7)]);
    assert_strict(
        format!("{{\"x\":{text}}}"),
        &[&format!("json-too-many-keys@/x {}..{}", at + 5, at + 12)],
    );
    assert_strict(format!("[{},{}]", object(1_000), object(1_000)), &[]);
}

#[test]
fn size() {
    let limited = |text: &str, max_bytes| {
        let options = Options {
            kind: Some(Kind::Result),
            max_bytes,
            ..Options::default()
        };
        let decoded = decode(Input::bytes(text.as_bytes()), &options);
        decoded
            .diagnostics
            .iter()
            .map(|d| (d.code.as_str(), d.span.is_some()))
            .collect::<Vec<_>>()
    };
    let not_an_object = vec![("field-type", true)];
    let too_large = vec![("json-too-large", false)];
    let text = format!("\"{}\"", "a".repeat(65_534));
    assert_eq!(limited(&text, None), not_an_object);
    assert_eq!(limited(&format!("{text} "), None), too_large);
    assert_eq!(limited(&format!("{text} "), Some(65_537)), not_an_object);
    assert_eq!(limited("[]", Some(1)), too_large);
    assert_eq!(limited("", Some(0)), [("json-empty", true)]);
    let text = format!("[]{}", " ".repeat(16 * 1_024 * 1_024 - 2));
    assert_eq!(limited(&text, Some(usize::MAX)), not_an_object);
    assert_eq!(limited(&format!("{text} "), Some(usize::MAX)), too_large);
}

#[test]
fn unpaired_surrogates() {
    assert_strict(r#""\uD800""#, &["json-unpaired-surrogate@ 1..7"]);
    assert_strict(r#""\uDC00""#, &["json-unpaired-surrogate@ 1..7"]);
    assert_strict(
        r#"{"a":"\uD800\uD800"}"#,
        &["json-unpaired-surrogate@/a 6..12"],
    );
    assert_strict(r#""\uDE00\uD83D""#, &["json-unpaired-surrogate@ 1..7"]);
    assert_strict(r#"{"\uD800x":1}"#, &["json-unpaired-surrogate@ 2..8"]);
}

#[test]
fn what_lenient_reading_accepts() {
    for (text, expected) in [
        ("\u{FEFF}{}", &["json-byte-order-mark@ 0..3"][..]),
        (
            "{\"a\":[1,],}",
            &["json-trailing-comma@/a 7..8", "json-trailing-comma@ 9..10"],
        ),
        ("[1 , ]", &["json-trailing-comma@ 3..4"]),
        ("//a\n{}", &["json-comment@ 0..3"]),
        ("//a\r\n{}", &["json-comment@ 0..3"]),
        ("{}//", &["json-comment@ 2..4"]),
        (
            "/**/{/* \" */}/***/",
            &[
                "json-comment@ 0..4",
                "json-comment@ 5..12",
                "json-comment@ 13..18",
            ],
        ),
        (
            "{\"a\"/*1*/:/*2*/1/*3*/,/*4*/}",
            &[
                "json-comment@ 4..9",
                "json-comment@ 10..15",
                "json-comment@ 16..21",
                "json-trailing-comma@ 21..22",
                "json-comment@ 22..27",
            ],
        ),
        ("{}\0", &["json-trailing-nul@ 2..3"]),
        (
            "{} \0\0\n\0 ",
            &["json-trailing-nul@ 3..5", "json-trailing-nul@ 6..7"],
        ),
        (
            "{}\0/**/\0",
            &[
                "json-trailing-nul@ 2..3",
                "json-comment@ 3..7",
                "json-trailing-nul@ 7..8",
            ],
        ),
        ("[\"//\", \"/* */\", \",]\"]", &[]),
    ] {
        assert_strict(text, expected);
        assert_lenient(text, expected);
    }
    assert_eq!(
        findings(Input::bytes("\u{FEFF}\u{FEFF}{}".as_bytes()), true),
        ["json-byte-order-mark@ 0..3", "json-syntax@ 3..6"]
    );
    assert_eq!(
        findings(Input::bytes(b"\xEF\xBB\xBF"), true),
        ["json-byte-order-mark@ 0..3", "json-syntax@ 3..3"]
    );
    // A refusal still holds, and ends reading.
    assert_eq!(
        findings(Input::bytes(br#"{"a":[1,],"a":1,}"#), true),
        [
            "json-trailing-comma@/a 7..8",
            "json-duplicate-key@/a 10..13"
        ]
    );
}

#[test]
fn text_from_javascript() {
    let span = |text: &[u8]| {
        about_json(&read(Input::wtf8(text), false))
            .last()
            .unwrap()
            .span
            .unwrap()
    };
    assert_eq!(
        span("{\"é𐀀\":\n\"é𐀀\",}".as_bytes()),
        Span {
            start: 13,
            end: 14,
            line: 2,
            column: 5
        }
    );
    assert_eq!(
        span("[\"𐀀\", x".as_bytes()),
        Span {
            start: 7,
            end: 8,
            line: 1,
            column: 7
        }
    );
    let surrogate =
        |text: &[u8], expected: &[&str]| assert_eq!(findings(Input::wtf8(text), true), expected);
    surrogate(
        b"{\"a\":\"\xED\xA0\x80\"}",
        &["json-unpaired-surrogate@/a 6..7"],
    );
    surrogate(b"\"\xED\xB0\x80\"", &["json-unpaired-surrogate@ 1..2"]);
    surrogate(b"\"x\xED\xA0\x80y\"", &["json-unpaired-surrogate@ 2..3"]);
    surrogate(b"\xED\xA0\x80", &["json-syntax@ 0..1"]);
    // Only strings are refused for it.
    surrogate(b"//\xED\xA0\x80\n1", &["json-comment@ 0..3"]);
    // `JSON.parse` makes a pair of these.
    surrogate(b"\"\xED\xA0\xBD\\uDE00\"", &[]);
    surrogate(b"\"\\uD83D\xED\xB8\x80\"", &[]);
}

#[test]
fn lines_and_columns() {
    let at = |text: &str| {
        let span = about_json(&read(Input::bytes(text.as_bytes()), false))
            .last()
            .unwrap()
            .span
            .unwrap();
        (span.line, span.column)
    };
    assert_eq!(at("x"), (1, 1));
    assert_eq!(at("\nx"), (2, 1));
    assert_eq!(at("\r\nx"), (2, 1));
    assert_eq!(at("\rx"), (2, 1));
    assert_eq!(at("\n\rx"), (3, 1));
    assert_eq!(at("\r\r\n\n x"), (4, 2));
    assert_eq!(at("[\"é𐀀中\", x"), (1, 9));
    assert_eq!(at("[\n"), (2, 1));
}

#[test]
fn numbers_are_the_doubles_of_javascript() {
    let timestamp = |number: &str| {
        let text = format!(
            r#"{{"mid":"00000000-0000-0000-0000-000000000000","type":"ota_upgrade","device_uid":"d","timestamp":{number},"data":{{}}}}"#
        );
        match read(Input::bytes(text.as_bytes()), false) {
            Decoded {
                message: Some(wudun_ota::Message::Result(result)),
                ..
            } => Ok(result.timestamp),
            Decoded { diagnostics, .. } => Err(diagnostics[0].code.as_str()),
        }
    };
    assert_eq!(timestamp("1"), Ok(1));
    assert_eq!(timestamp("1.0"), Ok(1));
    assert_eq!(timestamp("1e3"), Ok(1_000));
    assert_eq!(timestamp("17638896000000e-1"), Ok(1_763_889_600_000));
    assert_eq!(timestamp("9007199254740991"), Ok(9_007_199_254_740_991));
    // Rounds to an integer, as it does in JavaScript.
    assert_eq!(timestamp("9007199254740990.7"), Ok(9_007_199_254_740_991));
    assert_eq!(timestamp("1.00000000000000000001"), Ok(1));
    assert_eq!(timestamp("9007199254740992"), Err("timestamp-range"));
    assert_eq!(timestamp("9007199254740991.9"), Err("timestamp-range"));
    assert_eq!(timestamp("0"), Err("timestamp-range"));
    assert_eq!(timestamp("-0"), Err("timestamp-range"));
    assert_eq!(timestamp("-0.0e1"), Err("timestamp-range"));
    assert_eq!(timestamp("-1"), Err("timestamp-range"));
    assert_eq!(timestamp("1e300"), Err("timestamp-range"));
    assert_eq!(timestamp("1e-400"), Err("timestamp-range"));
    assert_eq!(timestamp("1e400"), Err("field-type"));
    assert_eq!(timestamp("1e99999999999999999999"), Err("field-type"));
    assert_eq!(timestamp("1.5"), Err("field-type"));
    assert_eq!(timestamp("\"1\""), Err("field-type"));
    assert_eq!(timestamp("true"), Err("field-type"));
    assert_eq!(timestamp("[1]"), Err("field-type"));
}

#[test]
fn at_most_100_findings() {
    let comments = "/**/\n".repeat(150);
    let decoded = read(Input::bytes(format!("{comments}[]").as_bytes()), false);
    assert_eq!(decoded.diagnostics.len(), 100);
    let last = decoded.diagnostics.last().unwrap();
    assert_eq!(
        (last.code.as_str(), last.severity),
        ("too-many-diagnostics", Severity::Error)
    );
    // 99 comments are shown; 51 and the wrong type are not.
    assert!(
        last.message().en.starts_with("52 findings more"),
        "{}",
        last.message().en
    );
    // An error is shown, whatever came before it.
    for text in [format!("{comments}[]"), format!("{comments}[1 2]")] {
        let decoded = read(Input::bytes(text.as_bytes()), true);
        assert!(decoded.message.is_none());
        assert_eq!(decoded.diagnostics.len(), 100);
        assert_eq!(decoded.diagnostics[98].severity, Severity::Error);
        let last = decoded.diagnostics.last().unwrap();
        assert_eq!(
            (last.code.as_str(), last.severity),
            ("too-many-diagnostics", Severity::Warning)
        );
        assert!(
            last.message().en.starts_with("52 findings more"),
            "{}",
            last.message().en
        );
    }
    let exactly = read(
        Input::bytes(format!("{}[]", "/**/".repeat(99)).as_bytes()),
        true,
    );
    assert_eq!(exactly.diagnostics.len(), 100);
    assert!(
        exactly
            .diagnostics
            .iter()
            .all(|d| d.code.as_str() != "too-many-diagnostics")
    );
}

#[test]
fn a_pointer_stays_short() {
    let key = "k".repeat(1_025);
    assert_strict(
        format!("{{\"a\":{{\"{key}\":[1,]}}}}"),
        &["json-trailing-comma@/a 1036..1037"],
    );
}

#[test]
fn texts() {
    let text = |text: &str| {
        about_json(&read(Input::bytes(text.as_bytes()), false))
            .last()
            .unwrap()
            .message()
    };
    let message = text("[1 2]");
    assert_eq!(
        message.en,
        "found `2` (U+0032); expected `,` or `]`. A comma is probably missing before it"
    );
    assert_eq!(
        message.zh,
        "此处为 `2` (U+0032)；应为 `,` 或 `]`。前面可能缺少逗号"
    );
    let message = text("{\"a\":");
    assert_eq!(
        message.en,
        "the text ends too early; expected a value. The payload may have been cut off"
    );
    assert_eq!(message.zh, "文本提前结束；应为一个值。载荷可能被截断");
    let message = text("\u{202E}");
    assert_eq!(message.en, "found `\\u{202E}` (U+202E); expected a value");
}

/// JSON, sometimes with what only lenient reading accepts, sometimes broken.
fn json_like() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        Just("null".to_owned()),
        "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?",
        "\"([a-c]|\\\\[\"\\\\/bfnrt]|\\\\u[0-9a-f]{4}|é|\u{10000}){0,4}\"",
        "[-+0-9.eE\"\\\\a-f]{1,4}",
    ];
    let gap = || prop_oneof![12 => Just(""), 2 => Just(" "), 1 => Just("\r\n"), 1 => Just("/*,*/"), 1 => Just("//]\n")];
    let end = || prop_oneof![6 => Just(""), 1 => Just(",")];
    let value = scalar.prop_recursive(4, 32, 4, move |inner| {
        let key = "\"[a-e]\"";
        let member = (key, gap(), inner.clone(), gap())
            .prop_map(|(key, a, value, b)| format!("{key}{a}:{value}{b}"));
        prop_oneof![
            (prop::collection::vec(member, 0..4), end(), gap()).prop_map(
                |(members, end, gap)| format!("{{{gap}{}{end}{gap}}}", members.join(","))
            ),
            (
                prop::collection::vec((inner, gap()).prop_map(|(item, gap)| item + gap), 0..4),
                end()
            )
                .prop_map(|(items, end)| format!("[{}{end}]", items.join(","))),
        ]
    });
    (
        value,
        prop_oneof![6 => Just(""), 1 => Just("\0"), 1 => Just(" \n")],
    )
        .prop_map(|(value, end)| value + end)
}

/// The same with a byte changed.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    (
        json_like(),
        any::<prop::sample::Index>(),
        prop_oneof![Just(None), any::<u8>().prop_map(Some)],
    )
        .prop_map(|(text, at, byte)| {
            let mut bytes = text.into_bytes();
            if let Some(byte) = byte {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            bytes
        })
}

fn options() -> impl Strategy<Value = Options<'static>> {
    let topic = prop_oneof![
        Just(None),
        Just(Some("a/d/ota/upgrade/command")),
        Just(Some("a/d/ota/upgrade/result")),
        Just(Some("a"))
    ];
    let kind = prop_oneof![
        Just(None),
        Just(Some(Kind::Command)),
        Just(Some(Kind::Result))
    ];
    let max_bytes = prop_oneof![Just(None), (0..64_usize).prop_map(Some)];
    (topic, kind, any::<bool>(), any::<Option<u64>>(), max_bytes).prop_map(
        |(topic, kind, lenient, now, max_bytes)| Options {
            topic,
            kind,
            lenient,
            now,
            max_bytes,
        },
    )
}

/// Whether a value holds an object with a key twice: `serde_json` takes the last.
fn refused_on_top(decoded: &Decoded) -> bool {
    let ours = [
        "json-duplicate-key",
        "json-unpaired-surrogate",
        "json-too-deep",
        "json-too-many-keys",
    ];
    about_json(decoded)
        .iter()
        .all(|d| ours.contains(&d.code.as_str()))
}

proptest! {
    #[test]
    fn any_bytes_are_safe(bytes in any::<Vec<u8>>(), options in options()) {
        let _ = decode(Input::bytes(&bytes), &options);
        let _ = decode(Input::wtf8(&bytes), &options);
    }

    #[test]
    fn spans_lie_in_the_text(bytes in damaged(), options in options()) {
        let decoded = decode(Input::bytes(&bytes), &options);
        let valid = decoded.diagnostics.iter().all(|d| d.severity != Severity::Error);
        prop_assert_eq!(decoded.message.is_some(), valid);
        for span in decoded.diagnostics.iter().filter_map(|d| d.span) {
            prop_assert!(span.start <= span.end && span.end <= bytes.len());
        }
        let starts: Vec<_> = decoded.diagnostics.iter().map(|d| d.span.map(|s| s.start)).collect();
        prop_assert!(starts.is_sorted());
    }

    #[test]
    fn strict_reading_accepts_what_serde_json_accepts(bytes in damaged()) {
        let decoded = read(Input::bytes(&bytes), false);
        match serde_json::from_slice::<serde_json::Value>(&bytes) {
            Ok(_) => prop_assert!(refused_on_top(&decoded), "{:?}", decoded.diagnostics),
            // Unlike JavaScript, it has no infinity.
            Err(error) if error.to_string().starts_with("number out of range") => {}
            Err(_) => prop_assert!(!about_json(&decoded).is_empty()),
        }
    }

    #[test]
    fn lenient_reading_accepts_more_and_changes_nothing(bytes in damaged(), options in options()) {
        let strict = decode(Input::bytes(&bytes), &Options { lenient: false, ..options });
        let lenient = decode(Input::bytes(&bytes), &Options { lenient: true, ..options });
        if about_json(&strict).is_empty() {
            prop_assert_eq!(strict, lenient);
        } else {
            let places = |decoded: &Decoded| {
                decoded.diagnostics.iter().map(|d| (d.code, d.path.clone(), d.span)).collect::<Vec<_>>()
            };
            prop_assert_eq!(places(&strict), places(&lenient));
        }
    }
}
