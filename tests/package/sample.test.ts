import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Packed, type Project, pack, project } from "../support/packed.js";
import { resultOfFolder } from "../support/page.js";
import { EXPECTED, PAGE } from "./expected.js";

const require = createRequire(import.meta.url);
const tsc = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
const vite = join(require.resolve("vite/package.json"), "..", "bin", "vite.js");

let packed: Packed;
let site: Project;
beforeAll(async () => {
  packed = await pack();
  const { version } = require("@types/node/package.json");
  site = await project(packed, { files: PAGE, packages: [`@types/node@${version}`] });
}, 120_000);
afterAll(async () => {
  await site?.remove();
  await packed?.remove();
});

const node = (...args: string[]) => site.run(process.execPath, args);

interface Listing {
  files: { path: string }[];
}

/** All that is published. Numbers, and hashes in names, stand for themselves. */
const PUBLISHED = [
  "package.json",
  /^(README|README\.zh-CN|CHANGELOG)\.md$/,
  /^LICENSE-(MIT|APACHE)$/,
  // what the READMEs link to
  /^docs\/[a-z0-9-]+\.(md|png|svg)$/,
  // what TypeScript says below its floor
  "needs-typescript-4.7.d.ts",
  "dist/core.wasm",
  // the entries, the files that they share, and what runs by itself
  /^dist\/(cjs\/|workerd\/)?(index|client|schema|simulator)\.js$/,
  /^dist\/(cjs\/)?(slim(-(firmware|schema|tracker))?|node)\.js$/,
  /^dist\/(cli|firmware-worker)\.js$/,
  "dist/hash-thread.cjs",
  /^dist\/(cjs\/)?(chunk|slim)-[A-Z0-9]{8}\.js$/,
  /^dist\/cli-[A-Z0-9]{8}\.js$/,
  /^dist\/workerd\/chunk-[A-Z0-9]{8}\.js$/,
  "dist/cjs/package.json",
  // declarations, for either kind of module
  /^dist\/(cjs\/)?((index|slim)|(client|core|firmware|generated|node|schema|simulator)\/[a-z0-9.-]+)\.d\.ts$/,
  /^dist\/console\/(index\.html|icon\.svg|assets\/(index|firmware-worker)-[\w-]+\.(js|css))$/,
];

test("what is published is what users need, and runs nothing when it is installed", async () => {
  const isOf = (path: string) => (pattern: string | RegExp) =>
    typeof pattern === "string" ? pattern === path : pattern.test(path);
  const paths = [...packed.contents.keys()];
  expect(paths.filter((path) => !PUBLISHED.some(isOf(path)))).toEqual([]);
  expect(PUBLISHED.filter((pattern) => !paths.some((path) => isOf(path)(pattern)))).toEqual([]);
  // nothing that `npm publish` would leave out or add
  const published = await site.run("npm", ["publish", "--dry-run", "--json", packed.file]);
  const report: { "wudun-ota"?: Listing } & Listing = JSON.parse(published);
  const { files } = report["wudun-ota"] ?? report; // npm 11 puts it under the name
  expect(files.map(({ path }) => path).sort()).toEqual(paths.sort());
  const manifest: Record<string, unknown> = JSON.parse(
    await readFile(join(site.folder, "node_modules", "wudun-ota", "package.json"), "utf8"),
  );
  expect(manifest.scripts).toBeUndefined();
});

test("what its pages link to is in it", async () => {
  const pages = [...packed.contents.keys()].filter((path) => path.endsWith(".md"));
  const dead: string[] = [];
  for (const page of pages) {
    const text = await readFile(join(site.folder, "node_modules", "wudun-ota", page), "utf8");
    for (const [, link = ""] of text.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)) {
      if (!packed.contents.has(join(dirname(page), link))) dead.push(`${page}: ${link}`);
    }
  }
  expect(pages.length).toBeGreaterThan(5);
  expect(dead).toEqual([]);
});

