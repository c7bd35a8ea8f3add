//! Comparing what a device reports with what was expected (§7, verification).

use serde::{Deserialize, Serialize};

use super::bytes::same;
use super::heard::Heard;
use super::job::Job;
use crate::message::Status;

/// Fewest characters of an expected commit, and of a common beginning that makes two commits match.
pub(crate) const COMMIT_MIN: usize = 7;

/// What the device should run in the end; both may be given, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct Expected {
    /// Compared after removing one leading `v` or `V`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// 7 characters or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

impl Expected {
    /// Whether nothing is expected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.version.is_none() && self.commit.is_none()
    }
}

/// How the device's reports compare with what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Verification {
    /// At least one field matches, none differs.
    Verified,
    /// Something differs.
    Mismatched,
    /// There was nothing to compare.
    Unverified,
}

impl Verification {
    /// All of them.
    pub const ALL: [Verification; 3] = [
        Verification::Verified,
        Verification::Mismatched,
        Verification::Unverified,
    ];
}

/// What comparisons have shown so far. Gathered, never taken back: so verification does not depend
/// on the order of arrival, and never goes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// A success came with a `final_…` field that matches the expectation.
    pub agrees: bool,
    /// Something differed.
    pub differs: bool,
}

impl Evidence {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Evidence) -> Evidence {
        Evidence {
            agrees: self.agrees || other.agrees,
            differs: self.differs || other.differs,
        }
    }

    /// What it amounts to, once the device has reported `outcome`.
    ///
    /// A rollout counts `verified` as success, so nothing but a success is. A device that has said
    /// it runs what was expected, and that it rolled back, contradicts itself.
    #[must_use]
    pub fn verification(self, outcome: Status) -> Verification {
        match (self.differs, self.agrees) {
            (true, _) => Verification::Mismatched,
            (false, true) if outcome == Status::Succeeded => Verification::Verified,
            (false, true) => Verification::Mismatched,
            (false, false) => Verification::Unverified,
        }
    }
}

/// Whether two versions are the same: equal after removing one leading `v` or `V` (§4).
#[must_use]
pub fn versions_match(a: &str, b: &str) -> bool {
    same_version(a.as_bytes(), b.as_bytes())
}

#[inline]
fn same_version(a: &[u8], b: &[u8]) -> bool {
    same(without_v(a), without_v(b))
}

fn without_v(version: &[u8]) -> &[u8] {
    match version {
        [b'v' | b'V', rest @ ..] => rest,
        _ => version,
    }
}

/// Whether two commits are the same: one is a prefix of the other, at least 7 characters long,
/// ignoring case (§4): they are opaque, so that of all letters.
#[must_use]
pub fn commits_match(a: &str, b: &str) -> bool {
    same_commit(a.as_bytes(), b.as_bytes())
}

fn same_commit(a: &[u8], b: &[u8]) -> bool {
    if a.is_ascii() && b.is_ascii() {
        let length = a.len().min(b.len());
        let (a, b) = (a.get(..length), b.get(..length));
        let alike = a
            .zip(b)
            .is_some_and(|(a, b)| same(a, b) || a.eq_ignore_ascii_case(b));
        return length >= COMMIT_MIN && alike;
    }
    let lower = |commit: &[u8]| -> String {
        let commit = std::str::from_utf8(commit).unwrap_or_default();
        commit.chars().map(lower_case).collect()
    };
    let (a, b) = (lower(a), lower(b));
    let (short, long) = if a.len() <= b.len() {
        (&a, &b)
    } else {
        (&b, &a)
    };
    short.chars().count() >= COMMIT_MIN && long.starts_with(short.as_str())
}

/// JavaScript knows all letters; Rust's tables of them are twelve kilobytes.
#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
fn lower_case(c: char) -> String {
    crate::wasm::lower_case(c)
}

/// Rust knows the same letters as JavaScript.
#[cfg(not(all(feature = "wasm", target_arch = "wasm32")))]
fn lower_case(c: char) -> String {
    c.to_lowercase().collect()
}

