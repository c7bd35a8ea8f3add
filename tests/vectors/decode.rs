use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use wudun_ota::{Decoded, Input, Kind, Message, Options, Severity, decode};

use crate::notation::{
    Document, Finding, bytes_of, compare, expand, list, patch, read, string, verdict, wtf8,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    bases: BTreeMap<String, String>,
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Vector {
    name: String,
    base: Option<String>,
    #[serde(default)]
    patch: Vec<(String, String)>,
    text: Option<String>,
    hex: Option<String>,
    topic: Option<String>,
    kind: Option<Kind>,
    now: Option<u64>,
    max_bytes: Option<usize>,
    strict: Option<Expected>,
    lenient: Option<Expected>,
}

/// What reading should give. A message is expected exactly when `message` or `valid` says so.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Expected {
    #[serde(default)]
    errors: Vec<Finding>,
    #[serde(default)]
    warnings: Vec<Finding>,
    #[serde(default)]
    infos: Vec<Finding>,
    /// Instead of findings: how often each code occurs, and nothing else.
    counts: Option<BTreeMap<String, usize>>,
    message: Option<Content>,
    valid: Option<bool>,
    /// How many findings the last one stands for.
    left_out: Option<usize>,
    kind: Option<Kind>,
    status: Option<String>,
    phase: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    /// `"as-written"`: what JSON.parse gives for the payload.
    AsWritten(String),
    /// What JSON.parse gives for the base with these patches.
    Patched(Vec<(String, String)>),
}

impl Vector {
    fn payload(&self, bases: &BTreeMap<String, String>) -> Vec<u16> {
        match (&self.base, &self.text) {
            (Some(base), None) => expand(&patch(&bases[base], &self.patch)),
            (None, Some(text)) => expand(text),
            _ => panic!("{}: one of base, text and hex", self.name),
        }
    }

    fn options(&self, lenient: bool) -> Options<'_> {
        Options {
            topic: self.topic.as_deref(),
            kind: self.kind,
            lenient,
            now: self.now,
            max_bytes: self.max_bytes,
        }
    }

    fn run(&self, bases: &BTreeMap<String, String>, failures: &mut Vec<String>) {
        for (lenient, expected) in [(false, &self.strict), (true, &self.lenient)] {
            let Some(expected) = expected else { continue };
            let mut fail = |how: &str, decoded: &Decoded, why: String| {
                let (name, reading) = (&self.name, if lenient { "lenient" } else { "strict" });
                let all = list(&decoded.diagnostics);
                failures.push(format!(
                    "{name} ({reading}, {how}): {why}\n  all findings: {all}"
                ));
            };
            if let Some(hex) = &self.hex {
                let decoded = decode(Input::bytes(&bytes_of(hex)), &self.options(lenient));
                if let Err(why) = expected.check(&decoded, &Document::Hex, None, bases, self) {
                    fail("bytes", &decoded, why);
                }
                continue;
            }
            let units = self.payload(bases);
            let bytes = wtf8(&units);
            let text = String::from_utf16(&units).ok();
            if text.is_some() {
                let decoded = decode(Input::bytes(&bytes), &self.options(lenient));
                if let Err(why) = expected.check(
                    &decoded,
                    &Document::Bytes(&units),
                    text.as_deref(),
                    bases,
                    self,
                ) {
                    fail("bytes", &decoded, why);
                }
            }
            let decoded = decode(Input::wtf8(&bytes), &self.options(lenient));
            if let Err(why) = expected.check(
                &decoded,
                &Document::Units(&units),
                text.as_deref(),
                bases,
                self,
            ) {
                fail("string", &decoded, why);
            }
        }
        self.strict_means_the_same_leniently(bases, failures);
    }

    /// §5: lenient reading never changes the meaning of a document that strict reading accepts.
    fn strict_means_the_same_leniently(
        &self,
        bases: &BTreeMap<String, String>,
        failures: &mut Vec<String>,
    ) {
        if self.hex.is_some() {
            return;
        }
        let bytes = wtf8(&self.payload(bases));
        let strict = decode(Input::wtf8(&bytes), &self.options(false));
        if strict
            .diagnostics
            .iter()
            .any(|d| d.severity == Severity::Error && d.code.as_str().starts_with("json-"))
        {
            return;
        }
        let lenient = decode(Input::wtf8(&bytes), &self.options(true));
        if (&strict.message, &strict.diagnostics) != (&lenient.message, &lenient.diagnostics) {
            failures.push(format!(
                "{}: lenient reading differs: {}",
                self.name,
                list(&lenient.diagnostics)
            ));
        }
    }
}