describe("Node", () => {
  const show = "use().then((result) => console.log(JSON.stringify(result)))";

  test("by import", async () => {
    const out = await node("--input-type=module", "-e", `import { use } from "./portal.mjs"; ${show}`);
    expect(JSON.parse(out)).toMatchObject(EXPECTED);
  });

  test("by require", async () => {
    const out = await node("-e", `const { use } = require("./portal.cjs"); ${show}`);
    expect(JSON.parse(out)).toMatchObject(EXPECTED);
  });

  test.each(["mjs", "cjs"])("in a worker thread: %s", async (kind) => {
    const load = kind === "mjs" ? 'await import("./portal.mjs")' : 'require("./portal.cjs")';
    await writeFile(
      join(site.folder, `thread-${kind}.cjs`),
      `const { parentPort } = require("node:worker_threads");
       (async () => { const { use } = ${load}; parentPort.postMessage(await use()); })();`,
    );
    const out = await node(
      "-e",
      `new (require("node:worker_threads").Worker)("./thread-${kind}.cjs").once("message", (m) => console.log(JSON.stringify(m)));`,
    );
    expect(JSON.parse(out)).toMatchObject(EXPECTED);
  });

  test("every entry, by import and by require, gives the same names", async () => {
    const out = await node(
      "--input-type=module",
      "-e",
      `import { createRequire } from "node:module";
       const require = createRequire(import.meta.url);
       const names = (module) => Object.keys(module).filter((name) => name !== "default" && name !== "module.exports").sort();
       for (const entry of ["", "/slim", "/slim/firmware", "/slim/schema", "/slim/tracker", "/client", "/simulator", "/schema", "/node"]) {
         const one = names(await import("wudun-ota" + entry)), other = names(require("wudun-ota" + entry));
         console.log(entry, one.length > 0 && JSON.stringify(one) === JSON.stringify(other));
       }`,
    );
    expect(out).toBe(
      " true\n/slim true\n/slim/firmware true\n/slim/schema true\n/slim/tracker true\n/client true\n/simulator true\n/schema true\n/node true\n",
    );
  });

  test("several files are hashed in threads, by require as well", async () => {
    await writeFile(join(site.folder, "image.bin"), "firmware ".repeat(300_000));
    const out = await node(
      "-e",
      `require("wudun-ota/node").hashFiles(["image.bin", "image.bin"], { workers: 1 }).then((all) => console.log(JSON.stringify(all)));`,
    );
    const { md5, size } = EXPECTED;
    const hashed = { ok: true, md5, size, thread: "worker" };
    expect(JSON.parse(out)).toMatchObject([hashed, hashed]);
  });

  test("the command line is there", async () => {
    expect(await site.bin("wudun-ota", ["md5", "portal.mjs"])).toMatch(/^[0-9a-f]{32} {2}portal\.mjs\n$/);
  });

  test("two copies recognise each other's errors, in either kind of module", async () => {
    const out = await node(
      "--input-type=module",
      "-e",
      `import { createRequire } from "node:module";
       import { OtaError, decode } from "wudun-ota";
       const other = createRequire(import.meta.url)("wudun-ota");
       const thrown = (run) => { try { run(); } catch (error) { return error; } };
       console.log(OtaError === other.OtaError, OtaError.is(thrown(() => other.decode("{"))), other.OtaError.is(thrown(() => decode("{"))));`,
    );
    expect(out).toBe("false true true\n");
  });

  test("after a trap the next call works, on a fresh instance, and a tracker is restored from its journal", async () => {
    // memory that cannot grow traps, and so does the instance from then on
    const out = await node(
      "--input-type=module",
      "-e",
      `const instances = [];
       const Instance = WebAssembly.Instance;
       WebAssembly.Instance = class extends Instance { constructor(...args) { super(...args); instances.push(this); } };
       const { buildCommand, decode, OtaError, createTracker, md5 } = await import("wudun-ota");
       const { replayJournal, takeSnapshot } = await import("wudun-ota/client");
       const codeOf = (run) => { try { return run(); } catch (error) { return OtaError.is(error) ? error.code : String(error); } };
       const bytes = new Uint8Array(1 << 20);
       const before = md5(bytes);
       const { message } = buildCommand({ device: "b", source: "ems_II", downloadUrl: "https://fw.example/a.bin", md5: before });
       const opened = createTracker();
       opened.open({ topic: "v1/wudun/a/b/ota/upgrade/command", command: message }, 1);
       const entries = [...(await takeSnapshot(opened, undefined, [], 1)), { t: "sent", now: 2, id: message.mid }];
       const { tracker } = replayJournal(entries);
       const attempt = JSON.stringify(tracker.attempt(message.mid));
       for (const { exports: { memory } } of instances) memory.grow(65536 - memory.buffer.byteLength / 65536);
       const payload = '{"a":"' + "x".repeat(15 << 20) + '"}';
       console.log(codeOf(() => decode(payload, { maxBytes: 16 << 20, kind: "result" })), md5(bytes) === before);
       console.log(codeOf(() => { for (;;) tracker.ingest("v1/wudun/a/b/ota/upgrade/result", payload, { now: 1 }); }));
       console.log(codeOf(() => tracker.counts()), createTracker().counts().total);
       const restored = replayJournal(entries).tracker.attempt(message.mid);
       console.log(restored.state, JSON.stringify(restored) === attempt);`,
    );
    expect(out).toBe("core-trapped true\ncore-trapped\ncore-trapped 0\nsent true\n");
  });
});

