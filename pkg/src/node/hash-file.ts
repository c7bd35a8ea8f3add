/** Hashing files by their paths. */

import { open } from "node:fs/promises";
import { invalidArgument } from "../core/errors.js";
import { moduleSoon } from "../core/source.js";
import type { FirmwareHash, HashOptions } from "../core/types.js";
import { aborted } from "../firmware/drain.js";
import { createHasher } from "../firmware/hasher.js";
import { hashThrough } from "./hash-through.js";

/** One half is read while the other is hashed: in smaller parts, waiting for the system takes longer. */
const memoryBytes = 1 << 22;

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
    const hasher = createHasher({ slots: 1, bytes: memoryBytes, sha256: options.sha256 === true });
    let size = 0;
    await hashThrough(file.fd, hasher, 0, (bytes) => {
      size += bytes;
      onProgress?.({ bytes: size, total });
      if (signal?.aborted) throw aborted(signal);
    });
    if (size === 0) onProgress?.({ bytes: 0, total });
    const digests = hasher.finish(0);
    hasher.release();
    return { ...digests, size, thread: "calling" };
  } finally {
    await file.close();
  }
}
