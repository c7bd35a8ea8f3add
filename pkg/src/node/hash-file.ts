/** Hashing files by their paths. */

import { open } from "node:fs/promises";
import { invalidArgument } from "../core/errors.js";
import { moduleSoon } from "../core/source.js";
import type { FirmwareHash, HashOptions } from "../core/types.js";
import { aborted } from "../firmware/drain.js";
import { createHasher } from "../firmware/hasher.js";

/** One part is read while the other is hashed. */
const partBytes = 1 << 18;

/**
 * MD5, and SHA-256 if wanted, of a file, without holding it in memory: read straight into the memory of the core, on
 * the calling thread. Throws what `fs` throws, and `OtaError` `aborted`.
 *
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { hashFile } from "wudun-ota/node";
 *
 * await writeFile("image.bin", "a firmware image");
 * const { md5, size } = await hashFile("image.bin");
 * console.log(md5, size);
 * // 183f7bcf424938735c60bf6575e48a88 16
 * ```
 */
export async function hashFile(path: string, options: HashOptions = {}): Promise<FirmwareHash> {
  if (typeof path !== "string") throw invalidArgument("path", { en: "a string", zh: "字符串" });
  const { onProgress, signal } = options;
  if (signal?.aborted) throw aborted(signal);
  const file = await open(path);
  try {
    const found = await file.stat();
    const total = found.isFile() ? found.size : undefined;
    await moduleSoon();
    const hasher = createHasher({ slots: 1, bytes: 2 * partBytes, sha256: options.sha256 === true });
    const memory = hasher.memory();
    const read = async (start: number) => (await file.read(memory, start, partBytes, null)).bytesRead;
    let size = 0;
    let start = 0;
    let length = await read(start);
    while (length > 0) {
      const other = partBytes - start;
      const reading = read(other);
      // Nothing may be left reading into memory or an open file when this ends, so it is awaited in any case.
      try {
        hasher.update(Uint32Array.of(start, length));
        size += length;
        onProgress?.({ bytes: size, total });
      } finally {
        length = await reading;
      }
      start = other;
      if (signal?.aborted) throw aborted(signal);
    }
    if (size === 0) onProgress?.({ bytes: 0, total });
    return { ...hasher.finish(0), size, thread: "calling" };
  } finally {
    await file.close();
  }
}
