// Times MD5 implementations in turns, so that a disturbance hits all of them. Runs in Node and in browsers.
import { createMD5 } from "hash-wasm";
import jsMd5 from "js-md5";
import SparkMd5 from "spark-md5";
import { createMd5, hashFirmware, hashFirmwares } from "wudun-ota";

/** Bytes of one sample: long enough for a coarse clock, short enough to fall between two disturbances. */
const sampleBytes = 4 << 20;
const chunkBytes = 1 << 20;
/** What streams of files and of the network deliver. */
const streamBytes = 1 << 16;
/** Larger than the processor's caches. */
const largeBytes = 64 << 20;
const fileCount = 16;
const fileBytes = 2 << 20;
const sampleRounds = 61;
const largeRounds = 7;

/** Bytes that repeat late, different from seed to seed. */
function image(length, seed) {
  const words = new Uint32Array(length / 4);
  let x = seed;
  for (let i = 0; i < words.length; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    words[i] = x;
  }
  return new Uint8Array(words.buffer);
}

const chunksOf = (bytes) =>
  Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, i) =>
    bytes.subarray(i * chunkBytes, (i + 1) * chunkBytes),
  );

/** `createHash` is that of node:crypto, where there is one. */
export async function measure({ runtime, createHash }) {
  const whole = image(sampleBytes, 1);
  const chunks = chunksOf(whole);
  const files = Array.from({ length: fileCount }, (_, i) => image(fileBytes, i + 2));
  const hashWasm = await createMD5();

  const one = (start, feed) => () => {
    const md5 = start();
    feed((bytes) => md5.update(bytes));
    return md5.digest("hex");
  };
  const inChunks = (update) => chunks.forEach(update);
  const arrived = new Uint8Array(streamBytes);
  /** Each chunk is written just before it is hashed; the writing counts for all of them. */
  const asTheyArrive = (update) => {
    for (let at = 0; at < whole.length; at += streamBytes) {
      arrived.set(whole.subarray(at, at + streamBytes));
      update(arrived);
    }
  };
  const large = image(largeBytes, fileCount + 2);
  const atOnce = (update) => update(large);
  const oneAfterTheOther = (start) => () => files.map((file) => start().update(file).digest("hex")).join();
  const ours = "wudun-ota, one stream";
  const native = "node:crypto";
  const manyName = `wudun-ota, ${fileCount} files in lanes`;
  const starts = {
    ...(createHash && { [native]: () => createHash("md5") }),
    [ours]: createMd5,
    "hash-wasm": () => hashWasm.init(),
    "js-md5": () => {
      const md5 = jsMd5.create();
      return { update: (bytes) => md5.update(bytes), digest: () => md5.hex() };
    },
    "spark-md5": () => {
      const md5 = new SparkMd5.ArrayBuffer();
      return { update: (bytes) => md5.append(bytes), digest: () => md5.end() };
    },
  };
  const allWith = (feed) => Object.fromEntries(Object.entries(starts).map(([name, start]) => [name, one(start, feed)]));
  const many = async () => {
    const results = await hashFirmwares(files);
    return results.map((result) => (result.ok ? result.md5 : result.error.code)).join();
  };
  const both = async () => {
    const { md5, sha256 } = await hashFirmware(whole, { sha256: true });
    return `${md5} ${sha256}`;
  };

  /** Groups of contestants with the same task; the first is what the others are compared with. */
  const groups = [
    { task: "One stream", bytes: whole.length, contestants: allWith(inChunks) },
    { task: "One stream in chunks of 64 KiB as they arrive", bytes: whole.length, contestants: allWith(asTheyArrive) },
    { task: "One stream, 64 MiB in memory", bytes: large.length, rounds: largeRounds, contestants: allWith(atOnce) },
    {
      task: `${fileCount} files on one thread`,
      bytes: fileBytes * fileCount,
      contestants: {
        [createHash ? `${native}, one after the other` : "wudun-ota, one after the other"]: oneAfterTheOther(
          createHash ? () => createHash("md5") : createMd5,
        ),
        [manyName]: many,
      },
    },
  ];
  if (createHash) {
    groups.push({
      task: "MD5 and SHA-256",
      bytes: whole.length,
      contestants: {
        "node:crypto, two passes": () =>
          `${one(() => createHash("md5"), inChunks)()} ${one(() => createHash("sha256"), inChunks)()}`,
        "wudun-ota, one pass": both,
      },
    });
  }

  const tables = [];
  for (const { task, bytes, rounds = sampleRounds, contestants } of groups) {
    const rates = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
    let expected;
    const sample = async (name, run) => {
      const started = performance.now();
      const digest = await run();
      const rate = bytes / 1000 / (performance.now() - started);
      expected ??= digest;
      if (digest !== expected) throw new Error(`${runtime}: ${name} is wrong: ${digest}`);
      return rate;
    };
    // Engines compile what is hot in the background.
    for (let warm = performance.now(); performance.now() - warm < 2000; ) {
      for (const [name, run] of Object.entries(contestants)) await sample(name, run);
    }
    for (let round = 0; round < rounds; round++) {
      for (const [name, run] of Object.entries(contestants)) rates[name].push(await sample(name, run));
    }
    // Others on the machine only ever slow a sample down: the best one tells what the code can do. How much the
    // samples differ is told beside it, by the ratios of those taken right after one another.
    const [first] = Object.values(rates);
    const best = Math.max(...first);
    tables.push({
      task,
      rows: Object.entries(rates).map(([name, own]) => {
        const ratios = own.map((rate, round) => rate / first[round]).sort((a, b) => a - b);
        const at = (part) => ratios[Math.floor((ratios.length - 1) * part)];
        const rate = Math.max(...own);
        return { name, rate, ratio: rate / best, low: at(0.25), high: at(0.75) };
      }),
    });
  }
  return { runtime, tables };
}
