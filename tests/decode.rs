//! Reading whole messages: every code at least once, with its place.

use wudun_ota::{Input, Kind, Options, Severity, check, decode};

const COMMAND: &str = r#"{
  "mid": "5a2c3a58-2f0b-4d8e-9d0e-0123456789AB",
  "type": "ota_upgrade",
  "device_uid": "gw-1",
  "timestamp": 1763889600000,
  "data": {
    "source": "ems_II",
    "download_url": "https://files.example/fw.bin",
    "md5_code": "0123456789ABCDEF0123456789abcdef",
  },
  "trace_id": "not-a-uuid"
}"#;

/// `code@path start..end` of every finding, `!` before errors.
fn findings(text: &str, options: &Options) -> Vec<String> {
    let show = |d: &wudun_ota::Diagnostic| {
        let mark = if d.severity == Severity::Error {
            "!"
        } else {
            ""
        };
        let span = d
            .span
            .map(|s| format!(" {}..{} {}:{}", s.start, s.end, s.line, s.column));
        format!("{mark}{}@{}{}", d.code, d.path, span.unwrap_or_default())
    };
    decode(Input::bytes(text.as_bytes()), options)
        .diagnostics
        .iter()
        .map(show)
        .collect()
}

#[test]
fn the_vendors_trailing_comma() {
    let kind = Options {
        kind: Some(Kind::Command),
        ..Options::default()
    };
    let at = COMMAND.find(",\n  }").unwrap();
    let place = format!("json-trailing-comma@/data {at}..{} 9:51", at + 1);
    assert_eq!(findings(COMMAND, &kind), [format!("!{place}")]);
    let lenient = Options {
        lenient: true,
        ..kind
    };
    assert_eq!(findings(COMMAND, &lenient), [place]);
    assert!(check(Input::bytes(COMMAND.as_bytes()), &lenient));
    assert!(!check(Input::bytes(COMMAND.as_bytes()), &kind));
}
