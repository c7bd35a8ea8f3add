// Generated from the Rust types. Do not edit; `UPDATE_TYPES=1 cargo test types` rewrites this page.

import type { StatusInfo } from "./types.js";

/** The status table (§4). */
export const STATUSES: readonly StatusInfo[] = [
  { code: 1, name: "forbidden", phase: "preparation", done: true, label: { en: "Update forbidden", zh: "禁止更新" } },
  { code: 2, name: "prepared", phase: "preparation", done: false, label: { en: "Update prepared", zh: "更新已准备" } },
  {
    code: 3,
    name: "prepare_failed",
    phase: "preparation",
    done: true,
    label: { en: "Preparation failed", zh: "更新准备失败" },
  },
  { code: 4, name: "succeeded", phase: "final", done: true, label: { en: "Update succeeded", zh: "更新成功" } },
  { code: 5, name: "rolled_back", phase: "final", done: true, label: { en: "Rolled back", zh: "回滚成功" } },
  { code: 6, name: "rollback_failed", phase: "final", done: true, label: { en: "Rollback failed", zh: "回滚失败" } },
];
