//! Commands and results: the wire model (§2–§4) and its builders.

mod build;
mod encode;
pub(crate) mod field;
mod mid;
mod status;
mod writer;

pub use build::{CommandInput, ResultInput};
pub use mid::Mid;
pub(crate) use mid::is_hexadecimal;
pub use status::{Phase, Status};
use writer::Writer;

/// What a message is. A command travels on [`Channel::Command`](crate::Channel), a result on the other.
pub use crate::topic::Channel as Kind;

/// The only value of `type` (§2).
pub(crate) const TYPE: &str = "ota_upgrade";

/// Members of an object that the protocol does not name, in their order of appearance:
/// key (unescaped) and value as JSON source text.
pub type Extra = Vec<(String, String)>;

/// The fields that commands and results share (§2).
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope<D> {
    /// Message id.
    pub mid: Mid,
    /// The device that speaks or is addressed.
    pub device_uid: String,
    /// The first-level device (一级设备), only when a second-level device acts for it.
    pub sub_device_uid: Option<String>,
    /// Milliseconds since 1970-01-01T00:00:00Z, 1 … 2^53−1.
    pub timestamp: u64,
    /// Section 3 or 4.
    pub data: D,
    /// Any string.
    pub trace_id: Option<String>,
    /// The `mid` answered, as written; may be no UUID (then it matches nothing).
    pub reply: Option<String>,
    /// Unknown members.
    pub extra: Extra,
}

/// Command data (§3).
#[derive(Clone, Debug, PartialEq)]
pub struct CommandData {
    /// The update target (更新目标), such as `ems_II`.
    pub source: String,
    /// Where the device downloads the image.
    pub download_url: String,
    /// MD5 of the image, 32 hexadecimal digits.
    pub md5_code: String,
    /// Unknown members.
    pub extra: Extra,
}

/// Result data (§4).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResultData {
    /// Origin (来源), read as the command's update target.
    pub source: Option<String>,
    /// Current version (当前版本).
    pub version: Option<String>,
    /// Version asked for (目标版本).
    pub target_version: Option<String>,
    /// Commit asked for (目标提交SHA).
    pub target_commit_sha: Option<String>,
    /// Version that now runs (最终版本).
    pub final_version: Option<String>,
    /// Commit that now runs (最终提交SHA).
    pub final_commit_sha: Option<String>,
    /// What happened; a result without it is informational.
    pub status: Option<Status>,
    /// Unknown members.
    pub extra: Extra,
}

/// An `ota_upgrade` command.
pub type Command = Envelope<CommandData>;
/// An `ota_upgrade` result.
pub type ResultMessage = Envelope<ResultData>;

/// Either message.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// Operator to device.
    Command(Command),
    /// Device to operator.
    Result(ResultMessage),
}

impl Message {
    /// What it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Message::Command(_) => Kind::Command,
            Message::Result(_) => Kind::Result,
        }
    }
}
