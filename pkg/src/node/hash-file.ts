/** Hashing a file by its path. */

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { FirmwareHash, HashOptions } from "../core/types.js";
import { hashFirmware } from "../index.js";

const CHUNK = 1024 * 1024;

/** MD5, and SHA-256 if wanted, of a file, without holding it in memory. Throws what `fs` and `hashFirmware` throw. */
export async function hashFile(path: string, options: HashOptions = {}): Promise<FirmwareHash> {
  const { size } = await stat(path);
  const { onProgress } = options;
  return hashFirmware(createReadStream(path, { highWaterMark: CHUNK }), {
    ...options,
    onProgress: onProgress && (({ bytes }) => onProgress({ bytes, total: size })),
  });
}
