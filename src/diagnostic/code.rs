//! The list of codes.

use std::fmt;

use serde::Serialize;

use super::Severity;

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident $text:literal $severity:ident,)*) => {
        /// What was found, as a stable name in kebab-case. This is the one list of them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[cfg_attr(test, derive(ts_rs::TS))]
        #[serde(rename_all = "kebab-case")]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = $doc])* $name,)*
        }

        /// The names in the order of the codes, each on a line: JavaScript gets codes as numbers.
        #[cfg(feature = "wasm")]
        pub(crate) const NAMES: &str = concat!($($text, "\n"),*);

        impl Code {
            /// Every code.
            pub const ALL: &[Code] = &[$(Code::$name,)*];

            /// The name, as JavaScript sees it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }

            /// What it means, in English.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Code::$name => concat!($($doc),*).trim_ascii_start(),)* }
            }

            /// The severity it has unless something says otherwise: lenient reading turns the
            /// errors that it accepts into warnings (§5), and `too-many-diagnostics` is as severe
            /// as the worst finding that it stands for.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)* }
            }
        }
    };
}

codes! {
    /// The topic is longer than 65,535 bytes (§1).
    TopicTooLong "topic-too-long" Error,
    /// The topic does not end in a device level and `/ota/upgrade/command` or `/ota/upgrade/result`,
    /// or has no namespace before them (§1).
    TopicForm "topic-form" Error,
    /// The first level of a prefix starts with `$` (§1).
    PrefixDollar "prefix-dollar" Error,
    /// A custom prefix of exactly the form `v1/wudun/x` or `v1/user/x` (§1).
    PrefixReserved "prefix-reserved" Error,
    /// A topic level, or a field that obeys the rules of one, is empty (§1, §2).
    LevelEmpty "level-empty" Error,
    /// A topic level, or a field that obeys the rules of one, holds a character that it must not (§1, §2).
    LevelCharacter "level-character" Error,

    /// The payload is empty: it is how a retained message is cleared (§5).
    JsonEmpty "json-empty" Error,
    /// The payload is larger than the limit (§5, refusal 3).
    JsonTooLarge "json-too-large" Error,
    /// The payload is not UTF-8 (§5).
    JsonUtf8 "json-utf8" Error,
    /// The payload is not JSON (§5).
    JsonSyntax "json-syntax" Error,
    /// A key occurs twice in one object (§5, refusal 1).
    JsonDuplicateKey "json-duplicate-key" Error,
    /// Nesting deeper than 64 (§5, refusal 2).
    JsonTooDeep "json-too-deep" Error,
    /// A string with an unpaired surrogate (§5, refusal 4).
    JsonUnpairedSurrogate "json-unpaired-surrogate" Error,
    /// More than 1,024 keys in one object (§5, refusal 5).
    JsonTooManyKeys "json-too-many-keys" Error,
    /// A byte order mark before the document; a warning in lenient reading (§5).
    JsonByteOrderMark "json-byte-order-mark" Error,
    /// A comma after the last member or item; a warning in lenient reading (§5).
    JsonTrailingComma "json-trailing-comma" Error,
    /// A `//` or `/* */` comment; a warning in lenient reading (§5).
    JsonComment "json-comment" Error,
    /// NUL bytes after the document; a warning in lenient reading (§5).
    JsonTrailingNul "json-trailing-nul" Error,

    /// A required field is not there (§2, §3).
    FieldMissing "field-missing" Error,
    /// A field, or the message itself, has a JSON type that it must not have (§2–§4).
    FieldType "field-type" Error,
    /// A required string is empty (§3).
    FieldEmpty "field-empty" Error,
    /// An optional string is empty; it counts as absent (§2).
    FieldEmptyOptional "field-empty-optional" Warning,
    /// A field that the protocol does not name, close to one that it names and that is missing.
    FieldUnknownSimilar "field-unknown-similar" Warning,
    /// A field of `data` beside it, or a field of the envelope inside `data`.
    FieldMisplaced "field-misplaced" Warning,
    /// `mid` is not in UUID form (§2).
    MidForm "mid-form" Error,
    /// `type` is not `ota_upgrade` (§2).
    TypeUnknown "type-unknown" Error,
    /// `device_uid` differs from the topic's device (§6).
    DeviceMismatch "device-mismatch" Error,
    /// `timestamp` is not in 1 … 2^53−1 (§2).
    TimestampRange "timestamp-range" Error,
    /// `timestamp` looks like seconds (§6).
    TimestampSeconds "timestamp-seconds" Warning,
    /// `timestamp` is more than 10 minutes ahead (§6).
    TimestampAhead "timestamp-ahead" Warning,
    /// `reply` is not in UUID form: it matches nothing (§2).
    ReplyForm "reply-form" Warning,
    /// A stated kind against the topic (§5).
    KindMismatch "kind-mismatch" Error,
    /// Neither topic nor caller said what the message is; told from its content (§5).
    KindInferred "kind-inferred" Info,

    /// Not an RFC 3986 URI with a scheme (§3).
    UrlSyntax "url-syntax" Error,
    /// A `%` that two hexadecimal digits do not follow, or `%00` (§3).
    UrlPercent "url-percent" Error,
    /// Another scheme than `http` and `https` (§3).
    UrlScheme "url-scheme" Error,
    /// No host, or one that is no IPv4 address, IPv6 address without zone or name (§3).
    UrlHost "url-host" Error,
    /// A colon without 1–5 digits of 1…65,535 after it (§3).
    UrlPort "url-port" Error,
    /// A fragment: `#…` (§3).
    UrlFragment "url-fragment" Error,
    /// `http` instead of `https` (§3).
    UrlHttp "url-http" Warning,
    /// User name or password in the URL (§3).
    UrlCredentials "url-credentials" Warning,
    /// A host that only means something on the device itself or on its link (§3).
    UrlHostLocal "url-host-local" Warning,
    /// A numeric or hexadecimal host that is no dotted quad (§3).
    UrlHostNumeric "url-host-numeric" Warning,
    /// Longer than 2,048 bytes (§3).
    UrlLong "url-long" Warning,
    /// `md5_code` is not 32 hexadecimal digits (§3).
    Md5Form "md5-form" Error,
    /// `md5_code` is the MD5 of empty input (§3).
    Md5OfNothing "md5-of-nothing" Warning,
    /// `status` is an integer that the table does not have (§4).
    StatusUnknown "status-unknown" Error,

    /// An upgrade is opened with a topic that is not a command's (§7).
    TopicNotCommand "topic-not-command" Error,
    /// There is an attempt with this `mid` (§7).
    MidInUse "mid-in-use" Error,
    /// An attempt on the same subject waits to be sent (§7).
    SubjectBusy "subject-busy" Error,
    /// The last sent attempt on the same subject has no ending reported by the device (§7).
    NeedsSupersede "needs-supersede" Error,
    /// The expected commit has fewer than 7 characters (§7).
    ExpectedCommitShort "expected-commit-short" Error,
    /// There is no such attempt (§7).
    AttemptUnknown "attempt-unknown" Error,
    /// The attempt is still open, so it cannot be forgotten (§7).
    AttemptOpen "attempt-open" Error,
    /// There is no such result to be assigned (§7).
    ResultUnknown "result-unknown" Error,
    /// The result comes from another address or sub-device than the attempt's (§7).
    ResultElsewhere "result-elsewhere" Error,
    /// A place in the list of attempts that no page has given.
    PageUnknown "page-unknown" Error,
    /// Not the saved state of a tracker.
    SavedStateForeign "saved-state-foreign" Error,
    /// The saved state of a tracker of a later version.
    SavedStateVersion "saved-state-version" Error,
    /// The saved state of a tracker, but not whole.
    SavedStateDamaged "saved-state-damaged" Error,

    /// More than 100 findings; says how many were left out (§6).
    TooManyDiagnostics "too-many-diagnostics" Error,
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_serde_writes() {
        for code in Code::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }
}
