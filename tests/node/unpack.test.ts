/** The core as the default entry carries it, and back. */

import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { unpack } from "../../pkg/src/core/unpack.js";
import { pack } from "../../scripts/lib/build-packed.mjs";
import { Random } from "../support/random.js";

const generated = new URL("../../pkg/src/generated/", import.meta.url);
const unpacker = await readFile(new URL("unpack.wasm", generated));
const core = await readFile(new URL("core.wasm", generated));
const random = new Random(20261123);

test.each<[string, Uint8Array]>([
  ["nothing", new Uint8Array()],
  ["one byte", Uint8Array.of(7)],
  ["every byte once", Uint8Array.from({ length: 256 }, (_, i) => i)],
  ["one byte again and again", new Uint8Array(1_000_000).fill(255)],
  ["any bytes", Uint8Array.from({ length: 300_000 }, () => random.below(256))],
  ["the core", core],
])("%s", (_, bytes) => {
  const packed = pack(bytes);
  expect(packed.text).toMatch(/^[ !#%&(-;=-[\]-_a-~]*$/);
  expect(Buffer.compare(unpack(unpacker, packed), bytes)).toBe(0);
});

test("compresses nearly as well as the core itself", () => {
  expect(gzipSync(pack(core).text).length).toBeLessThan(gzipSync(core).length * 1.02);
});
