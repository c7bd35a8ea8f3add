/** Whether what the core gives is what `JSON.parse` gives. */

import type { Decoded } from "wudun-ota";

/** Strings that count as absent where they are `null` or empty (§2). */
const OPTIONAL = ["sub_device_uid", "trace_id", "reply"];
const OPTIONAL_DATA = ["source", "version", "target_version", "target_commit_sha", "final_version", "final_commit_sha"];
/** The core gives these in the protocol's order, and then all others in the document's. */
const ENVELOPE = new Set(["mid", "type", "device_uid", "timestamp", "data", ...OPTIONAL]);
const DATA = {
  command: new Set(["source", "download_url", "md5_code"]),
  result: new Set(["status", ...OPTIONAL_DATA]),
};

/** The message is the document less the optional fields that count as absent. */
export function sameMessage({ kind, message }: Decoded, value: unknown): boolean {
  const optional = kind === "result" ? OPTIONAL_DATA : [];
  return sameMembers(message, value, ENVELOPE, OPTIONAL, (key, a, b) =>
    key === "data" ? sameMembers(a, b, DATA[kind], optional, (_, a, b) => same(a, b)) : same(a, b),
  );
}

function sameMembers(
  read: unknown,
  parsed: unknown,
  named: Set<string>,
  optional: string[],
  equal: (key: string, a: unknown, b: unknown) => boolean,
): boolean {
  if (!isObject(read) || !isObject(parsed)) return false;
  const keys = Object.keys(parsed).filter(
    (key) => !(optional.includes(key) && (parsed[key] === null || parsed[key] === "")),
  );
  const others = Object.keys(read).filter((key) => !named.has(key));
  return (
    keys.length === Object.keys(read).length &&
    keys.every((key) => Object.hasOwn(read, key) && equal(key, read[key], parsed[key])) &&
    keys.filter((key) => !named.has(key)).every((key, at) => key === others[at])
  );
}

/** Members in the same order, −0 is not 0, no prototype but the usual. */
function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, at) => same(item, b[at]));
  if (!isObject(a)) return Object.is(a, b);
  if (!isObject(b) || Array.isArray(b) || Object.getPrototypeOf(a) !== Object.prototype) return false;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return keys.length === others.length && keys.every((key, at) => key === others[at] && same(a[key], b[key]));
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
