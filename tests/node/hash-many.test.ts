import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type FirmwareSource,
  type HashManyProgress,
  type HashManyResult,
  hashFirmwares,
  OtaError,
  safeHashFirmwares,
} from "wudun-ota";
import { hashFile, hashFiles } from "wudun-ota/node";
import { deal } from "../../pkg/src/node/deal.js";

const byNode = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest("hex");

/** Bytes that differ from image to image: a mix-up of lanes shows. */
function image(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let x = seed;
  for (let i = 0; i < length; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    bytes[i] = x >>> 24;
  }
  return bytes;
}

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const codes = (results: HashManyResult[]) => results.map((result) => (result.ok ? "ok" : result.error.code));

/** Lengths around blocks, chunks and parts, and long ones among short ones. */
const lengths = [0, 1, 63, 64, 65, 119, 32_768, 32_769, 100_000, 262_145, 1_048_576, 1_048_577, 3_000_001];
const images = lengths.map(image);
const expected = images.map((bytes) => ({
  ok: true,
  md5: byNode("md5", bytes),
  sha256: byNode("sha256", bytes),
  size: bytes.length,
}));
const size = lengths.reduce((sum, length) => sum + length);

function expectSteady(progress: HashManyProgress[], total: number | undefined) {
  const counts = progress.map(({ bytes }) => bytes);
  expect(counts).toEqual([...counts].sort((a, b) => a - b));
  expect(progress.at(-1)).toEqual({ bytes: size, total, ended: lengths.length, count: lengths.length });
}

