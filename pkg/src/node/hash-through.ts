/** Hashing a file from where it stands to its end. */

import { read } from "node:fs";
import { promisify } from "node:util";
import type { Hasher } from "../firmware/hasher.js";

const readSoon = promisify(read);

/**
 * One half of the hasher's memory is read into while the other is hashed. What `onBytes` throws ends it, but not
 * before the reading has ended: nothing may be left that writes into memory or uses the file.
 */
export async function hashThrough(
  file: number,
  hasher: Hasher,
  slot: number,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const memory = hasher.memory();
  const most = memory.length / 2;
  const parts = new Uint32Array(2 * slot + 2);
  const fill = async (start: number) => (await readSoon(file, memory, start, most, null)).bytesRead;
  let start = 0;
  let length = await fill(start);
  while (length > 0) {
    const other = most - start;
    const filling = fill(other);
    try {
      parts.set([start, length], 2 * slot);
      hasher.update(parts);
      onBytes(length);
    } finally {
      length = await filling;
    }
    start = other;
  }
}
