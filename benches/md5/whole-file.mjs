// Files on disk in a page of Chromium, picked as a user picks them: reading, hashing, and what the page notices of it.
import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";
import { dist } from "../../scripts/lib/paths.mjs";
import { find } from "../../scripts/lib/system-packages.mjs";
import { folderSizes, makeFolder, mebibyte, median } from "./files.mjs";

const page =
  '<!doctype html><link rel="icon" href="data:,"><input id="one" type="file"><input id="many" type="file" multiple>';
const types = { ".js": "text/javascript", ".wasm": "application/wasm" };

/** Reads a File and does nothing with it, in ways that a page has. */
const reader = `
const ways = {
  slices: async (file, size, ahead) => {
    const reading = [];
    for (let at = 0; at < file.size || reading.length > 0; ) {
      while (at < file.size && reading.length < ahead) {
        reading.push(file.slice(at, at + size).arrayBuffer());
        at += size;
      }
      await reading.shift();
    }
  },
  sync: async (file, size) => {
    const reader = new FileReaderSync();
    for (let at = 0; at < file.size; at += size) reader.readAsArrayBuffer(file.slice(at, at + size));
  },
  stream: async (file) => {
    const reader = file.stream().getReader();
    while (!(await reader.read()).done);
  },
  buffer: async (file, size) => {
    const reader = file.stream().getReader({ mode: "byob" });
    let buffer = new ArrayBuffer(size);
    while (true) {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      if (done) return;
      buffer = value.buffer;
    }
  },
};
onmessage = async ({ data: { file, way, size, ahead } }) => {
  const started = performance.now();
  await ways[way](file, size, ahead);
  postMessage(performance.now() - started);
};`;

/** Reads in one worker and hashes in another: buffers go to and fro between them. */
const relay = `
onmessage = ({ data: { file, size, ahead }, ports: [port] }) => {
  const reader = file.stream().getReader({ mode: "byob" });
  const read = async (buffer) => {
    const { done, value } = await reader.read(new Uint8Array(buffer));
    port.postMessage(value, [value.buffer]);
    if (done) port.close();
  };
  port.onmessage = ({ data }) => read(data.buffer);
  for (let i = 0; i < ahead; i++) read(new ArrayBuffer(size));
};`;
const relayed = `
import { createMd5 } from "/index.js";
onmessage = ({ data: { size }, ports: [port] }) => {
  const md5 = createMd5();
  let left = size;
  port.onmessage = ({ data }) => {
    md5.update(data);
    left -= data.length;
    if (left === 0) postMessage(md5.digest());
    else port.postMessage(data, [data.buffer]);
  };
};
postMessage("ready");`;

const readings = {
  "slices of 1 MiB, three at a time": { way: "slices", size: mebibyte, ahead: 3 },
  "slices of 4 MiB, three at a time": { way: "slices", size: 4 * mebibyte, ahead: 3 },
  "slices of 16 MiB, four at a time": { way: "slices", size: 16 * mebibyte, ahead: 4 },
  "FileReaderSync, 4 MiB": { way: "sync", size: 4 * mebibyte },
  "FileReaderSync, 64 MiB": { way: "sync", size: 64 * mebibyte },
  stream: { way: "stream" },
  "stream into a buffer of 1 MiB": { way: "buffer", size: mebibyte },
};

const scripts = { "/reader.js": reader, "/relay.js": relay, "/relayed.js": relayed };

