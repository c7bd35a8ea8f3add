use serde::Deserialize;
use wudun_ota::{Channel, Error, Namespace, Topic, topic};

use crate::notation::{read, string, verdict};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    valid: Vec<Valid>,
    unparsable: Vec<Unparsable>,
    unformattable: Vec<Unformattable>,
    filters: Vec<Filter>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Valid {
    name: String,
    topic: String,
    namespace: Namespace,
    device: String,
    channel: Channel,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unparsable {
    name: String,
    topic: String,
    codes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unformattable {
    name: String,
    namespace: Namespace,
    device: String,
    channel: Channel,
    codes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    name: String,
    namespace: Namespace,
    device: Option<String>,
    channel: Option<Channel>,
    filter: Option<String>,
    codes: Option<Vec<String>>,
}

/// `None` where a Rust string cannot hold it.
fn namespace(namespace: &Namespace) -> Option<Namespace> {
    Some(match namespace {
        Namespace::Wudun { product_key } => Namespace::Wudun {
            product_key: string(product_key)?,
        },
        Namespace::User { tenant } => Namespace::User {
            tenant: string(tenant)?,
        },
        Namespace::Prefix { prefix } => Namespace::Prefix {
            prefix: string(prefix)?,
        },
    })
}

fn codes(error: &Error) -> Vec<String> {
    error
        .diagnostics()
        .iter()
        .map(|d| d.code.to_string())
        .collect()
}

fn expect<T: std::fmt::Debug + PartialEq>(
    name: &str,
    found: Result<T, Error>,
    expected: Result<T, &Vec<String>>,
    failures: &mut Vec<String>,
) {
    let found = found.map_err(|e| codes(&e));
    let expected = expected.map_err(Clone::clone);
    if found != expected {
        let short = |text: String| text.chars().take(300).collect::<String>();
        failures.push(format!(
            "{name}\n  expected {}\n  found {}",
            short(format!("{expected:?}")),
            short(format!("{found:?}"))
        ));
    }
}

#[test]
fn valid_topics() {
    let file: File = read("topics.json");
    let mut failures = Vec::new();
    for v in &file.valid {
        let (text, device) = (string(&v.topic).unwrap(), string(&v.device).unwrap());
        let topic = Topic::new(namespace(&v.namespace).unwrap(), &device, v.channel);
        expect(
            &v.name,
            topic.clone().map(|t| t.to_string()),
            Ok(text.clone()),
            &mut failures,
        );
        let parsed = Topic::parse(&text);
        expect(&v.name, parsed.clone(), Ok(topic.unwrap()), &mut failures);
        let Ok(parsed) = parsed else { continue };
        let parts = (
            parsed.namespace().clone(),
            parsed.device().to_owned(),
            parsed.channel(),
        );
        expect(
            &v.name,
            Ok(parts),
            Ok((namespace(&v.namespace).unwrap(), device, v.channel)),
            &mut failures,
        );
        let (address, _) = text.rsplit_once("/ota/upgrade/").unwrap();
        expect(
            &v.name,
            Ok(parsed.address()),
            Ok(address.to_owned()),
            &mut failures,
        );
    }
    verdict("topics.json (valid)", file.valid.len(), &failures);
}

#[test]
fn invalid_topics() {
    let file: File = read("topics.json");
    let mut failures = Vec::new();
    for v in &file.unparsable {
        let Some(text) = string(&v.topic) else {
            continue;
        };
        expect(&v.name, Topic::parse(&text), Err(&v.codes), &mut failures);
    }
    verdict("topics.json (unparsable)", file.unparsable.len(), &failures);
    for v in &file.unformattable {
        let (Some(namespace), Some(device)) = (namespace(&v.namespace), string(&v.device)) else {
            continue;
        };
        expect(
            &v.name,
            Topic::new(namespace, &device, v.channel),
            Err(&v.codes),
            &mut failures,
        );
    }
    verdict(
        "topics.json (unformattable)",
        file.unformattable.len(),
        &failures,
    );
}

#[test]
fn filters() {
    let file: File = read("topics.json");
    let mut failures = Vec::new();
    for v in &file.filters {
        let expected = match (&v.filter, &v.codes) {
            (Some(filter), None) => Ok(string(filter).unwrap()),
            (None, Some(codes)) => Err(codes),
            _ => panic!("{}: either a filter or codes", v.name),
        };
        let device = v.device.as_deref();
        expect(
            &v.name,
            topic::filter(&namespace(&v.namespace).unwrap(), device, v.channel),
            expected,
            &mut failures,
        );
    }
    verdict("topics.json (filters)", file.filters.len(), &failures);
}
