// Files of the sizes that a bench asks for, in a folder of their own.
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const piece = new Uint8Array(1 << 20);
for (let i = 0, x = 1; i < piece.length; i++) {
  x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
  piece[i] = x >>> 24;
}

export const mebibyte = 1 << 20;

/** Sizes of 1 to 64 MiB, small ones as frequent as large ones on a logarithmic scale. */
export const folderSizes = Array.from({ length: 200 }, (_, i) => Math.floor(mebibyte * 64 ** (((i * 89) % 200) / 199)));

export function makeFolder() {
  const folder = mkdtempSync(join(tmpdir(), "wudun-ota-bench-"));
  return {
    folder,
    /** Writes a file; the bytes differ from file to file. */
    make(name, size) {
      const path = join(folder, name);
      const file = openSync(path, "w");
      writeSync(file, name.padEnd(64).slice(0, Math.min(64, size)));
      for (let at = 64; at < size; at += piece.length) writeSync(file, piece.subarray(0, size - at));
      closeSync(file);
      return path;
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

export const median = (list) => [...list].sort((a, b) => a - b)[Math.floor((list.length - 1) / 2)];
