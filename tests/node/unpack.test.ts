/** What unpacks the core of the default entry, against zlib. */

import { readFile } from "node:fs/promises";
import { constants, deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { unpack } from "../../pkg/src/core/unpack.js";

const generated = new URL("../../pkg/src/generated/", import.meta.url);
const inflate = await readFile(new URL("inflate.wasm", generated));
const core = await readFile(new URL("core.wasm", generated));

/** The same numbers each time. */
function* numbers(): Generator<number, never> {
  for (let state = 1; ; state = (state * 48_271) % 0x7fff_ffff) yield state;
}

const some = numbers();
const made = (length: number, most: number) => Uint8Array.from({ length }, () => some.next().value % most);
const far = made(32_768, 256);
const inputs: [string, Uint8Array][] = [
  ["nothing", new Uint8Array()],
  ["one byte", Uint8Array.of(7)],
  ["one byte again and again", new Uint8Array(1_000_000)],
  ["few bytes", made(300_000, 3)],
  ["many bytes", made(300_000, 200)],
  ["as far back as can be", Uint8Array.from([...far.map((byte) => byte >> 2), ...far.map((byte) => byte >> 2)])],
  ["ourselves", core],
];
const ways: [string, object][] = [
  ["best", { level: 9, memLevel: 9 }],
  ["fast", { level: 1, memLevel: 1 }],
  ["codes of the standard", { strategy: constants.Z_FIXED }],
  ["no repetition", { strategy: constants.Z_HUFFMAN_ONLY }],
];

test.each(inputs.flatMap(([what, bytes]) => ways.map(([how, options]) => ({ what, how, bytes, options }))))(
  "$what, $how",
  ({ bytes, options }) => {
    const packed = deflateRawSync(bytes, options);
    expect(Buffer.compare(unpack(inflate, packed, bytes.length), bytes)).toBe(0);
  },
);
