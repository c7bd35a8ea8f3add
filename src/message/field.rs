//! The fields of both messages: name, presence and rule, in the order of §2–§4. Validation and the
//! schemas read this one table.

use crate::diagnostic::problem::Level;

/// A name that the protocol knows, in whichever object. Those of strings come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Name {
    Mid,
    DeviceUid,
    SubDeviceUid,
    TraceId,
    Reply,
    Source,
    Version,
    TargetVersion,
    TargetCommitSha,
    FinalVersion,
    FinalCommitSha,
    DownloadUrl,
    Md5Code,
    Type,
    Timestamp,
    Data,
    Status,
}

impl Name {
    /// How many there are.
    pub(crate) const COUNT: usize = Name::Status as usize + 1;

    /// A set of this one alone.
    pub(crate) const fn bit(self) -> u32 {
        1 << self as u32
    }

    /// By the name.
    pub(crate) fn named(name: &str) -> Option<Name> {
        let named = |field: &&Field| field.name == name;
        fields().find(named).map(|field| field.id)
    }

    /// The name.
    pub(crate) fn text(self) -> &'static str {
        let field = fields().find(|field| field.id == self);
        field.map_or("", |field| field.name)
    }
}

/// Those of both messages.
fn fields() -> impl Iterator<Item = &'static Field> {
    ENVELOPE.iter().chain(RESULT_DATA).chain(COMMAND_DATA)
}

/// All names in their order, each on a line: JavaScript gets them as numbers.
#[cfg(feature = "wasm")]
pub(crate) fn names() -> String {
    let mut names = [""; Name::COUNT];
    for field in fields() {
        if let Some(name) = names.get_mut(field.id as usize) {
            *name = field.name;
        }
    }
    names.join("\n")
}

/// A member that the protocol names.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    pub(crate) id: Name,
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

const fn required(id: Name, name: &'static str, rule: Rule) -> Field {
    Field {
        id,
        name,
        required: true,
        rule,
    }
}

const fn optional(id: Name, name: &'static str, rule: Rule) -> Field {
    Field {
        id,
        name,
        required: false,
        rule,
    }
}

pub(crate) const MID: Field = required(Name::Mid, "mid", Rule::Mid);
pub(crate) const TYPE: Field = required(Name::Type, "type", Rule::Type);
pub(crate) const DEVICE_UID: Field =
    required(Name::DeviceUid, "device_uid", Rule::Level(Level::DeviceUid));
pub(crate) const SUB_DEVICE_UID: Field = optional(
    Name::SubDeviceUid,
    "sub_device_uid",
    Rule::Level(Level::SubDeviceUid),
);
pub(crate) const TIMESTAMP: Field = required(Name::Timestamp, "timestamp", Rule::Timestamp);
pub(crate) const DATA: Field = required(Name::Data, "data", Rule::Data);
pub(crate) const TRACE_ID: Field = optional(Name::TraceId, "trace_id", Rule::Text);
pub(crate) const REPLY: Field = optional(Name::Reply, "reply", Rule::Reply);

pub(crate) const TARGET: Field = required(Name::Source, "source", Rule::Target);
pub(crate) const DOWNLOAD_URL: Field = required(Name::DownloadUrl, "download_url", Rule::Url);
pub(crate) const MD5_CODE: Field = required(Name::Md5Code, "md5_code", Rule::Md5);

pub(crate) const SOURCE: Field = optional(Name::Source, "source", Rule::Text);
pub(crate) const VERSION: Field = optional(Name::Version, "version", Rule::Text);
pub(crate) const TARGET_VERSION: Field =
    optional(Name::TargetVersion, "target_version", Rule::Text);
pub(crate) const TARGET_COMMIT_SHA: Field =
    optional(Name::TargetCommitSha, "target_commit_sha", Rule::Text);
pub(crate) const FINAL_VERSION: Field = optional(Name::FinalVersion, "final_version", Rule::Text);
pub(crate) const FINAL_COMMIT_SHA: Field =
    optional(Name::FinalCommitSha, "final_commit_sha", Rule::Text);
pub(crate) const STATUS: Field = optional(Name::Status, "status", Rule::Status);

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
