/** Hashing chunks on the thread that calls. */

import { bytesOf } from "../core/arguments.js";
import { OtaError } from "../core/errors.js";
import { guard, newInstance, parse } from "../core/instance.js";

export interface Digests {
  md5: string;
  sha256?: string;
}

/** MD5 and, if wanted, SHA-256 in one pass, on an instance of its own: dropping it gives everything back. */
export function createHasher(sha256: boolean) {
  const core = newInstance();
  const broken = () => undefined;
  const hasher = guard(() => new core.Hasher(sha256), broken);
  return {
    update: (bytes: Uint8Array) => guard(() => hasher.update(bytes), broken),
    finish: () => guard(() => parse<Digests>(hasher.finish()), broken),
  };
}

/** Hands over chunk after chunk; stops at once when the signal fires, also while a chunk is awaited. */
export async function drain(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
  take: (bytes: Uint8Array) => void | Promise<void>,
): Promise<void> {
  const iterator = chunks[Symbol.asyncIterator]();
  const abort = abortion(signal);
  let finished = false;
  try {
    while (true) {
      const next = await Promise.race([iterator.next(), abort.promise]);
      if (next.done) {
        finished = true;
        return;
      }
      await Promise.race([take(bytesOf(next.value, "chunk")), abort.promise]);
    }
  } finally {
    abort.forget();
    // Not awaited: a source that hangs must not hold the caller up.
    if (!finished) Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

/** A promise that rejects when the signal fires. */
export function abortion(signal: AbortSignal | undefined) {
  let onAbort = () => {};
  const promise = new Promise<never>((_, reject) => {
    onAbort = () => reject(aborted(signal));
    if (signal?.aborted) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
  });
  promise.catch(() => undefined);
  return { promise, forget: () => signal?.removeEventListener("abort", onAbort) };
}

function aborted(signal: AbortSignal | undefined): OtaError {
  return new OtaError("aborted", { en: "Hashing was cancelled", zh: "哈希计算已取消" }, { cause: signal?.reason });
}