/// `None` when one of them is not there.
fn compare(matches: Matches, a: Option<&[u8]>, b: Option<&[u8]>) -> Option<bool> {
    Some(matches(a?, b?))
}

/// Whether the result's `target_…` differs from the expectation.
#[inline]
pub(crate) fn target_differs(job: &Job<'_>, heard: &Heard<'_>) -> bool {
    compare(same_version, job.version, heard.target_version) == Some(false)
        || compare(same_commit, job.commit, heard.target_commit) == Some(false)
}

/// What a result that belongs to an attempt says for and against it.
///
/// A `prepared` tells of a target and no more: what runs then is what ran before, whatever the
/// device puts into its `final_…` fields. That it prepared something else than expected is held
/// against the ending, where verification begins. A result without status changes nothing.
pub(crate) fn evidence(job: &Job<'_>, heard: &Heard<'_>) -> Evidence {
    let Some(status) = heard.status else {
        return Evidence::default();
    };
    let source = heard.source.is_some_and(|source| !same(source, job.source));
    let mut evidence = Evidence {
        agrees: false,
        differs: source || target_differs(job, heard),
    };
    if status != Status::Prepared {
        let (version, commit) = (heard.final_version, heard.final_commit);
        let with_expected = [
            compare(same_version, job.version, version),
            compare(same_commit, job.commit, commit),
        ];
        let with_target = [
            compare(same_version, heard.target_version, version),
            compare(same_commit, heard.target_commit, commit),
        ];
        evidence.agrees = status == Status::Succeeded && with_expected.contains(&Some(true));
        evidence.differs |=
            with_expected.contains(&Some(false)) || with_target.contains(&Some(false));
    }
    evidence
}

/// Whether a result speaks of what was expected: this tells the candidates of rule 4 apart.
///
/// What was asked for counts in every result; what runs now only where that is the new image.
pub(crate) fn speaks_of(job: &Job<'_>, heard: &Heard<'_>) -> bool {
    let new = matches!(heard.status, Some(Status::Succeeded) | None);
    let says = |matches, wanted, target, last: Option<&[u8]>| {
        compare(matches, wanted, target) == Some(true)
            || compare(matches, wanted, last.filter(|_| new)) == Some(true)
    };
    let (version, commit): (Matches, Matches) = (same_version, same_commit);
    says(
        version,
        job.version,
        heard.target_version,
        heard.final_version,
    ) || says(commit, job.commit, heard.target_commit, heard.final_commit)
}

type Matches = fn(&[u8], &[u8]) -> bool;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for (a, b, same) in [
            ("1.1.0", "1.1.0", true),
            ("v1.1.0", "1.1.0", true),
            ("V1.1.0", "v1.1.0", true),
            ("vv1.1.0", "1.1.0", false),
            ("vv1.1.0", "v1.1.0", false),
            ("1.1", "1.1.0", false),
            ("1.1.0-RC", "1.1.0-rc", false),
            ("v", "", true),
        ] {
            assert_eq!(versions_match(a, b), same, "{a} and {b}");
            assert_eq!(versions_match(b, a), same, "{b} and {a}");
        }
    }

    #[test]
    fn commits() {
        for (a, b, same) in [
            ("k3x9q2m7w1zp", "k3x9q2m7w1zp", true),
            ("a94a8fe", "A94A8FE5CCB1", true),
            ("a94a8f", "a94a8fe5ccb1", false),
            ("a94a8f", "a94a8f", false),
            ("a94a8fe0", "a94a8fe5", false),
            ("94a8fe5", "a94a8fe5", false),
            ("提交提交提交提", "提交提交提交提交", true),
            ("提交提", "提交提交", false),
            ("ÄÖÜ-ΣΑΣ", "äöü-σας-1", false),
            ("ÄÖÜ-ΣΑΣ", "äöü-σασ-1", true),
        ] {
            assert_eq!(commits_match(a, b), same, "{a} and {b}");
            assert_eq!(commits_match(b, a), same, "{b} and {a}");
        }
    }
}
