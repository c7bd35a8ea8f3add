// MD5 of the package beside node:crypto, in rounds that take turns; every digest is verified.
import { createHash } from "node:crypto";
import { createMd5 } from "wudun-ota";

const megabytes = 64;

/** @type {Record<string, (bytes: Uint8Array) => string>} */
const peers = {
  "wudun-ota": (bytes) => createMd5().update(bytes).digest(),
  "node:crypto": (bytes) => createHash("md5").update(bytes).digest("hex"),
};

export async function run() {
  const bytes = Uint8Array.from({ length: megabytes * 1e6 }, (_, i) => (i * 7) ^ (i >> 8));
  const expected = peers["node:crypto"](bytes);
  for (let round = 0; round < 5; round++) {
    for (const [name, hash] of Object.entries(peers)) {
      const started = performance.now();
      if (hash(bytes) !== expected) throw new Error(`${name} is wrong`);
      console.log(`${name.padEnd(12)} ${((megabytes * 1000) / (performance.now() - started)).toFixed(0)} MB/s`);
    }
  }
}