export async function wholeFiles() {
  const server = createServer((request, response) => {
    if (request.url === "/") return response.setHeader("content-type", "text/html").end(page);
    response.setHeader("content-type", types[extname(request.url)] ?? "text/plain");
    if (request.url in scripts) return response.end(scripts[request.url]);
    createReadStream(join(dist, request.url)).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const browser = await chromium.launch({
    executablePath: find("chromium"),
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  });
  const { make, remove } = makeFolder();
  try {
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${server.address().port}/`);
    const session = await browser.newBrowserCDPSession();
    const devtools = await tab.context().newCDPSession(tab);
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    /** Memory of the pages' processes that is not a file's. */
    const memory = async (collect) => {
      if (collect) await devtools.send("HeapProfiler.collectGarbage");
      const pids = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
      const own = (pid) => Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
      return pids.reduce((sum, pid) => sum + own(pid), 0) / 1024;
    };

    const size = 1024 * mebibyte;
    const path = make("one.bin", size);
    const expected = createHash("md5");
    for await (const chunk of createReadStream(path, { highWaterMark: mebibyte })) expected.update(chunk);
    const md5 = expected.digest("hex");
    await tab.setInputFiles("#one", path);

    const raw = {};
    for (const [name, options] of Object.entries(readings)) {
      const ms = await tab.evaluate(
        (options) =>
          new Promise((resolve, reject) => {
            const worker = new Worker("/reader.js");
            worker.onerror = ({ message }) => reject(new Error(message));
            worker.onmessage = ({ data }) => {
              worker.terminate();
              resolve(data);
            };
            worker.postMessage({ file: document.querySelector("#one").files[0], ...options });
          }),
        options,
      );
      raw[name] = size / 1000 / ms;
    }

    const turns = await tab.evaluate(async (expected) => {
      const { createMd5, hashFirmware } = await import("/index.js");
      const chunk = new Uint8Array(1 << 20);
      const inMemory = () => {
        const started = performance.now();
        const state = createMd5();
        for (let i = 0; i < 64; i++) state.update(chunk);
        state.digest();
        return (64 * chunk.length) / 1000 / (performance.now() - started);
      };
      // Engines compile what is hot in the background.
      for (let round = 0; round < 8; round++) inMemory();
      const [file] = document.querySelector("#one").files;
      const relayed = () =>
        new Promise((resolve, reject) => {
          const hashing = new Worker("/relayed.js", { type: "module" });
          const reading = new Worker("/relay.js");
          for (const worker of [hashing, reading]) worker.onerror = ({ message }) => reject(new Error(message));
          const started = performance.now();
          hashing.onmessage = ({ data }) => {
            if (data === "ready") {
              const { port1, port2 } = new MessageChannel();
              hashing.postMessage({ size: file.size }, [port1]);
              reading.postMessage({ file, size: chunk.length, ahead: 4 }, [port2]);
              return;
            }
            for (const worker of [hashing, reading]) worker.terminate();
            if (data === expected) resolve(file.size / 1000 / (performance.now() - started));
            else reject(new Error("the digest is wrong"));
          };
        });
      const kernel = [];
      const twoWorkers = [];
      const whole = [];
      for (let round = 0; round < 7; round++) {
        kernel.push(inMemory());
        const started = performance.now();
        const { md5 } = await hashFirmware(file);
        whole.push(file.size / 1000 / (performance.now() - started));
        if (md5 !== expected) throw new Error("the digest is wrong");
        twoWorkers.push(await relayed());
      }
      return { kernel, whole, twoWorkers };
    }, md5);

    const before = await memory(true);
    let most = before;
    const watching = setInterval(() => memory(false).then((now) => (most = Math.max(most, now))), 100);
    const one = await tab.evaluate(async (expected) => {
      const { hashFirmware } = await import("/index.js");
      const [file] = document.querySelector("#one").files;
      const longTasks = [];
      new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
        type: "longtask",
      });
      let slowest = 0;
      let steady = true;
      for (let round = 0; round < 3; round++) {
        let at = performance.now();
        let bytes = 0;
        const result = await hashFirmware(file, {
          onProgress: (progress) => {
            slowest = Math.max(slowest, performance.now() - at);
            at = performance.now();
            steady &&= progress.bytes > bytes;
            bytes = progress.bytes;
          },
        });
        if (result.md5 !== expected || result.thread !== "worker") throw new Error("the digest is wrong");
        steady &&= bytes === file.size;
      }
      const aborts = [];
      for (let round = 0; round < 10; round++) {
        const control = new AbortController();
        let since = 0;
        const onProgress = () => {
          since ||= performance.now();
          control.abort();
        };
        await hashFirmware(file, { signal: control.signal, onProgress }).catch(() => undefined);
        aborts.push(performance.now() - since);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { slowest, steady, longTasks, abort: Math.max(...aborts) };
    }, md5);
    clearInterval(watching);
    const after = await memory(true);

    const paths = folderSizes.map((bytes, i) => make(`${i}.bin`, bytes));
    const digests = paths.map((path) => createHash("md5").update(readFileSync(path)).digest("hex"));
    await tab.setInputFiles("#many", paths);
    const many = await tab.evaluate(async (digests) => {
      const { hashFirmware, hashFirmwares } = await import("/index.js");
      const files = [...document.querySelector("#many").files];
      const bytes = files.reduce((sum, { size }) => sum + size, 0);
      const rate = async (run) => {
        const started = performance.now();
        const results = await run();
        const took = performance.now() - started;
        if (results.map(({ md5 }) => md5).join() !== digests.join()) throw new Error("a digest is wrong");
        return bytes / 1000 / took;
      };
      const oneByOne = async () => {
        const results = [];
        for (const file of files) results.push(await hashFirmware(file));
        return results;
      };
      const runs = { single: [], one: [], two: [] };
      for (let round = 0; round < 3; round++) {
        runs.single.push(await rate(oneByOne));
        runs.one.push(await rate(() => hashFirmwares(files, { workers: 1 })));
        runs.two.push(await rate(() => hashFirmwares(files, { workers: 2 })));
      }
      return runs;
    }, digests);

    return {
      runtime: `Chromium ${browser.version().split(".")[0]}`,
      raw,
      ...turns,
      slowestReport: one.slowest,
      steady: one.steady,
      longTasks: one.longTasks,
      abort: one.abort,
      memory: { before, growth: after - before, most: most - before },
      many: Object.fromEntries(Object.entries(many).map(([name, rates]) => [name, median(rates)])),
    };
  } finally {
    await browser.close();
    server.close();
    remove();
  }
}
