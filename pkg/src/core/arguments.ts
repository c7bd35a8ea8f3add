/** Checks of what callers pass, before it goes to the core. */

import { invalidArgument, OtaError } from "./errors.js";
import { isBuffer, isUint8Array } from "./realm.js";
import { isWellFormed, toBytes } from "./text.js";
import type { Text } from "./types.js";

/** A payload as the core reads it. `text` says that spans count UTF-16 units. */
export interface Payload {
  bytes: Uint8Array;
  text: boolean;
}

const bytesExpected: Text = { en: "a Uint8Array", zh: " Uint8Array" };

export function payloadOf(payload: Uint8Array | string): Payload {
  if (typeof payload === "string") return { bytes: toBytes(payload), text: true };
  if (!isUint8Array(payload)) {
    throw invalidArgument("payload", { en: "a string or a Uint8Array", zh: "字符串或 Uint8Array" });
  }
  return { bytes: bytesOf(payload, "payload"), text: false };
}

/** The bytes behind an ArrayBuffer or any view of one; shared memory will do, detached memory will not. */
export function bytesOf(source: unknown, name: string): Uint8Array {
  const buffer = ArrayBuffer.isView(source) ? source.buffer : source;
  if (!isBuffer(buffer)) throw invalidArgument(name, bytesExpected);
  try {
    // A view that its buffer has shrunk below looks empty, but is refused by every method (by `keys` and the like not
    // in V8's optimised code). A DataView, which has no length, refuses to tell its byteLength.
    if (ArrayBuffer.isView(source) && source.byteLength === 0 && "length" in source) {
      Reflect.apply(Uint8Array.prototype.indexOf, source, [0]);
    }
    return ArrayBuffer.isView(source)
      ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
      : new Uint8Array(buffer);
  } catch (cause) {
    throw new OtaError(
      "buffer-detached",
      {
        en: `The memory of \`${name}\` is gone: it was transferred to another thread, or its buffer has shrunk`,
        zh: `\`${name}\` 的内存已不可用：它已被转移到另一个线程，或其缓冲区已缩小`,
      },
      { cause },
    );
  }
}

/** A count or a time: a finite number, fractions cut off. */
export function wholeNumber(value: unknown, name: string): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0 || value > Number.MAX_SAFE_INTEGER) {
    throw invalidArgument(name, { en: "a number from 0 to 2^53−1", zh: " 0 到 2^53−1 之间的数字" });
  }
  return Math.floor(value);
}

export function optionalNumber(value: unknown, name: string): number | undefined {
  return value === undefined ? undefined : wholeNumber(value, name);
}

export function string(value: unknown, name: string): string {
  if (typeof value !== "string") throw invalidArgument(name, { en: "a string", zh: "字符串" });
  return value;
}

/** The place of a name among those that there are. */
export function placeIn(names: readonly string[], value: unknown, name: string): number {
  const place = typeof value === "string" ? names.indexOf(value) : -1;
  if (place >= 0) return place;
  throw invalidArgument(name, { en: `one of ${names.join(", ")}`, zh: `以下之一：${names.join("、")}` });
}

/** A string, or nothing: `null` counts as nothing. */
export function optionalString(value: unknown, name: string): string | undefined {
  return value === undefined || value === null ? undefined : string(value, name);
}

export function object(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw invalidArgument(name, { en: "an object", zh: "对象" });
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

export const commandOrResult: Text = { en: '"command" or "result"', zh: ' "command" 或 "result"' };

/**
 * A topic. An unpaired surrogate cannot cross to the core; the non-character that stands in for it is
 * refused by the same rule (§1).
 */
export function topicOf(value: unknown, name = "topic"): string {
  return string(value, name).replace(/[\ud800-\udfff]/gu, "\uffff");
}

export function optionalTopic(value: unknown): string | undefined {
  return value === undefined ? undefined : topicOf(value);
}

/** An object as JSON for the core. Text that is not Unicode is refused here, under the code and at the path given. */
export function inputJson(
  value: unknown,
  name: string,
  unpaired: "level-character" | "json-unpaired-surrogate",
  paths: Readonly<Record<string, string>> = {},
): string {
  object(value, name);
  return toJson(value, name, (key, text) => {
    if (isWellFormed(text)) return;
    const message = {
      en: `\`${key}\` holds an unpaired surrogate, which is no character`,
      zh: `\`${key}\` 含有不成对的代理项，它不是字符`,
    };
    throw new OtaError(unpaired, message, {
      diagnostics: [{ code: unpaired, severity: "error", path: paths[key] ?? "", message }],
    });
  });
}

/**
 * A copy of an object for the core: what JSON can hold of it. No getter, proxy or `toJSON` of the caller's
 * runs while the core does.
 */
export function inputObject(...input: Parameters<typeof inputJson>): Readonly<Record<string, unknown>> {
  return JSON.parse(inputJson(...input));
}

/** JSON of a value that may hold what JSON cannot: cycles, BigInt, a `toJSON` that throws. */
export function toJson(value: unknown, name: string, check?: (key: string, text: string) => void): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(value, (key, member: unknown) => {
      if (typeof member === "string") check?.(key, member);
      return member;
    });
  } catch (cause) {
    if (OtaError.is(cause)) throw cause;
    throw new OtaError(
      "not-json",
      {
        en: `\`${name}\` cannot be written as JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
        zh: `\`${name}\` 无法写成 JSON（例如含有循环引用或 BigInt）`,
      },
      { cause },
    );
  }
  if (json === undefined) {
    throw new OtaError("not-json", {
      en: `\`${name}\` cannot be written as JSON: it is ${typeof value}`,
      zh: `\`${name}\` 无法写成 JSON：它是 ${typeof value}`,
    });
  }
  return json;
}
