// Made from the Rust types. Do not edit: `UPDATE_TYPES=1 cargo test types` rewrites it.

import type { StatusInfo } from "./types.js";

/** The status table (§4). */
export const STATUSES: readonly StatusInfo[] = [
  {
    "code": 1,
    "done": true,
    "label": {
      "en": "Update forbidden",
      "zh": "禁止更新"
    },
    "name": "forbidden",
    "phase": "preparation"
  },
  {
    "code": 2,
    "done": false,
    "label": {
      "en": "Update prepared",
      "zh": "更新已准备"
    },
    "name": "prepared",
    "phase": "preparation"
  },
  {
    "code": 3,
    "done": true,
    "label": {
      "en": "Update preparation failed",
      "zh": "更新准备失败"
    },
    "name": "prepare_failed",
    "phase": "preparation"
  },
  {
    "code": 4,
    "done": true,
    "label": {
      "en": "Update succeeded",
      "zh": "更新成功"
    },
    "name": "succeeded",
    "phase": "final"
  },
  {
    "code": 5,
    "done": true,
    "label": {
      "en": "Rolled back",
      "zh": "回滚成功"
    },
    "name": "rolled_back",
    "phase": "final"
  },
  {
    "code": 6,
    "done": true,
    "label": {
      "en": "Rollback failed",
      "zh": "回滚失败"
    },
    "name": "rollback_failed",
    "phase": "final"
  }
];
