/** Reading a source to its end, or until the caller gives up. */

import { bytesOf } from "../core/arguments.js";
import { OtaError } from "../core/errors.js";

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
    if (!finished) leave(iterator);
  }
}

/** Closes a source before its end. Whether it succeeds is of no interest any more. */
export function leave(iterator: AsyncIterator<unknown>): void {
  Promise.resolve(iterator.return?.()).catch(() => undefined);
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

export function aborted(signal: AbortSignal | undefined): OtaError {
  return new OtaError("aborted", { en: "Hashing was cancelled", zh: "哈希计算已取消" }, { cause: signal?.reason });
}
