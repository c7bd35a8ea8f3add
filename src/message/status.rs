//! The status table (§4): the one place where it is written down.

use serde::{Deserialize, Serialize};

/// Which of its two results a device is giving (§4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Phase 1: downloading and checking.
    Preparation,
    /// Phase 2: what became of the upgrade.
    Final,
}

/// What a result reports (§4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
