import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const entries = [
  "",
  "/slim",
  "/slim/firmware",
  "/slim/schema",
  "/slim/tracker",
  "/client",
  "/simulator",
  "/schema",
  "/node",
].map((name) => `wudun-ota${name}`);

/** Tells what is asked of `WebAssembly` while the entries are loaded, and then by two first calls. */
const ask = (load: string) => `
  const asked = [];
  for (const name of ["Module", "Instance", "compile", "instantiate"]) {
    const note = (call) => (...args) => { asked.push(name); return call(...args); };
    WebAssembly[name] = new Proxy(WebAssembly[name], { construct: note(Reflect.construct), apply: note(Reflect.apply) });
  }
  const [{ md5 }] = ${load};
  const atImport = asked.splice(0);
  const digests = [md5(new Uint8Array()), md5(new Uint8Array())];
  console.log(JSON.stringify({ atImport, asked, digests }));
`;
const list = JSON.stringify(entries);

const run = promisify(execFile);
const cwd = fileURLToPath(new URL("..", import.meta.url));

test.each([
  ["module", `await Promise.all(${list}.map((entry) => import(entry)))`],
  ["commonjs", `${list}.map((entry) => require(entry))`],
])("importing compiles nothing, the first call does, once: %s", async (type, load) => {
  const { stdout } = await run(process.execPath, [`--input-type=${type}`, "--eval", `(async () => {${ask(load)}})()`], {
    cwd,
  });
  const empty = "d41d8cd98f00b204e9800998ecf8427e";
  // of what unpacks the core, and of the core
  const asked = ["Module", "Instance", "Module", "Instance"];
  expect(JSON.parse(stdout)).toEqual({ atImport: [], asked, digests: [empty, empty] });
});

test("where there is no SIMD, every way in says which engines have it", async () => {
  const script = `
    import { readFile } from "node:fs/promises";
    import { createTracker, hashFirmware, md5, ready } from "wudun-ota";
    import { hashFile } from "wudun-ota/node";
    import { init } from "wudun-ota/slim";
    const wasm = () => readFile(new URL(import.meta.resolve("wudun-ota/core.wasm")));
    const ways = [
      () => md5(new Uint8Array()), ready, () => hashFirmware(new Uint8Array(1)), () => hashFile("package.json"),
      () => createTracker({ sendTimeoutMs: 1, firstResultTimeoutMs: 1, finalResultTimeoutMs: 1 }),
      async () => init(await wasm()),
    ];
    const told = [];
    for (const way of ways) told.push(await (async () => way())().catch(({ code, text }) => ({ code, text })));
    console.log(JSON.stringify(told));
  `;
  // V8 does without SIMD where the processor lacks these instructions.
  const { stdout } = await run(process.execPath, ["--no-enable-sse4-1", "--input-type=module", "--eval", script], {
    cwd,
  });
  const text = {
    en: "wudun-ota needs WebAssembly with SIMD, compiled synchronously: Chrome 115, Firefox 97, Safari 16.4, Node 20 or later",
    zh: "wudun-ota 需要支持 SIMD 且可同步编译的 WebAssembly：Chrome 115、Firefox 97、Safari 16.4、Node 20 或更高版本",
  };
  for (const readme of ["README.md", "README.zh-CN.md"]) {
    const page = await readFile(join(cwd, "..", readme), "utf8");
    const rows = page.matchAll(/^\| (Chrome|Firefox|Safari|Node)[^|]*\| ([\d.]+) \|/gm);
    expect(text.en, readme).toContain([...rows].map(([, engine, version]) => `${engine} ${version}`).join(", "));
  }
  expect(JSON.parse(stdout)).toEqual(Array.from({ length: 6 }, () => ({ code: "engine-too-old", text })));
});