describe("TypeScript", () => {
  test.each([
    ["node16", "node16", "typed.ts"],
    ["node16", "node16", "typed.mts"],
    ["nodenext", "nodenext", "typed.ts"],
    ["esnext", "bundler", "typed.ts"],
  ])("module %s, resolution %s: %s", async (module, resolution, file) => {
    await writeFile(join(site.folder, "typed.mts"), await readFile(join(site.folder, "typed.ts")));
    const flags = ["--strict", "--noEmit", "--target", "es2022", "--lib", "es2023,dom", "--types", "node"];
    await node(tsc, ...flags, "--module", module, "--moduleResolution", resolution, file);
  });
});

describe("bundles", () => {
  test("esbuild", async () => {
    const outfile = join(site.folder, "esbuild", "main.js");
    const entry = join(site.folder, "main.js");
    await build({ entryPoints: [entry], bundle: true, format: "esm", outfile, logLevel: "silent" });
    await writeFile(join(site.folder, "esbuild", "index.html"), PAGE["index.html"]);
    expect(await resultOfFolder(join(site.folder, "esbuild"))).toMatchObject(EXPECTED);
  });

  test("a service worker does the same work", async () => {
    const folder = join(site.folder, "service-worker");
    await build({
      stdin: {
        contents: `import { use } from "./portal.mjs";
          addEventListener("message", (event) => event.waitUntil(use().then((result) => event.source.postMessage(result))));`,
        resolveDir: site.folder,
      },
      bundle: true,
      format: "esm",
      outfile: join(folder, "sw.js"),
      logLevel: "silent",
    });
    await writeFile(
      join(folder, "main.js"),
      `globalThis.result = (async () => {
        const answer = new Promise((resolve) => navigator.serviceWorker.addEventListener("message", resolve));
        await navigator.serviceWorker.register("./sw.js", { type: "module" });
        navigator.serviceWorker.startMessages();
        (await navigator.serviceWorker.ready).active.postMessage("do");
        return (await answer).data;
      })();`,
    );
    await writeFile(join(folder, "index.html"), PAGE["index.html"]);
    // a service worker starts no worker of its own
    expect(await resultOfFolder(folder)).toMatchObject({ ...EXPECTED, thread: "calling" });
  });

  test("Vite builds, and hashes in a worker", async () => {
    await node(vite, "build", "--logLevel", "error", "--outDir", "vite");
    expect(await resultOfFolder(join(site.folder, "vite"))).toMatchObject({ ...EXPECTED, thread: "worker" });
  });

  test("only what is used: no MQTT, no command line, the WebAssembly once", async () => {
    const sizeOf = async (text: string) => {
      const { outputFiles, metafile } = await build({
        stdin: { contents: text, resolveDir: site.folder },
        bundle: true,
        minify: true,
        format: "esm",
        metafile: true,
        write: false,
        logLevel: "silent",
      });
      const packages = new Set(
        Object.keys(metafile.inputs).flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []),
      );
      const code = outputFiles.map(({ text }) => text).join("");
      const program = Object.keys(metafile.inputs).some((path) => /wudun-ota\/dist\/cli[.-]/.test(path));
      return { size: code.length, packages, program, wasm: code.split("AGFzbQ").length - 1 };
    };
    const statuses = await sizeOf('import { STATUSES } from "wudun-ota"; console.log(STATUSES);');
    expect(statuses.packages).toEqual(new Set(["wudun-ota"]));
    expect(statuses.wasm).toBe(0);
    expect(statuses.size).toBeLessThan(4_000);
    const all = await sizeOf(
      'import * as ota from "wudun-ota"; import * as client from "wudun-ota/client"; console.log(ota, client);',
    );
    expect(all.wasm).toBe(1);
    expect(all.program).toBe(false);
  });

  test("plain modules from a static server, no bundler", async () => {
    const folder = join(site.folder, "static");
    await mkdir(folder, { recursive: true });
    const { cp } = await import("node:fs/promises");
    await cp(join(site.folder, "node_modules", "wudun-ota", "dist"), join(folder, "ota"), { recursive: true });
    for (const name of ["main.js", "portal.mjs"]) await cp(join(site.folder, name), join(folder, name));
    const map = '<script type="importmap">{"imports":{"wudun-ota":"./ota/index.js"}}</script>';
    await writeFile(join(folder, "index.html"), PAGE["index.html"].replace("<script", `${map}<script`));
    expect(await resultOfFolder(folder)).toMatchObject({ ...EXPECTED, thread: "worker" });
  });
});
