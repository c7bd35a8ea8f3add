// The default firmware image: 8 MiB that look random and are the same each time.
import { createHash } from "node:crypto";

const MIB = 1024 * 1024;

/** @returns {Generator<Buffer>} chunks of one MiB */
export function* defaultImage(seed = 1, mebibytes = 8) {
  const block = Buffer.alloc(MIB);
  for (let part = 0; part < mebibytes; part += 1) {
    for (let at = 0; at < MIB; at += 64) {
      createHash("sha512").update(`${seed} ${part} ${at}`).digest().copy(block, at);
    }
    yield Buffer.from(block);
  }
}