describe("hashFirmwares", () => {
  it.each<[string, (bytes: Uint8Array<ArrayBuffer>) => FirmwareSource]>([
    ["bytes", (bytes) => bytes],
    ["Blobs", (bytes) => new Blob([bytes])],
    ["streams in odd pieces", (bytes) => inPieces(bytes, 7_777)],
  ])("gives each of many its own digests: %s", async (_, source) => {
    const progress: HashManyProgress[] = [];
    const told: number[] = [];
    const results = await hashFirmwares(
      images.map((bytes) => source(bytes)),
      {
        sha256: true,
        onProgress: (at) => progress.push(at),
        onResult: (index) => told.push(index),
      },
    );
    expect(results).toEqual(expected.map((result) => ({ ...result, thread: "calling" })));
    expectSteady(progress, progress.at(-1)?.total === undefined ? undefined : size);
    expect(told.sort((a, b) => a - b)).toEqual(lengths.map((_length, index) => index));
  });

  it("lets one that fails fail alone", async () => {
    async function* fails() {
      yield image(70, 1);
      throw new Error("disk gone");
    }
    const list = [image(200_000, 1), fails(), Readable.from(["text"]), undefined, image(10, 2)];
    const results: HashManyResult[] = await Reflect.apply(hashFirmwares, undefined, [list]);
    expect(codes(results)).toEqual(["ok", "read-failed", "invalid-argument", "invalid-argument", "ok"]);
    expect(results[0]).toMatchObject({ md5: byNode("md5", image(200_000, 1)) });
    expect(results[1]).toMatchObject({ error: { cause: new Error("disk gone") } });
  });

  it("does not wait for a stream that stalls", async () => {
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    async function* stalls() {
      yield image(100, 1);
      await gate;
      yield image(100, 2);
    }
    const results = await hashFirmwares([stalls(), ...images.slice(8)], {
      onResult: (index) => {
        if (index === images.length - 8) go();
      },
    });
    expect(codes(results)).toEqual(Array.from({ length: images.length - 7 }, () => "ok"));
    const both = Buffer.concat([image(100, 1), image(100, 2)]);
    expect(results[0]).toMatchObject({ md5: byNode("md5", both), size: 200 });
  });

  it("stops all when aborted, and closes every source", async () => {
    const control = new AbortController();
    let closed = 0;
    async function* endless() {
      try {
        while (true) yield image(1000, 1);
      } finally {
        closed += 1;
      }
    }
    const sources = Array.from({ length: 8 }, endless);
    let reports = 0;
    const result = await safeHashFirmwares(sources, {
      signal: control.signal,
      onProgress: () => {
        reports += 1;
        if (reports === 100) control.abort();
      },
    });
    expect(result).toMatchObject({ ok: false, error: { code: "aborted" } });
    await expect.poll(() => closed).toBe(8);
    await expect(hashFirmwares([], { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "aborted" });
  });

  it("has nothing to say about nothing", async () => {
    expect(await hashFirmwares([])).toEqual([]);
  });
});

describe("hashFile and hashFiles", () => {
  let folder = "";
  let paths: string[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "wudun-ota-many-"));
    paths = lengths.map((length) => join(folder, `${length}.bin`));
    await Promise.all(images.map((bytes, index) => writeFile(paths[index] ?? "", bytes)));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("hashes each file alone", async () => {
    for (const [index, path] of paths.entries()) {
      const progress: (number | undefined)[] = [];
      const result = await hashFile(path, { sha256: true, onProgress: ({ bytes }) => progress.push(bytes) });
      expect({ ok: true, ...result }).toEqual({ ...expected[index], thread: "calling" });
      expect(progress.at(-1)).toBe(lengths[index]);
    }
  });

  it.each([1, 2, 5])("hashes all in threads, at most %i", async (workers) => {
    const progress: HashManyProgress[] = [];
    const results = await hashFiles(paths, { sha256: true, workers, onProgress: (at) => progress.push(at) });
    expect(results).toEqual(expected.map((result) => ({ ...result, thread: "worker" })));
    expectSteady(progress, size);
  });

  it("lets a file that is missing or a folder fail alone", async () => {
    const results = await hashFiles([paths[9] ?? "", join(folder, "gone"), folder, paths[12] ?? ""]);
    expect(codes(results)).toEqual(["ok", "read-failed", "read-failed", "ok"]);
    expect(results[1]).toMatchObject({ error: { cause: { code: "ENOENT" } } });
    expect(results[2]).toMatchObject({ error: { cause: { code: "EISDIR" } } });
    await expect(hashFile(join(folder, "gone"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("stops when aborted", async () => {
    const control = new AbortController();
    const all = hashFiles(paths, { signal: control.signal, onProgress: () => control.abort() });
    await expect(all).rejects.toSatisfy((error) => OtaError.is(error) && error.code === "aborted");
    const one = hashFile(paths[12] ?? "", { signal: control.signal });
    await expect(one).rejects.toMatchObject({ code: "aborted" });
  });

  it("passes on what the caller's own callbacks throw", async () => {
    const thrower = () => {
      throw new Error("the caller's own");
    };
    await expect(hashFiles(paths, { onProgress: thrower })).rejects.toThrow("the caller's own");
    await expect(hashFile(paths[12] ?? "", { onProgress: thrower })).rejects.toThrow("the caller's own");
    await expect(hashFirmwares(images, { onProgress: thrower })).rejects.toThrow("the caller's own");
  });
});

describe("dealing files to threads", () => {
  const files = (sizes: number[]) => sizes.map((size, index) => ({ size, index }));
  const sizesOf = (hands: { size: number }[][]) => hands.map((hand) => hand.map(({ size }) => size));

  it("leaves a long file alone and the others to the other thread, where they end first all the same", () => {
    const [long = [], short = []] = deal(files([...Array.from({ length: 60 }, () => 8), 128]), 2);
    expect(long.map(({ size }) => size)).toEqual([128]);
    expect(short).toHaveLength(60);
  });

  it("shares like files out evenly, and files of unknown sizes", () => {
    for (const size of [0, 5]) {
      const hands = deal(files(Array.from({ length: 48 }, () => size)), 3);
      expect(hands.map((hand) => hand.length)).toEqual([16, 16, 16]);
    }
  });

  it("gives every file to one thread, the longest first", () => {
    const hands = deal(files([3, 0, 9, 1, 7, 7, 0, 2, 100]), 2);
    for (const hand of sizesOf(hands)) expect(hand).toEqual([...hand].sort((a, b) => b - a));
    expect(
      hands
        .flat()
        .map(({ index }) => index)
        .sort(),
    ).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });
});
