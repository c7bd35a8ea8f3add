import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  compareMd5,
  createMd5,
  type HashProgress,
  hashFirmware,
  md5,
  OtaError,
  resumeMd5,
  safeCompareMd5,
  safeHashFirmware,
  safeResumeMd5,
} from "wudun-ota";

const utf8 = (text: string) => new TextEncoder().encode(text);
const byNode = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest("hex");

/** Bytes that repeat late: a mistake in the order of blocks shows. */
function image(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let x = 1;
  for (let i = 0; i < length; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    bytes[i] = x >>> 24;
  }
  return bytes;
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return OtaError.is(error) ? error.code : `not an OtaError: ${String(error)}`;
}

describe("md5", () => {
  it.each([
    ["", "d41d8cd98f00b204e9800998ecf8427e"],
    ["a", "0cc175b9c0f1b6a831c399e269772661"],
    ["abc", "900150983cd24fb0d6963f7d28e17f72"],
    ["message digest", "f96b697d7cb7938d525a2f31aaf161d0"],
    ["abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"],
    ["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"],
    [
      "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
      "57edf4a22be3c955ac49da2e2107b67a",
    ],
  ])("gives RFC 1321's value for %j", (text, expected) => {
    expect(md5(utf8(text))).toBe(expected);
  });

  it("agrees with Node for every length up to 300, whole and in pieces", () => {
    const bytes = image(300);
    for (let length = 0; length <= 300; length++) {
      const input = bytes.subarray(0, length);
      const expected = byNode("md5", input);
      expect(md5(input)).toBe(expected);
      const cut = (length * 7) % (length + 1);
      expect(createMd5().update(input.subarray(0, cut)).update(input.subarray(cut)).digest()).toBe(expected);
    }
  });

  it("goes on from a saved state, as often as one likes", () => {
    const bytes = image(200);
    const first = createMd5().update(bytes.subarray(0, 77));
    const saved = first.save();
    first.update(utf8("something else"));
    for (let i = 0; i < 2; i++) {
      expect(resumeMd5(saved).update(bytes.subarray(77)).digest()).toBe(byNode("md5", bytes));
    }
  });

  it("is saved and resumed at every position of two blocks", () => {
    const bytes = image(200);
    const expected = byNode("md5", bytes);
    for (let at = 0; at <= 130; at++) {
      const saved = createMd5().update(bytes.subarray(0, at)).save();
      expect(resumeMd5(saved).update(bytes.subarray(at)).digest()).toBe(expected);
    }
  });

  it("keeps streams apart that take turns", () => {
    const bytes = image(300 * 16);
    const streams = Array.from({ length: 16 }, createMd5);
    for (let turn = 0; turn < 10; turn++) {
      for (const [i, stream] of streams.entries()) stream.update(bytes.subarray(i * 300 + turn * 30).subarray(0, 30));
    }
    for (const [i, stream] of streams.entries()) {
      expect(stream.digest()).toBe(byNode("md5", bytes.subarray(i * 300, i * 300 + 300)));
    }
  });

  it("refuses a state in the layout of another version, by a code of its own", () => {
    const saved = createMd5().update(utf8("abc")).save();
    saved[7] = 2;
    const result = safeResumeMd5(saved);
    expect(result.ok ? "resumed" : result.error.code).toBe("md5-state-version");
  });

  it("does not resume foreign bytes", () => {
    const saved = createMd5().save();
    for (const foreign of [new Uint8Array(), saved.subarray(1), new Uint8Array(saved.length), utf8("{}")]) {
      const result = safeResumeMd5(foreign);
      expect(result.ok ? "resumed" : result.error.code).toBe("md5-state-invalid");
    }
  });

  it("takes nothing after the digest", () => {
    const state = createMd5().update(utf8("abc"));
    expect(state.digest()).toBe(state.digest());
    expect(() => state.update(utf8("d"))).toThrow(expect.objectContaining({ code: "md5-finished" }));
    expect(() => state.save()).toThrow(expect.objectContaining({ code: "md5-finished" }));
  });

  it("reads views with an offset, other views, buffers and shared memory", () => {
    const buffer = utf8("--abc--").buffer;
    const expected = byNode("md5", utf8("abc"));
    expect(md5(new Uint8Array(buffer, 2, 3))).toBe(expected);
    expect(md5(new DataView(buffer, 2, 3))).toBe(expected);
    expect(md5(Buffer.from(buffer, 2, 3))).toBe(expected);
    expect(md5(buffer.slice(2, 5))).toBe(expected);
    const shared = new Uint8Array(new SharedArrayBuffer(3));
    shared.set(utf8("abc"));
    expect(createMd5().update(shared).digest()).toBe(expected);
  });

  it("refuses strings and detached memory clearly", () => {
    const bytes = image(8);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    expect(() => md5(bytes)).toThrow(expect.objectContaining({ code: "buffer-detached" }));
    expect(() => Reflect.apply(md5, undefined, ["abc"])).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });

  it("counts bits beyond 32", () => {
    const mebibyte = new Uint8Array(1 << 20);
    const ours = createMd5();
    const node = createHash("md5");
    for (let i = 0; i < 513; i++) {
      ours.update(mebibyte);
      node.update(mebibyte);
    }
    expect(ours.digest()).toBe(node.digest("hex"));
  });
});

