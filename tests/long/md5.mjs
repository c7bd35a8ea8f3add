// What takes too long for every run: `npm run test:long`. A million random chunkings and 5 GiB, beside node:crypto.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createMd5, hashFirmware, resumeMd5, safeHashFirmware } from "wudun-ota";

const chunkings = Number(process.env.CHUNKINGS ?? 1_000_000);
const abortions = Number(process.env.ABORTIONS ?? 10_000);
const gibibytes = Number(process.env.GIBIBYTES ?? 5);

let x = 1;
const random = (limit) => {
  x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
  return Math.floor((x / 2 ** 32) * limit);
};

const bytes = Uint8Array.from({ length: 4096 }, () => random(256));
const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
shared.set(bytes);
const resizable = new Uint8Array(new ArrayBuffer(bytes.length, { maxByteLength: 2 * bytes.length }));
resizable.set(bytes);
const memories = [bytes, shared, resizable];

for (let round = 1; round <= chunkings; round++) {
  const length = random(round % 100 === 0 ? bytes.length : 300);
  const from = random(bytes.length - length);
  const source = memories[round % memories.length];
  let md5 = createMd5();
  for (let at = from; at < from + length; ) {
    // Empty chunks too.
    const end = Math.min(from + length, at + random(100));
    md5.update(source.subarray(at, end));
    if (random(8) === 0) md5 = resumeMd5(md5.save());
    at = end;
  }
  const expected = createHash("md5")
    .update(bytes.subarray(from, from + length))
    .digest("hex");
  assert.equal(md5.digest(), expected, `${length} bytes from ${from}, round ${round}`);
  if (round % 100_000 === 0) console.log(`${round} chunkings agree`);
}

/** Bytes in use after hashing has been stopped and resumed so often. */
async function usedAfter(rounds) {
  const piece = bytes.subarray(0, 1000);
  for (let round = 0; round < rounds; round++) {
    const control = new AbortController();
    async function* endless() {
      while (true) yield piece;
    }
    const stopped = await safeHashFirmware(endless(), { signal: control.signal, onProgress: () => control.abort() });
    assert.equal(stopped.ok ? "hashed" : stopped.error.code, "aborted");
    resumeMd5(createMd5().update(piece).save()).update(piece).save();
  }
  // Finalizers run in tasks of their own, and free more.
  for (let i = 0; i < 3; i++) {
    collect();
    await setImmediate();
  }
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");
const before = await usedAfter(500);
const growth = (await usedAfter(abortions)) - before;
assert.ok(growth < 1 << 20, `${growth} bytes are left`);
console.log(`${abortions} rounds of stopping and resuming leave ${growth} bytes`);

// The digests of all that was added so far, around the lengths at which a count of bits or bytes could overflow.
const mebibyte = Uint8Array.from({ length: 1 << 20 }, () => random(256));
const node = createHash("md5");
const ours = createMd5();
const watched = [2 ** 29, 2 ** 31, 2 ** 32, gibibytes * 2 ** 30];
for (let size = 0; size < gibibytes * 2 ** 30; ) {
  node.update(mebibyte);
  ours.update(mebibyte);
  size += mebibyte.length;
  if (!watched.includes(size)) continue;
  for (const more of [0, 1, 55, 56, 64]) {
    const tail = mebibyte.subarray(0, more);
    const digest = resumeMd5(ours.save()).update(tail).digest();
    assert.equal(digest, node.copy().update(tail).digest("hex"), `${size} + ${more} bytes`);
  }
  console.log(`${size / 2 ** 30} GiB agree`);
}

async function* all() {
  for (let i = 0; i < gibibytes * 1024; i++) yield mebibyte;
}
const { md5, size } = await hashFirmware(all());
assert.equal(size, gibibytes * 2 ** 30);
assert.equal(md5, node.digest("hex"));
console.log("hashFirmware agrees");
