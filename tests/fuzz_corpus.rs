//! What fuzzing (`fuzz/`) has found worth keeping, run as an ordinary test.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::path::Path;

#[path = "../fuzz/src/lib.rs"]
mod properties;

/// Runs a property on every file of a corpus.
fn run(name: &str, property: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(name);
    let mut files = 0;
    for entry in std::fs::read_dir(folder).expect("the corpus") {
        let file = entry.expect("an entry").path();
        let data = std::fs::read(&file).expect("a file");
        if std::panic::catch_unwind(|| property(&data)).is_err() {
            panic!("{name} does not hold for {}", file.display());
        }
        files += 1;
    }
    assert!(files > 5, "the corpus of {name} has {files} files");
}

#[test]
fn decode() {
    run("message", properties::decode);
}

#[test]
fn lenient() {
    run("message", properties::lenient);
}

#[test]
fn topic() {
    run("topic", properties::topic);
}

#[test]
fn scan() {
    run("message", properties::scan);
}

#[test]
fn tree() {
    run("message", properties::tree);
}
