//! The types of the npm package that are made from Rust's: `pkg/src/core/*.gen.ts`.
//!
//! `UPDATE_TYPES=1 cargo test types` rewrites the files; otherwise the test fails when they differ.

use std::path::Path;

use ts_rs::{Config, TS};

use crate::gateway::{Behaviour, Correlation};
use crate::message::{CommandInput, ResultInput};
use crate::upgrade::{
    Alert, AlertCode, AttemptRow, AttemptView, Change, Deadline, DeadlineKind, Disposition,
    EntryKind, Expected, Explained, Ingested, LogEntry, LogKind, LogView, MatchedBy, Page,
    PageQuery, Phase1, RefusalReason, Snapshot, State, TimelineEntry, Verification,
};
use crate::{Channel, Code, Diagnostic, Namespace, Phase, Severity, Span, Status, Text, Topic};

const HEADER: &str =
    "// Made from the Rust types. Do not edit: `UPDATE_TYPES=1 cargo test types` rewrites it.\n\n";

fn types() -> String {
    let config = Config::new().with_large_int("number");
    let mut text = format!("{HEADER}import type {{ CommandMessage }} from \"./types.js\";\n");
    macro_rules! declare {
        ($($name:ty),* $(,)?) => {$(
            let docs = <$name as TS>::docs().unwrap_or_default();
            text += &format!("\n{docs}export {}\n", <$name as TS>::decl(&config));
        )*};
    }
    declare!(
        Namespace,
        Channel,
        Topic,
        Text,
        Severity,
        Code,
        Span,
        Diagnostic,
        Status,
        Phase,
        CommandInput,
        ResultInput,
        State,
        Phase1,
        Verification,
        Snapshot,
        Expected,
        DeadlineKind,
        Deadline,
        MatchedBy,
        Disposition,
        RefusalReason,
        AlertCode,
        Alert,
        EntryKind,
        TimelineEntry,
        AttemptRow,
        AttemptView,
        Explained,
        Change,
        Ingested,
        LogKind,
        LogEntry,
        LogView,
        PageQuery,
        Page,
        Behaviour,
        Correlation,
    );
    // What is flattened, ts-rs copies, and cannot make optional.
    for (name, flattened) in [("Diagnostic", "Partial<Span>"), ("Attempt", "AttemptRow")] {
        let plain = format!("export type {name} = {{");
        assert!(text.contains(&plain), "{plain} is not there");
        text = text.replace(&plain, &format!("export type {name} = {flattened} & {{"));
    }
    without_links(&text)
}

/// Links of Rust's documentation mean nothing in TypeScript: [`name`] and [`name`](path) become `name`.
fn without_links(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for part in text.split("[`") {
        if plain.is_empty() {
            plain += part;
            continue;
        }
        let (name, rest) = part.split_once("`]").expect("a closed link");
        let rest = match rest.strip_prefix('(') {
            Some(path) => path.split_once(')').expect("a closed path").1,
            None => rest,
        };
        plain += &format!("`{name}`{rest}");
    }
    plain
}

fn statuses() -> String {
    let rows: Vec<_> = Status::ALL
        .into_iter()
        .map(|status| {
            serde_json::json!({
                "code": status.code(),
                "name": status,
                "phase": status.phase(),
                "done": status.done(),
                "label": status.label(),
            })
        })
        .collect();
    let rows = serde_json::to_string_pretty(&rows).expect("plain values");
    format!(
        "{HEADER}import type {{ StatusInfo }} from \"./types.js\";\n\n/** The status table (§4). */\nexport const STATUSES: readonly StatusInfo[] = {rows};\n"
    )
}

/// The AsyncAPI document of a namespace whose levels JavaScript puts in; it holds both schemas.
fn documents() -> String {
    let namespace = Namespace::Prefix {
        prefix: "NAMESPACE".to_owned(),
    };
    let document = crate::schema::async_api(&namespace).expect("a valid namespace");
    format!(
        "{HEADER}import type {{ AsyncApiDocument }} from \"./types.js\";\n\n/** The AsyncAPI document of the namespace `NAMESPACE`. */\nexport const DOCUMENT: AsyncApiDocument = {document};\n"
    )
}

#[test]
fn the_generated_types_are_up_to_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pkg/src/core");
    for (name, text) in [
        ("types.gen.ts", types()),
        ("statuses.gen.ts", statuses()),
        ("documents.gen.ts", documents()),
    ] {
        let file = folder.join(name);
        if std::env::var_os("UPDATE_TYPES").is_some() {
            std::fs::write(&file, &text).expect("writable");
        }
        let present = std::fs::read_to_string(&file).expect("readable");
        assert!(
            present == text,
            "{name} is out of date: run `UPDATE_TYPES=1 cargo test types`"
        );
    }
}
