//! The fields of both messages: name, presence and rule, in the order of §2–§4. Validation and the
//! schemas read this one table.

use crate::diagnostic::problem::Level;

/// A member that the protocol names.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    pub(crate) rule: Rule,
    /// What it means, in English.
    pub(crate) meaning: &'static str,
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

const fn required(name: &'static str, rule: Rule, meaning: &'static str) -> Field {
    Field {
        name,
        required: true,
        rule,
        meaning,
    }
}

const fn optional(name: &'static str, rule: Rule, meaning: &'static str) -> Field {
    Field {
        name,
        required: false,
        rule,
        meaning,
    }
}

pub(crate) const MID: Field = required(
    "mid",
    Rule::Mid,
    "Message id, fresh for each message: a UUID of any version, in either case, compared as 128 bits.",
);
pub(crate) const TYPE: Field = required("type", Rule::Type, "What kind of message this is.");
pub(crate) const DEVICE_UID: Field = required(
    "device_uid",
    Rule::Level(Level::DeviceUid),
    "The device that speaks or is addressed; equals the device level of the topic.",
);
pub(crate) const SUB_DEVICE_UID: Field = optional(
    "sub_device_uid",
    Rule::Level(Level::SubDeviceUid),
    "The first-level device (一级设备), only when a second-level device acts for it.",
);
pub(crate) const TIMESTAMP: Field = required(
    "timestamp",
    Rule::Timestamp,
    "When the message was made, in milliseconds since 1970-01-01T00:00:00Z.",
);
pub(crate) const DATA: Field = required("data", Rule::Data, "What the message says.");
pub(crate) const TRACE_ID: Field = optional(
    "trace_id",
    Rule::Text,
    "Any string, carried along to follow a piece of work through several systems.",
);
pub(crate) const REPLY: Field = optional(
    "reply",
    Rule::Reply,
    "The mid of the message answered, in UUID form; in another form it matches nothing.",
);

pub(crate) const TARGET: Field = required(
    "source",
    Rule::Target,
    "The update target (更新目标), such as ems_II.",
);
pub(crate) const DOWNLOAD_URL: Field = required(
    "download_url",
    Rule::Url,
    "Where the device downloads the image: an http or https URL (RFC 3986 absolute-URI).",
);
pub(crate) const MD5_CODE: Field = required(
    "md5_code",
    Rule::Md5,
    "MD5 of the image: an integrity check against accidental damage.",
);

pub(crate) const SOURCE: Field = optional(
    "source",
    Rule::Text,
    "Origin (来源): the command's update target.",
);
pub(crate) const VERSION: Field = optional("version", Rule::Text, "Current version (当前版本).");
pub(crate) const TARGET_VERSION: Field = optional(
    "target_version",
    Rule::Text,
    "Version asked for (目标版本).",
);
pub(crate) const TARGET_COMMIT_SHA: Field = optional(
    "target_commit_sha",
    Rule::Text,
    "Commit asked for (目标提交SHA).",
);
pub(crate) const FINAL_VERSION: Field = optional(
    "final_version",
    Rule::Text,
    "Version that now runs (最终版本).",
);
pub(crate) const FINAL_COMMIT_SHA: Field = optional(
    "final_commit_sha",
    Rule::Text,
    "Commit that now runs (最终提交SHA).",
);
pub(crate) const STATUS: Field = optional(
    "status",
    Rule::Status,
    "What happened; a result without it is informational.",
);

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
