//! What must hold for any bytes. Each function panics where it does not hold; the fuzz targets call
//! them, and so does an ordinary test of the crate (`tests/fuzz_corpus.rs`) with the committed corpus.

use std::cell::RefCell;

use serde::de::IgnoredAny;
use serde_json::Value;
use wudun_ota::topic::filter;
use wudun_ota::ways::{Scanner, by_scan, by_scanner, by_tree};
use wudun_ota::{
    Code, Decoded, Diagnostic, Input, Kind, Options, Severity, Topic, check, decode as read,
};

const TOPIC: &str = "v1/wudun/KEY/GW-1/ota/upgrade/result";

/// The first byte chooses how the rest is read.
fn split(data: &[u8]) -> Option<(Options<'static>, Input<'_>)> {
    let (&choice, payload) = data.split_first()?;
    let on = |bit: u8| choice & 1 << bit != 0;
    let options = Options {
        topic: on(0).then_some(TOPIC),
        kind: on(1).then_some(if on(2) { Kind::Command } else { Kind::Result }),
        lenient: on(3),
        now: on(4).then_some(1_763_889_600_000),
        max_bytes: on(5).then_some(1_000),
    };
    let input = if on(6) {
        Input::wtf8(payload)
    } else {
        Input::bytes(payload)
    };
    Some((options, input))
}

fn errors(decoded: &Decoded) -> impl Iterator<Item = &Diagnostic> {
    decoded
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
}

fn is_about_json(diagnostic: &Diagnostic) -> bool {
    diagnostic.code.as_str().starts_with("json-")
}

/// Reading never panics; what it says is bounded, ordered and lies inside the payload; what it gives
/// is written so that reading it again gives the same.
pub fn decode(data: &[u8]) {
    let Some((options, input)) = split(data) else {
        return;
    };
    let decoded = read(input, &options);
    assert_eq!(check(input, &options), decoded.message.is_some());
    assert_eq!(errors(&decoded).count() == 0, decoded.message.is_some());
    assert!(decoded.diagnostics.len() <= 100);
    let mut last = 0;
    for diagnostic in &decoded.diagnostics {
        assert!(!diagnostic.message().en.is_empty() && !diagnostic.message().zh.is_empty());
        assert!(diagnostic.path.len() <= 1_024);
        if let Some(span) = diagnostic.span {
            assert!(span.start <= span.end && span.end <= input.as_bytes().len());
            assert!(span.line >= 1 && span.column >= 1);
            assert!(last <= span.start);
            last = span.start;
        }
    }
    if let Some(message) = decoded.message {
        let text = message.encode();
        let again = Options {
            kind: Some(message.kind()),
            max_bytes: Some(usize::MAX),
            ..Options::default()
        };
        let again = read(Input::bytes(text.as_bytes()), &again);
        assert_eq!(again.message.as_ref(), Some(&message), "{text}");
    }
}

thread_local! {
    /// Remembers the order of fields from one input to the next.
    static SCANNER: RefCell<Scanner> = RefCell::default();
}

/// Whenever the short way is sure, the long way gives the same message and finds nothing to say. What
/// a scanner remembers changes nothing.
pub fn scan(data: &[u8]) {
    let Some((options, input)) = split(data) else {
        return;
    };
    let sure = SCANNER.with_borrow_mut(|scanner| by_scanner(scanner, input, &options));
    assert_eq!(sure, by_scan(input, &options));
    if let Some(decoded) = sure {
        assert_eq!(decoded, by_tree(input, &options));
    }
}

