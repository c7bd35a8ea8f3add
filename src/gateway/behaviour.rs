//! What simulated gateways get wrong, as a table of what they do in turn.

use crate::message::Status;

/// How a gateway behaves. This is the one list of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "kebab-case"))]
pub enum Behaviour {
    /// Downloads, checks, updates, and says so.
    Ok,
    /// Forbids the update.
    Forbidden,
    /// Loses the connection while downloading.
    DownloadFails,
    /// Receives a damaged image.
    Md5Mismatch,
    /// Fails to update and goes back.
    RollsBack,
    /// Fails to update, and to go back.
    RollbackFails,
    /// Reports success with another version.
    WrongVersion,
    /// Reports success without updating, and not what runs.
    Lies,
    /// Never answers.
    Silent,
    /// Prepares, then never answers again.
    SilentAfterPrepared,
    /// Answers after the deadline.
    RepliesLater,
    /// Sends every result three times.
    Duplicates,
    /// Sends the final result first.
    OutOfOrder,
    /// Writes JSON with trailing commas.
    TrailingComma,
    /// Leaves `source` out of its results.
    NoSource,
    /// Has left a result of an earlier run on the broker.
    Retained,
    /// Has a clock two hours ahead.
    SkewedClock,
}

/// How a result says which command it answers (§7, rules 1–3): not at all, or by one of three fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename_all = "kebab-case"))]
pub enum Correlation {
    /// Not at all, as in the vendor's samples.
    None,
    /// Its `reply` is the command's `mid`.
    Reply,
    /// Its `mid` is the command's.
    Mid,
    /// Its `trace_id` is the command's, if that has one.
    TraceId,
}

/// One thing to do about a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Todo {
    /// The pause before each step.
    Pause,
    /// The pause of [`Behaviour::RepliesLater`].
    PauseLong,
    Download,
    /// From here on the image runs.
    Install,
    /// From here on something runs that nobody asked for.
    InstallOther,
    Say(Status),
}

use Todo::{Download, Install, InstallOther, Pause, PauseLong, Say};

impl Behaviour {
    /// Every behaviour.
    pub const ALL: [Behaviour; 17] = [
        Behaviour::Ok,
        Behaviour::Forbidden,
        Behaviour::DownloadFails,
        Behaviour::Md5Mismatch,
        Behaviour::RollsBack,
        Behaviour::RollbackFails,
        Behaviour::WrongVersion,
        Behaviour::Lies,
        Behaviour::Silent,
        Behaviour::SilentAfterPrepared,
        Behaviour::RepliesLater,
        Behaviour::Duplicates,
        Behaviour::OutOfOrder,
        Behaviour::TrailingComma,
        Behaviour::NoSource,
        Behaviour::Retained,
        Behaviour::SkewedClock,
    ];

    /// Its name, as users write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Behaviour::Ok => "ok",
            Behaviour::Forbidden => "forbidden",
            Behaviour::DownloadFails => "download-fails",
            Behaviour::Md5Mismatch => "md5-mismatch",
            Behaviour::RollsBack => "rolls-back",
            Behaviour::RollbackFails => "rollback-fails",
            Behaviour::WrongVersion => "wrong-version",
            Behaviour::Lies => "lies",
            Behaviour::Silent => "silent",
            Behaviour::SilentAfterPrepared => "silent-after-prepared",
            Behaviour::RepliesLater => "replies-later",
            Behaviour::Duplicates => "duplicates",
            Behaviour::OutOfOrder => "out-of-order",
            Behaviour::TrailingComma => "trailing-comma",
            Behaviour::NoSource => "no-source",
            Behaviour::Retained => "retained",
            Behaviour::SkewedClock => "skewed-clock",
        }
    }

    /// The behaviour of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Behaviour> {
        Behaviour::ALL
            .into_iter()
            .find(|behaviour| behaviour.name() == name)
    }

    /// What it does with a command that it can read.
    pub(super) fn at_first(self) -> &'static [Todo] {
        match self {
            Behaviour::Silent => &[],
            Behaviour::Forbidden => &[Pause, Say(Status::Forbidden)],
            _ => &[Pause, Download],
        }
    }

    /// What it does once it has the image, whole.
    pub(super) fn with_image(self) -> &'static [Todo] {
        const PREPARED: Todo = Say(Status::Prepared);
        const SUCCEEDED: Todo = Say(Status::Succeeded);
        match self {
            Behaviour::RollsBack => &[PREPARED, Pause, Say(Status::RolledBack)],
            Behaviour::RollbackFails => &[PREPARED, Pause, Say(Status::RollbackFailed)],
            Behaviour::WrongVersion => &[PREPARED, Pause, InstallOther, SUCCEEDED],
            Behaviour::Lies => &[PREPARED, Pause, SUCCEEDED],
            Behaviour::SilentAfterPrepared => &[PREPARED],
            Behaviour::RepliesLater => &[PauseLong, PREPARED, Pause, Install, SUCCEEDED],
            Behaviour::OutOfOrder => &[Install, SUCCEEDED, Pause, PREPARED],
            _ => &[PREPARED, Pause, Install, SUCCEEDED],
        }
    }
}

/// What it does without an image: the download failed, or the command cannot be carried out.
pub(super) const WITHOUT_IMAGE: &[Todo] = &[Say(Status::PrepareFailed)];

/// What a device still does when it restarts with an ending that the broker has not acknowledged.
pub(super) const fn again(ending: Status) -> &'static [Todo] {
    match ending {
        Status::Forbidden => &[Say(Status::Forbidden)],
        Status::Prepared => &[],
        Status::PrepareFailed => WITHOUT_IMAGE,
        Status::Succeeded => &[Say(Status::Succeeded)],
        Status::RolledBack => &[Say(Status::RolledBack)],
        Status::RollbackFailed => &[Say(Status::RollbackFailed)],
    }
}

impl Correlation {
    /// Every correlation.
    pub const ALL: [Correlation; 4] = [
        Correlation::None,
        Correlation::Reply,
        Correlation::Mid,
        Correlation::TraceId,
    ];

    /// Its name, as users write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Correlation::None => "none",
            Correlation::Reply => "reply",
            Correlation::Mid => "mid",
            Correlation::TraceId => "trace-id",
        }
    }

    /// The correlation of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Correlation> {
        Correlation::ALL
            .into_iter()
            .find(|correlation| correlation.name() == name)
    }
}
