import { type OtaError, safelySoon } from "../core/errors.js";
import type { FirmwareHash, FirmwareSource, HashOptions, Result } from "../core/types.js";
import { chunksOf, createPace } from "./chunks.js";
import { aborted, drain } from "./drain.js";
import { createSingleHasher, type Digests } from "./hasher.js";
import { hashInWorker } from "./in-worker.js";

export { hashFirmwares, safeHashFirmwares } from "./many.js";

/**
 * MD5 and, if wanted, SHA-256 of a firmware image, in one pass and without holding it in memory.
 * In a browser the work is done in a worker; where none can be started, in slices on the calling thread.
 * Rejects with `OtaError`: `aborted`, `read-failed`, `worker-failed`, `invalid-argument`.
 *
 * @example
 * ```ts
 * import { hashFirmware } from "wudun-ota";
 *
 * const image = new Blob(["a firmware image"]);
 * const { md5, size } = await hashFirmware(image, { signal: AbortSignal.timeout(60_000) });
 * console.log(md5, size);
 * // 183f7bcf424938735c60bf6575e48a88 16
 * ```
 */
export async function hashFirmware(source: FirmwareSource, options: HashOptions = {}): Promise<FirmwareHash> {
  const { signal, onProgress } = options;
  const sha256 = options.sha256 === true;
  const input = chunksOf(source);
  let size = 0;
  const onBytes = (bytes: number) => {
    size = bytes;
    onProgress?.({ bytes, total: input.total });
  };
  const inWorker = await hashInWorker(source, input, { sha256, signal, onBytes });
  const digests = inWorker ?? (await hashHere(input.chunks, sha256, signal, onBytes));
  if (size === 0) onBytes(0);
  return { ...digests, size, thread: inWorker ? "worker" : "calling" };
}

/** Bytes between two reports, and the most that is hashed without looking at the clock. */
const sliceBytes = 1 << 20;

async function hashHere(
  chunks: AsyncIterable<Uint8Array>,
  sha256: boolean,
  signal: AbortSignal | undefined,
  onBytes: (bytes: number) => void,
): Promise<Digests> {
  const hasher = createSingleHasher(sha256);
  const pace = createPace();
  let bytes = 0;
  await drain(chunks, signal, async (chunk) => {
    for (let at = 0; at < chunk.length; at += sliceBytes) {
      if (signal?.aborted) throw aborted(signal);
      const slice = chunk.subarray(at, at + sliceBytes);
      hasher.update(slice);
      bytes += slice.length;
      onBytes(bytes);
      await pace();
    }
  });
  return hasher.finish();
}

/**
 * `hashFirmware`, with the error returned instead of thrown.
 *
 * @example
 * ```ts
 * import { safeHashFirmware } from "wudun-ota";
 *
 * const hashed = await safeHashFirmware(new Blob(["a firmware image"]), { signal: AbortSignal.abort() });
 * console.log(hashed.ok ? hashed.value.md5 : hashed.error.code);
 * // aborted
 * ```
 */
export function safeHashFirmware(
  source: FirmwareSource,
  options?: HashOptions,
): Promise<Result<FirmwareHash, OtaError>> {
  return safelySoon(() => hashFirmware(source, options));
}
