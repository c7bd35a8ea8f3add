use serde::Deserialize;
use wudun_ota::{Input, Kind, Options, Severity, decode};

use crate::notation::{list, read, string, verdict};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    name: String,
    url: String,
    #[serde(default)]
    errors: Vec<String>,
    #[serde(default)]
    warnings: Vec<String>,
}

#[test]
fn urls() {
    let file: File = read("urls.json");
    let mut failures = Vec::new();
    for v in &file.vectors {
        let url = string(&v.url).unwrap();
        let payload = serde_json::json!({
            "mid": "3f1c2b64-9d0e-4a57-8b21-6c0d5e7f8a90", "type": "ota_upgrade", "device_uid": "gw-1",
            "timestamp": 1_800_000_000_000_u64,
            "data": { "source": "ems_II", "download_url": url, "md5_code": "0123456789abcdef0123456789abcdef" },
        });
        let options = Options {
            kind: Some(Kind::Command),
            ..Options::default()
        };
        let decoded = decode(Input::bytes(payload.to_string().as_bytes()), &options);
        let found = |severity| {
            let of = decoded
                .diagnostics
                .iter()
                .filter(|d| d.severity == severity && d.path == "/data/download_url");
            let mut codes: Vec<&str> = of.map(|d| d.code.as_str()).collect();
            codes.sort_unstable();
            codes
        };
        let sorted = |codes: &[String]| {
            let mut codes = codes.to_vec();
            codes.sort_unstable();
            codes
        };
        let right = found(Severity::Error) == sorted(&v.errors)
            && found(Severity::Warning) == sorted(&v.warnings)
            && decoded.diagnostics.len() == v.errors.len() + v.warnings.len()
            && decoded.message.is_some() == v.errors.is_empty();
        if !right {
            let (errors, warnings) = (&v.errors, &v.warnings);
            failures.push(format!(
                "{}: {url:.80}\n  expected errors {errors:?}, warnings {warnings:?}\n  found {}",
                v.name,
                list(&decoded.diagnostics)
            ));
        }
    }
    verdict("urls.json", file.vectors.len(), &failures);
}