/// §5: lenient reading accepts more, and never changes the meaning of what strict reading accepts.
pub fn lenient(data: &[u8]) {
    let Some((options, input)) = split(data) else {
        return;
    };
    let strict = read(
        input,
        &Options {
            lenient: false,
            ..options
        },
    );
    let lenient = read(
        input,
        &Options {
            lenient: true,
            ..options
        },
    );
    if strict.message.is_some() || !errors(&strict).any(is_about_json) {
        assert_eq!(strict, lenient);
    }
    // What ends one reading ends the other; what lenient reading accepts, strict reading reports.
    let oddity = |diagnostic: &Diagnostic| {
        matches!(
            diagnostic.code,
            Code::JsonByteOrderMark
                | Code::JsonTrailingComma
                | Code::JsonComment
                | Code::JsonTrailingNul
        )
    };
    if lenient.diagnostics.len() < 100 {
        let told = |decoded: &Decoded| {
            let codes = decoded.diagnostics.iter();
            codes
                .map(|d| (d.code, d.path.clone(), d.span))
                .collect::<Vec<_>>()
        };
        assert_eq!(told(&strict), told(&lenient));
        assert_eq!(lenient.message.is_some(), errors(&strict).all(oddity),);
    }
}

/// §1: what parses is written as it was, and what is written parses to the same.
pub fn topic(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let whole =
        Topic::parse(text).or_else(|_| Topic::parse(&format!("{text}/ota/upgrade/command")));
    let Ok(topic) = whole else {
        return;
    };
    let written = topic.to_string();
    assert!(written == text || written.strip_suffix("/ota/upgrade/command") == Some(text));
    let again = Topic::new(topic.namespace().clone(), topic.device(), topic.channel());
    assert_eq!(again.as_ref(), Ok(&topic));
    assert_eq!(Topic::parse(&written).as_ref(), Ok(&topic));
    let filter = filter(
        topic.namespace(),
        Some(topic.device()),
        Some(topic.channel()),
    );
    assert_eq!(filter.as_deref(), Ok(written.as_str()));
}

/// §5: reading accepts what another reader of JSON accepts, apart from the refusals, and what it
/// keeps has the same values.
pub fn tree(data: &[u8]) {
    let Some((options, input)) = split(data) else {
        return;
    };
    let data = input.as_bytes();
    let kind = options.kind.unwrap_or(Kind::Result);
    let options = Options {
        kind: Some(kind),
        ..Options::default()
    };
    let decoded = read(Input::bytes(data), &options);
    let refused = |diagnostic: &Diagnostic| {
        matches!(
            diagnostic.code,
            Code::JsonDuplicateKey
                | Code::JsonTooDeep
                | Code::JsonTooLarge
                | Code::JsonTooManyKeys
                | Code::JsonUnpairedSurrogate
                | Code::TooManyDiagnostics
        )
    };
    if decoded.diagnostics.iter().any(refused) {
        return;
    }
    let accepted = !errors(&decoded).any(is_about_json);
    let text = std::str::from_utf8(data);
    let other = text.is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok());
    assert_eq!(accepted, other, "{}", String::from_utf8_lossy(data));
    let (Some(message), Ok(text)) = (decoded.message, text) else {
        return;
    };
    // Numbers beyond the range of a double are the one thing that the other reader has no value for.
    let Ok(mut original) = serde_json::from_str::<Value>(text) else {
        return;
    };
    let mut written: Value =
        serde_json::from_str(&message.encode()).expect("what was written is JSON");
    drop_absent(&mut original, &["sub_device_uid", "trace_id", "reply"]);
    if kind == Kind::Result {
        const DATA: [&str; 6] = [
            "source",
            "version",
            "target_version",
            "target_commit_sha",
            "final_version",
            "final_commit_sha",
        ];
        drop_absent(&mut original["data"], &DATA);
    }
    for value in [&mut original, &mut written] {
        as_double(&mut value["timestamp"]);
        if kind == Kind::Result && value["data"].get("status").is_some() {
            as_double(&mut value["data"]["status"]);
        }
    }
    assert_eq!(written, original);
}

/// Removes optional strings that count as absent (§2).
fn drop_absent(object: &mut Value, names: &[&str]) {
    let members = object.as_object_mut().expect("an object");
    members.retain(|name, value| {
        !names.contains(&name.as_str()) || !(value.is_null() || value.as_str() == Some(""))
    });
}

/// `1`, `1.0` and `1e0` are one number in JavaScript and not in `serde_json`.
fn as_double(value: &mut Value) {
    *value = value.as_f64().into();
}