impl Expected {
    fn check(
        &self,
        decoded: &Decoded,
        document: &Document<'_>,
        text: Option<&str>,
        bases: &BTreeMap<String, String>,
        vector: &Vector,
    ) -> Result<(), String> {
        if let Some(counts) = &self.counts {
            let mut found = BTreeMap::new();
            for d in &decoded.diagnostics {
                *found.entry(d.code.to_string()).or_insert(0) += 1;
            }
            if &found != counts {
                return Err(format!("expected {counts:?}, found {found:?}"));
            }
        } else if self.valid != Some(false) {
            compare(
                Severity::Error,
                &self.errors,
                &decoded.diagnostics,
                document,
            )?;
            compare(
                Severity::Warning,
                &self.warnings,
                &decoded.diagnostics,
                document,
            )?;
            compare(Severity::Info, &self.infos, &decoded.diagnostics, document)?;
        }
        if decoded.diagnostics.len() > 100 {
            return Err("more than 100 diagnostics".into());
        }
        if decoded
            .diagnostics
            .iter()
            .any(|d| d.message().en.is_empty() || d.message().zh.is_empty())
        {
            return Err("a diagnostic without words".into());
        }
        let last = decoded
            .diagnostics
            .last()
            .filter(|d| d.code.as_str() == "too-many-diagnostics");
        let says = |count: usize| {
            last.is_some_and(|d| {
                d.message().en.contains(&count.to_string())
                    && d.message().zh.contains(&count.to_string())
            })
        };
        if self.left_out.is_some_and(|count| !says(count)) {
            return Err(format!(
                "the last diagnostic does not say that {:?} were left out",
                self.left_out
            ));
        }
        let valid = self.valid.unwrap_or(self.message.is_some());
        if valid != decoded.message.is_some() {
            return Err(format!("expected a message: {valid}"));
        }
        if valid
            == decoded
                .diagnostics
                .iter()
                .any(|d| d.severity == Severity::Error)
        {
            return Err("a message is valid when it has no error".into());
        }
        if let Some(content) = &self.message {
            let expected = match content {
                Content::AsWritten(word) => {
                    assert_eq!(word, "as-written", "{}", vector.name);
                    text.unwrap().to_owned()
                }
                Content::Patched(patches) => {
                    string(&patch(&bases[vector.base.as_deref().unwrap()], patches)).unwrap()
                }
            };
            let expected: Value = serde_json::from_str(expected.trim()).unwrap();
            let found = decoded.message.as_ref().unwrap().encode();
            let found: Value =
                serde_json::from_str(&found).map_err(|e| format!("encoded {found}: {e}"))?;
            if !same(&expected, &found) {
                return Err(format!(
                    "expected the message\n  {expected}\nfound\n  {found}"
                ));
            }
        }
        if let (Some(kind), found) = (self.kind, decoded.kind)
            && found != Some(kind)
        {
            return Err(format!("expected the kind {kind:?}, found {found:?}"));
        }
        let status = match &decoded.message {
            Some(Message::Result(result)) => result.data.status,
            _ => None,
        };
        if let Some(expected) = &self.status
            && status.map(|s| s.name()) != Some(expected)
        {
            return Err(format!("expected the status {expected}, found {status:?}"));
        }
        if let Some(expected) = &self.phase
            && status.map(|s| serde_json::to_value(s.phase()).unwrap())
                != Some(Value::from(expected.as_str()))
        {
            return Err(format!("expected the phase {expected}, found {status:?}"));
        }
        Ok(())
    }
}

/// Equal as JavaScript sees it: every number is a double.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

#[test]
fn decoding() {
    let file: File = read("decode.json");
    let mut failures = Vec::new();
    for vector in &file.vectors {
        assert!(
            vector.strict.is_some() || vector.lenient.is_some(),
            "{} expects nothing",
            vector.name
        );
        vector.run(&file.bases, &mut failures);
    }
    verdict("decode.json", file.vectors.len(), &failures);
}
