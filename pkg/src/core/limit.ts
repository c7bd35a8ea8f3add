/** The limit of a payload (§5), looked at before anything is made of it: what is beyond never enters the core. */

import { call } from "./instance.js";
import { isUint8Array } from "./realm.js";
import { sizeOf } from "./text.js";

/** The size of a payload that is too large, in bytes of UTF-8. */
export function sizeBeyondLimit(payload: Uint8Array | string, maxBytes?: number): number | undefined {
  const isText = typeof payload === "string";
  if (!isText && !isUint8Array(payload)) return undefined;
  const limit = call((core) => core.payloadLimit(maxBytes));
  // A UTF-16 unit takes at most three bytes.
  if (payload.length * (isText ? 3 : 1) <= limit) return undefined;
  const size = isText ? sizeOf(payload) : payload.length;
  return size > limit ? size : undefined;
}
