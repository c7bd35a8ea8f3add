//! The status table (§4): the one place where it is written down.

use serde::{Deserialize, Serialize};

use crate::diagnostic::Text;

/// Which of its two results a device is giving (§4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Phase 1: downloading and checking.
    Preparation,
    /// Phase 2: what became of the upgrade.
    Final,
}

/// What a result reports (§4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "StatusName"))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 1, 禁止更新.
    Forbidden = 1,
    /// 2, 更新已准备: downloaded and checked.
    Prepared = 2,
    /// 3, 更新准备失败.
    PrepareFailed = 3,
    /// 4, 更新成功.
    Succeeded = 4,
    /// 5, 回滚成功.
    RolledBack = 5,
    /// 6, 回滚失败.
    RollbackFailed = 6,
}

impl Status {
    /// All six, by code.
    pub const ALL: [Status; 6] = [
        Status::Forbidden,
        Status::Prepared,
        Status::PrepareFailed,
        Status::Succeeded,
        Status::RolledBack,
        Status::RollbackFailed,
    ];

    /// The number on the wire, 1–6.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The status with this number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.code() == code)
    }

    /// The name in the table, as JavaScript sees it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Status::Forbidden => "forbidden",
            Status::Prepared => "prepared",
            Status::PrepareFailed => "prepare_failed",
            Status::Succeeded => "succeeded",
            Status::RolledBack => "rolled_back",
            Status::RollbackFailed => "rollback_failed",
        }
    }

    /// Which result reports it.
    #[must_use]
    pub fn phase(self) -> Phase {
        match self {
            Status::Forbidden | Status::Prepared | Status::PrepareFailed => Phase::Preparation,
            Status::Succeeded | Status::RolledBack | Status::RollbackFailed => Phase::Final,
        }
    }

    /// Whether the device is done: only after [`Status::Prepared`] it goes on.
    #[must_use]
    pub fn done(self) -> bool {
        self != Status::Prepared
    }

    /// The vendor's own term.
    pub(crate) fn term(self) -> &'static str {
        match self {
            Status::Forbidden => "禁止更新",
            Status::Prepared => "更新已准备",
            Status::PrepareFailed => "更新准备失败",
            Status::Succeeded => "更新成功",
            Status::RolledBack => "回滚成功",
            Status::RollbackFailed => "回滚失败",
        }
    }

    /// For people; the Chinese is the vendor's own term.
    #[must_use]
    pub fn label(self) -> Text {
        let en = match self {
            Status::Forbidden => "Update forbidden",
            Status::Prepared => "Update prepared",
            Status::PrepareFailed => "Update preparation failed",
            Status::Succeeded => "Update succeeded",
            Status::RolledBack => "Rolled back",
            Status::RollbackFailed => "Rollback failed",
        };
        Text {
            en: en.to_owned(),
            zh: self.term().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table() {
        let table: Vec<_> = Status::ALL
            .map(|s| (s.code(), s.name(), s.phase(), s.done()))
            .into();
        assert_eq!(
            table,
            [
                (1, "forbidden", Phase::Preparation, true),
                (2, "prepared", Phase::Preparation, false),
                (3, "prepare_failed", Phase::Preparation, true),
                (4, "succeeded", Phase::Final, true),
                (5, "rolled_back", Phase::Final, true),
                (6, "rollback_failed", Phase::Final, true),
            ]
        );
        for status in Status::ALL {
            assert_eq!(Status::from_code(status.code()), Some(status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.name());
        }
        assert_eq!(Status::from_code(0), None);
        assert_eq!(Status::from_code(7), None);
    }
}
