//! The fields of both messages: name, presence and rule, in the order of §2–§4. Validation and the
//! schemas read this one table.

use crate::diagnostic::problem::Level;

/// A member that the protocol names.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    pub(crate) rule: Rule,
}

/// What a field holds. What is optional and a string may also be `null` or empty, and counts as absent then.
#[derive(Clone, Copy)]
pub(crate) enum Rule {
    /// A string: 8-4-4-4-12 hexadecimal digits.
    Mid,
    /// The string `ota_upgrade`.
    Type,
    /// A string that obeys the rules of a topic level.
    Level(Level),
    /// An integer: milliseconds, 1 … 2^53−1.
    Timestamp,
    /// An object: section 3 or 4.
    Data,
    /// Any string.
    Text,
    /// A string that should be in UUID form.
    Reply,
    /// A string that is not empty: the update target.
    Target,
    /// A string: the URL of the image.
    Url,
    /// A string: 32 hexadecimal digits.
    Md5,
    /// An integer: a code of the status table.
    Status,
}

const fn required(name: &'static str, rule: Rule) -> Field {
    Field {
        name,
        required: true,
        rule,
    }
}

const fn optional(name: &'static str, rule: Rule) -> Field {
    Field {
        name,
        required: false,
        rule,
    }
}

pub(crate) const MID: Field = required("mid", Rule::Mid);
pub(crate) const TYPE: Field = required("type", Rule::Type);
pub(crate) const DEVICE_UID: Field = required("device_uid", Rule::Level(Level::DeviceUid));
pub(crate) const SUB_DEVICE_UID: Field =
    optional("sub_device_uid", Rule::Level(Level::SubDeviceUid));
pub(crate) const TIMESTAMP: Field = required("timestamp", Rule::Timestamp);
pub(crate) const DATA: Field = required("data", Rule::Data);
pub(crate) const TRACE_ID: Field = optional("trace_id", Rule::Text);
pub(crate) const REPLY: Field = optional("reply", Rule::Reply);

pub(crate) const TARGET: Field = required("source", Rule::Target);
pub(crate) const DOWNLOAD_URL: Field = required("download_url", Rule::Url);
pub(crate) const MD5_CODE: Field = required("md5_code", Rule::Md5);

pub(crate) const SOURCE: Field = optional("source", Rule::Text);
pub(crate) const VERSION: Field = optional("version", Rule::Text);
pub(crate) const TARGET_VERSION: Field = optional("target_version", Rule::Text);
pub(crate) const TARGET_COMMIT_SHA: Field = optional("target_commit_sha", Rule::Text);
pub(crate) const FINAL_VERSION: Field = optional("final_version", Rule::Text);
pub(crate) const FINAL_COMMIT_SHA: Field = optional("final_commit_sha", Rule::Text);
pub(crate) const STATUS: Field = optional("status", Rule::Status);

/// §2.
pub(crate) const ENVELOPE: &[Field] = &[
    MID,
    TYPE,
    DEVICE_UID,
    SUB_DEVICE_UID,
    TIMESTAMP,
    DATA,
    TRACE_ID,
    REPLY,
];
/// §3.
pub(crate) const COMMAND_DATA: &[Field] = &[TARGET, DOWNLOAD_URL, MD5_CODE];
/// §4.
pub(crate) const RESULT_DATA: &[Field] = &[
    SOURCE,
    VERSION,
    TARGET_VERSION,
    TARGET_COMMIT_SHA,
    FINAL_VERSION,
    FINAL_COMMIT_SHA,
    STATUS,
];
