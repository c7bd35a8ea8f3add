import { bytesOf, string } from "./arguments.js";
import { OtaError, safely } from "./errors.js";
import { call } from "./instance.js";
import type { Bytes, Md5 } from "./types.js";

/** Bytes handed to the core at once: the copy stays in the cache, and the crossing costs next to nothing. */
const sliceBytes = 1 << 17;

/** The MD5 of bytes, in lower case. It detects accidental damage and nothing else (§9). */
export function md5(bytes: Bytes): string {
  return createMd5().update(bytes).digest();
}

/** An MD5 computed piece by piece. There is nothing to free. */
export function createMd5(): Md5 {
  return streaming(call((core) => core.md5Start()));
}

/** Goes on from what `save` returned. Throws `OtaError`: `md5-state-version`, `md5-state-invalid`. */
export function resumeMd5(saved: Uint8Array): Md5 {
  const state = bytesOf(saved, "saved").slice();
  call((core) => core.md5Check(state));
  return streaming(state);
}

function streaming(start: Uint8Array): Md5 {
  let state = start;
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
      const bytes = bytesOf(source, "bytes");
      for (let at = 0; at < bytes.length; at += sliceBytes) {
        state = call((core) => core.md5Update(state, bytes.subarray(at, at + sliceBytes)));
      }
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

/** `md5`, with the error returned instead of thrown. */
export const safeMd5 = (bytes: Bytes) => safely(() => md5(bytes));
/** `resumeMd5`, with the error returned instead of thrown. */
export const safeResumeMd5 = (saved: Uint8Array) => safely(() => resumeMd5(saved));
/** `compareMd5`, with the error returned instead of thrown. */
export const safeCompareMd5 = (expected: string, actual: string) => safely(() => compareMd5(expected, actual));
