import { OtaError } from "../core/errors.js";
import type { FirmwareHash, FirmwareSource, HashOptions, Result } from "../core/types.js";
import { chunksOf } from "./chunks.js";
import { createHasher, type Digests, drain } from "./hash.js";
import { hashInWorker } from "./in-worker.js";

/**
 * MD5 and, if wanted, SHA-256 of a firmware image, in one pass and without holding it in memory.
 * In a browser the work is done in a worker; where none can be started, in slices on the calling thread.
 * Rejects with `OtaError`: `aborted`, `read-failed`, `invalid-argument`.
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

async function hashHere(
  chunks: AsyncIterable<Uint8Array>,
  sha256: boolean,
  signal: AbortSignal | undefined,
  onBytes: (bytes: number) => void,
): Promise<Digests> {
  const hasher = createHasher(sha256);
  let bytes = 0;
  await drain(chunks, signal, (chunk) => {
    hasher.update(chunk);
    bytes += chunk.length;
    onBytes(bytes);
  });
  return hasher.finish();
}

export async function safeHashFirmware(
  source: FirmwareSource,
  options?: HashOptions,
): Promise<Result<FirmwareHash, OtaError>> {
  try {
    return { ok: true, value: await hashFirmware(source, options) };
  } catch (error) {
    if (OtaError.is(error)) return { ok: false, error };
    throw error;
  }
}