describe("compareMd5", () => {
  const digest = "0cc175b9c0f1b6a831c399e269772661";

  it("does not mind letter case and surrounding white space", () => {
    expect(compareMd5(digest, ` ${digest.toUpperCase()}\r\n`)).toBe(true);
    expect(compareMd5(digest, digest.replace("0", "1"))).toBe(false);
  });

  it.each(["", "0cc1", `${digest}0`, digest.replace("0", "g"), `0x${digest.slice(2)}`])("refuses %j", (text) => {
    const results = [safeCompareMd5(digest, text), safeCompareMd5(text, digest)];
    expect(results.map((result) => (result.ok ? "compared" : result.error.code))).toEqual(["md5-form", "md5-form"]);
  });
});

describe("hashFirmware", () => {
  const bytes = image(3_000_001);
  const expected = {
    md5: byNode("md5", bytes),
    sha256: byNode("sha256", bytes),
    size: bytes.length,
    thread: "calling",
  };
  let folder = "";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "wudun-ota-hash-"));
    await writeFile(join(folder, "firmware.bin"), bytes);
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function* pieces() {
    for (let at = 0; at < bytes.length; at += 77_777) yield bytes.subarray(at, at + 77_777);
  }

  const sources = {
    "a Uint8Array": () => bytes,
    "a Blob": () => new Blob([bytes]),
    "an async iterable": () => pieces(),
    "a Node stream": () => createReadStream(join(folder, "firmware.bin")),
    "a web stream": () => new Blob([bytes]).stream(),
  };

  it.each(Object.entries(sources))("hashes %s, and progress grows to exactly the size", async (name, source) => {
    const progress: HashProgress[] = [];
    const result = await hashFirmware(source(), { sha256: true, onProgress: (at) => progress.push(at) });
    expect(result).toEqual(expected);
    const counts = progress.map((at) => at.bytes);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(new Set(counts).size).toBe(counts.length);
    expect(counts.at(-1)).toBe(bytes.length);
    const sized = name === "a Uint8Array" || name === "a Blob";
    expect(new Set(progress.map((at) => at.total))).toEqual(new Set([sized ? bytes.length : undefined]));
  });

  it("gives SHA-256 only when asked", async () => {
    expect(await hashFirmware(new Blob([bytes]))).not.toHaveProperty("sha256");
  });

  it("reports the size of nothing", async () => {
    const progress: number[] = [];
    const result = await hashFirmware(new Blob([]), { onProgress: (at) => progress.push(at.bytes) });
    expect(result).toEqual({ md5: "d41d8cd98f00b204e9800998ecf8427e", size: 0, thread: "calling" });
    expect(progress).toEqual([0]);
  });

  it("stops when aborted before, in between, and while a source hangs", async () => {
    expect(await codeOf(hashFirmware(bytes, { signal: AbortSignal.abort() }))).toBe("aborted");

    const between = new AbortController();
    const hashing = hashFirmware(bytes, { signal: between.signal, onProgress: () => between.abort() });
    expect(await codeOf(hashing)).toBe("aborted");

    const hung = new AbortController();
    async function* hangs() {
      yield bytes;
      hung.abort();
      await new Promise(() => undefined);
    }
    expect(await codeOf(hashFirmware(hangs(), { signal: hung.signal }))).toBe("aborted");
  });

  it("closes a source that is left early", async () => {
    const control = new AbortController();
    const file = createReadStream(join(folder, "firmware.bin"), { highWaterMark: 1000 });
    const closed = new Promise<void>((resolve) => file.once("close", resolve));
    expect(await codeOf(hashFirmware(file, { signal: control.signal, onProgress: () => control.abort() }))).toBe(
      "aborted",
    );
    await closed;

    let cancelled: (() => void) | undefined;
    const cancelling = new Promise<void>((resolve) => {
      cancelled = resolve;
    });
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(image(10)),
      cancel: () => cancelled?.(),
    });
    const progress = () => {
      throw new Error("the caller's own");
    };
    await expect(hashFirmware(stream, { onProgress: progress })).rejects.toThrow("the caller's own");
    await cancelling;
  });

  it("passes on what a source throws, and refuses what is not bytes", async () => {
    async function* fails() {
      yield bytes;
      throw new Error("disk gone");
    }
    await expect(hashFirmware(fails())).rejects.toThrow("disk gone");
    const text = Reflect.apply(hashFirmware, undefined, [Readable.from(["text"])]);
    expect(await codeOf(text)).toBe("invalid-argument");
    const nothing = await Reflect.apply(safeHashFirmware, undefined, [undefined]);
    expect(nothing).toMatchObject({ ok: false, error: { code: "invalid-argument" } });
  });

  it("keeps memory bounded", async () => {
    const block = image(1 << 20);
    async function* many() {
      for (let i = 0; i < 256; i++) yield block;
    }
    const before = process.memoryUsage();
    const { size } = await hashFirmware(many());
    const after = process.memoryUsage();
    expect(size).toBe(256 << 20);
    expect(after.rss - before.rss).toBeLessThan(64 << 20);
  });
});
