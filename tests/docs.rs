//! The documentation says what the code says.

use wudun_ota::{Phase, Status};

const PROTOCOL: &str = include_str!("../docs/protocol.md");

#[test]
fn status_table_is_the_one_in_the_code() {
    let (_, table) = PROTOCOL
        .split_once("<!-- status table")
        .expect("the marker of the table");
    let documented: Vec<Vec<&str>> = table
        .lines()
        .skip(3)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let coded: Vec<Vec<String>> = Status::ALL
        .iter()
        .map(|status| {
            let phase = match status.phase() {
                Phase::Preparation => "1 preparation",
                Phase::Final => "2 final",
            };
            let done = if status.done() { "yes" } else { "no" };
            vec![
                status.code().to_string(),
                format!("`{}`", status.name()),
                status.label().zh,
                phase.to_owned(),
                done.to_owned(),
            ]
        })
        .collect();
    assert_eq!(documented.len(), coded.len());
    for (documented, coded) in documented.iter().zip(&coded) {
        // The name may be followed by a remark.
        assert!(
            documented[1].starts_with(&coded[1]),
            "{documented:?} {coded:?}"
        );
        assert_eq!(documented[0], coded[0]);
        assert_eq!(documented[2..], coded[2..]);
    }
}
