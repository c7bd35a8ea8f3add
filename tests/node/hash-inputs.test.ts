import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify, stripVTControlCharacters } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it, onTestFinished } from "vitest";
import { createMd5, hashFirmware, md5, resumeMd5, safeHashFirmware } from "wudun-ota";
import { Random } from "../support/random.js";

const byNode = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");
const image = Uint8Array.from({ length: 4096 }, (_, i) => (i * 7) ^ (i >> 3));

describe("the MD5 of bytes in pieces is that of node:crypto", () => {
  it("for every length up to 300, cut at every place, saved and resumed there", () => {
    const wrong: string[] = [];
    for (let length = 0; length <= 300; length++) {
      const input = image.subarray(0, length);
      const expected = byNode(input);
      if (md5(input) !== expected) wrong.push(`${length}`);
      for (let cut = 0; cut <= length && length <= 260; cut++) {
        const first = createMd5().update(input.subarray(0, cut));
        const resumed = resumeMd5(first.save()).update(input.subarray(cut));
        if (resumed.digest() !== expected) wrong.push(`${length}, resumed at ${cut}`);
        if (first.update(input.subarray(cut)).digest() !== expected) wrong.push(`${length}, cut at ${cut}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("for random chunks, also empty ones, of plain, shared and resizable memory", () => {
    const random = new Random(4);
    const shared = new Uint8Array(new SharedArrayBuffer(image.length));
    const resizable = new Uint8Array(resizableBuffer(image.length));
    const memories = [image, shared, resizable];
    shared.set(image);
    resizable.set(image);
    const wrong: string[] = [];
    for (let round = 0; round < 10_000; round++) {
      const length = random.below(round % 50 === 0 ? image.length : 300);
      const from = random.below(image.length - length);
      let state = createMd5();
      for (let at = from; at < from + length; ) {
        const end = Math.min(from + length, at + random.below(100));
        state.update((memories[round % 3] ?? image).subarray(at, end));
        if (random.one(10)) state = resumeMd5(state.save());
        at = end;
      }
      if (state.digest() !== byNode(image.subarray(from, from + length))) wrong.push(`${length} from ${from}`);
    }
    expect(wrong).toEqual([]);
  });

  it("for pieces larger than the core takes at once", () => {
    const bytes = new Uint8Array(1_000_003).map((_, i) => (i * 31) ^ (i >> 9));
    expect(createMd5().update(bytes.subarray(0, 7)).update(bytes.subarray(7)).digest()).toBe(byNode(bytes));
  });
});

/** Beyond the JavaScript that the types know. */
function resizableBuffer(length: number, most = length): ArrayBuffer {
  return Reflect.construct(ArrayBuffer, [length, { maxByteLength: most }]);
}

describe("resizable memory", () => {
  it("is read as far as it reaches at the time", async () => {
    const buffer = resizableBuffer(100, 200);
    const view = new Uint8Array(buffer);
    view.set(image.subarray(0, 100));
    expect(md5(view)).toBe(byNode(image.subarray(0, 100)));
    Reflect.apply(Reflect.get(buffer, "resize"), buffer, [200]);
    view.set(image.subarray(0, 200));
    expect(md5(view)).toBe(byNode(image.subarray(0, 200)));
    expect(await hashFirmware(view)).toMatchObject({ md5: byNode(image.subarray(0, 200)), size: 200 });
  });

  it("is refused where it has shrunk below a view: that is not the MD5 of nothing", () => {
    const buffer = resizableBuffer(100);
    const views = [new Uint8Array(buffer, 50, 50), new Uint16Array(buffer, 50, 25), new DataView(buffer, 50, 50)];
    Reflect.apply(Reflect.get(buffer, "resize"), buffer, [60]);
    for (const view of views) expect(() => md5(view)).toThrow(expect.objectContaining({ code: "buffer-detached" }));
    expect(md5(new DataView(buffer, 50, 0))).toBe(byNode(new Uint8Array()));
    expect(md5(new Uint16Array(buffer, 50, 0))).toBe(byNode(new Uint8Array()));
  });
});

/** `npm run test:long` does ten thousand. */
const rounds = 1500;

it("rounds of hashing that is stopped and resumed leave nothing behind", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const piece = image.subarray(0, 1000);
  const round = async () => {
    const control = new AbortController();
    async function* endless() {
      while (true) yield piece;
    }
    const onProgress = () => control.abort();
    const stopped = await safeHashFirmware(endless(), { signal: control.signal, onProgress });
    const resumed = resumeMd5(createMd5().update(piece).save()).update(piece);
    return !stopped.ok && stopped.error.code === "aborted" && resumed.save().length > 0;
  };
  const used = async (rounds: number) => {
    for (let i = 0; i < rounds; i++) expect(await round()).toBe(true);
    // Finalizers run in tasks of their own, and free more.
    for (let i = 0; i < 3; i++) {
      collect();
      await setImmediate();
    }
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    return heapUsed + external + arrayBuffers;
  };
  const before = await used(300);
  const after = await used(rounds);
  expect(after - before).toBeLessThan(1 << 20);
});

it("a thread that dies fails the files that it had, and no others", async () => {
  const folder = await mkdtemp(join(tmpdir(), "wudun-ota-dying-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const paths = Array.from({ length: 20 }, (_, i) => join(folder, `${i}.bin`));
  await Promise.all(paths.map((path, i) => writeFile(path, new Uint8Array(100_000 + i))));
  // In the thread that comes upon the longest file, the process of reading ends the thread.
  const deadly = `
    const { isMainThread } = require("node:worker_threads");
    const fs = require("node:fs");
    const { openSync } = fs;
    if (!isMainThread) fs.openSync = (path, ...rest) => String(path).endsWith("19.bin") ? process.exit(3) : openSync(path, ...rest);
    require("node:module").syncBuiltinESMExports();
  `;
  const ask = `
    import { hashFiles } from "wudun-ota/node";
    const results = await hashFiles(${JSON.stringify(paths)}, { workers: 2 });
    console.log(JSON.stringify(results.map((result) => (result.ok ? "ok" : result.error.code + " " + result.error.message))));
  `;
  const preload = join(folder, "deadly.cjs");
  await writeFile(preload, deadly);
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", ask], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: { ...process.env, NODE_OPTIONS: `--require ${preload}` },
  });
  const told: string[] = JSON.parse(stripVTControlCharacters(stdout));
  expect(told.filter((result) => result === "ok")).toHaveLength(10);
  expect(told.filter((result) => result === "worker-failed The hashing worker failed: exit 3")).toHaveLength(10);
  expect(told[19]).not.toBe("ok");
}, 30_000);
