import { bytesOf, string } from "./arguments.js";
import { OtaError, safely } from "./errors.js";
import { type Bindings, call } from "./instance.js";
import type { Bytes, Md5 } from "./types.js";

/** Where in the core's memory a state goes, and the bytes to be added to it. */
interface Place {
  core: Bindings;
  state: Uint8Array;
  bytes: Uint8Array;
}

let place: Place | undefined;

function placeIn(core: Bindings): Place {
  // Memory that grew is a new buffer; views of the old one are empty.
  if (place?.core === core && place.bytes.length > 0) return place;
  const [stateAt, stateLength, bytesAt, bytesLength] = core.md5Place();
  const { buffer } = core.coreMemory();
  const state = new Uint8Array(buffer, stateAt, stateLength);
  place = { core, state, bytes: new Uint8Array(buffer, bytesAt, bytesLength) };
  return place;
}

/** Adds bytes to a state. One that already has memory of its own: to make it takes longer than all else here. */
function add(state: Uint8Array, bytes: Uint8Array): void {
  call((core) => {
    const place = placeIn(core);
    const most = place.bytes.length;
    place.state.set(state);
    for (let at = 0; at < bytes.length; at += most) {
      const piece = bytes.subarray(at, at + most);
      place.bytes.set(piece);
      core.md5Update(piece.length);
    }
    state.set(place.state);
  });
}

/**
 * The MD5 of bytes, in lower case. It detects accidental damage and nothing else (§9).
 *
 * @example
 * ```ts
 * import { md5 } from "wudun-ota";
 *
 * console.log(md5(new TextEncoder().encode("abc")));
 * // 900150983cd24fb0d6963f7d28e17f72
 * ```
 */
export function md5(bytes: Bytes): string {
  return createMd5().update(bytes).digest();
}

/**
 * An MD5 computed piece by piece. There is nothing to free.
 *
 * @example
 * ```ts
 * import { createMd5 } from "wudun-ota";
 *
 * const hash = createMd5();
 * for (const piece of ["a", "b", "c"]) hash.update(new TextEncoder().encode(piece));
 * console.log(hash.digest());
 * // 900150983cd24fb0d6963f7d28e17f72
 * ```
 */
export function createMd5(): Md5 {
  return streaming(call((core) => core.md5Start()));
}

/**
 * Goes on from what `save` returned. Throws `OtaError`: `md5-state-version`, `md5-state-invalid`.
 *
 * @example
 * ```ts
 * import { createMd5, resumeMd5 } from "wudun-ota";
 *
 * const saved = createMd5().update(new TextEncoder().encode("ab")).save();
 * console.log(resumeMd5(saved).update(new TextEncoder().encode("c")).digest());
 * // 900150983cd24fb0d6963f7d28e17f72
 * ```
 */
export function resumeMd5(saved: Uint8Array): Md5 {
  const state = bytesOf(saved, "saved").slice();
  call((core) => core.md5Check(state));
  return streaming(state);
}

/** `state` is its own from now on. */
function streaming(state: Uint8Array): Md5 {
  let digest: string | undefined;
  const open = (what: Md5) => {
    if (digest === undefined) return what;
    throw new OtaError("md5-finished", {
      en: "This MD5 is finished: `digest()` was called",
      zh: "此 MD5 已结束：已调用过 `digest()`",
    });
  };
  const self: Md5 = {
    update(source) {
      open(self);
      add(state, bytesOf(source, "bytes"));
      return self;
    },
    digest() {
      digest ??= call((core) => core.md5Digest(state));
      return digest;
    },
    save() {
      open(self);
      return state.slice();
    },
  };
  return self;
}

/**
 * Whether two MD5s are the same: either letter case, white space around them does not count.
 * Throws `OtaError` `md5-form` when one of them is no MD5.
 *
 * @example
 * ```ts
 * import { compareMd5 } from "wudun-ota";
 *
 * console.log(compareMd5("900150983CD24FB0D6963F7D28E17F72", " 900150983cd24fb0d6963f7d28e17f72\n"));
 * // true
 * ```
 */
export function compareMd5(expected: string, actual: string): boolean {
  return normalised(expected, "expected") === normalised(actual, "actual");
}

function normalised(value: string, name: string): string {
  const text = string(value, name).trim().toLowerCase();
  if (/^[0-9a-f]{32}$/.test(text)) return text;
  throw new OtaError("md5-form", {
    en: `\`${name}\` is not an MD5: 32 hexadecimal digits are expected`,
    zh: `\`${name}\` 不是 MD5：应为 32 位十六进制数字`,
  });
}

/**
 * `md5`, with the error returned instead of thrown.
 *
 * @example
 * ```ts
 * import { safeMd5 } from "wudun-ota";
 *
 * const hashed = safeMd5(JSON.parse('"text is not bytes"'));
 * console.log(hashed.ok ? hashed.value : hashed.error.code);
 * // invalid-argument
 * ```
 */
export const safeMd5 = (bytes: Bytes) => safely(() => md5(bytes));
/**
 * `resumeMd5`, with the error returned instead of thrown.
 *
 * @example
 * ```ts
 * import { safeResumeMd5 } from "wudun-ota";
 *
 * const resumed = safeResumeMd5(new Uint8Array(3));
 * console.log(resumed.ok ? resumed.value.digest() : resumed.error.code);
 * // md5-state-invalid
 * ```
 */
export const safeResumeMd5 = (saved: Uint8Array) => safely(() => resumeMd5(saved));
/**
 * `compareMd5`, with the error returned instead of thrown.
 *
 * @example
 * ```ts
 * import { safeCompareMd5 } from "wudun-ota";
 *
 * const compared = safeCompareMd5("900150983cd24fb0d6963f7d28e17f72", "not an MD5");
 * console.log(compared.ok ? compared.value : compared.error.code);
 * // md5-form
 * ```
 */
export const safeCompareMd5 = (expected: string, actual: string) => safely(() => compareMd5(expected, actual));
