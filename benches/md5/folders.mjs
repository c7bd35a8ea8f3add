// Folders of files in the Node that runs this file; writes JSON. Digests are checked against node:crypto.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { hashFiles } from "wudun-ota/node";
import { folderSizes, makeFolder, mebibyte, median } from "./files.mjs";

const rounds = 5;
const { make, remove } = makeFolder();

const like = Array.from({ length: 16 }, () => 32 * mebibyte);
const sets = {
  "one file of 256 MiB": [256 * mebibyte],
  "16 files of 32 MiB": like,
  "200 files of 1 to 64 MiB": folderSizes,
  "one of 512 MiB, 15 of 8 MiB": [512 * mebibyte, ...like.slice(1).map((size) => size / 4)],
  "one of 128 MiB, 60 of 8 MiB": [128 * mebibyte, ...Array.from({ length: 60 }, () => 8 * mebibyte)],
};

const crypto = (path) => createHash("md5").update(readFileSync(path)).digest("hex");

async function time(paths, bytes, workers, expected) {
  const started = performance.now();
  const results = await hashFiles(paths, { workers });
  const rate = bytes / 1000 / (performance.now() - started);
  const digests = results.map((result) => (result.ok ? result.md5 : result.error.code));
  if (digests.join() !== expected.join()) throw new Error("a digest is wrong");
  return rate;
}

const rows = [];
try {
  for (const [name, sizes] of Object.entries(sets)) {
    const paths = sizes.map((size, i) => make(`${name.replaceAll(" ", "-")}-${i}`, size));
    const bytes = sizes.reduce((sum, size) => sum + size);
    const expected = paths.map(crypto);
    const rates = { 1: [], 2: [] };
    for (let round = 0; round < rounds; round++) {
      for (const workers of sizes.length > 8 ? [1, 2] : [1]) {
        rates[workers].push(await time(paths, bytes, workers, expected));
      }
    }
    rows.push({ name, longest: Math.max(...sizes), bytes, one: median(rates[1]), two: median(rates[2]) });
  }
} finally {
  remove();
}
console.log(JSON.stringify({ runtime: `Node ${process.versions.node}`, rows }));
