/** What simulated gateways do, and what they get wrong. */

import type { Behaviour, Text } from "../core/types.js";

export type { Behaviour };

const table = {
  ok: ["downloads, checks, updates, and says so", "下载、校验、更新并如实上报"],
  forbidden: ["forbids the update", "禁止更新"],
  "download-fails": ["loses the connection while downloading", "下载中途断线"],
  "md5-mismatch": ["receives a damaged image", "收到损坏的镜像"],
  "rolls-back": ["fails to update and goes back", "更新失败并回滚成功"],
  "rollback-fails": ["fails to update, and to go back", "更新失败且回滚失败"],
  "wrong-version": ["reports success with another version", "上报成功，但版本不符"],
  lies: ["reports success without updating, and not what runs", "未更新却上报成功，且不说明当前版本"],
  silent: ["never answers", "从不应答"],
  "silent-after-prepared": ["prepares, then never answers again", "准备完成后不再应答"],
  "replies-later": ["answers after the deadline", "超过期限后才应答"],
  duplicates: ["sends every result three times", "每个结果发送三次"],
  "out-of-order": ["sends the final result first", "先发送最终结果"],
  "trailing-comma": ["writes JSON with trailing commas", "JSON 带有多余的逗号"],
  "no-source": ["leaves `source` out of its results", "结果中不含 source"],
  retained: ["has left a result of an earlier run on the broker", "服务器上保留着以前的结果"],
  "skewed-clock": ["has a clock two hours ahead", "时钟快两小时"],
} as const satisfies Record<Behaviour, readonly [string, string]>;

/** A behaviour and what it does, in words. */
export interface BehaviourInfo {
  readonly name: Behaviour;
  readonly description: Text;
}

/** Every behaviour, in the order in which they are listed to users. */
export const BEHAVIOURS: readonly BehaviourInfo[] = Object.entries(table).flatMap(([name, [en, zh]]) =>
  isBehaviour(name) ? [{ name, description: { en, zh } }] : [],
);

/**
 * Whether there is a behaviour of that name.
 *
 * @example
 * ```ts
 * import { BEHAVIOURS, isBehaviour } from "wudun-ota/simulator";
 *
 * console.log(isBehaviour("rolls-back"), isBehaviour("explodes"), BEHAVIOURS[0].name);
 * // true false ok
 * ```
 */
export function isBehaviour(name: string): name is Behaviour {
  return Object.hasOwn(table, name);
}
