import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { text as packedText } from "../../pkg/src/generated/packed.js";
import { type Packed, type Project, pack, project } from "../support/packed.js";

/** How WebAssembly begins, as base64: what unpacks the core; and a piece of the core, in the text that it is. */
const WASM = ["AGFzbQ", packedText.slice(100_000, 100_060)];
/** What no bundler shortens: a member of MQTT.js, a text of the command line. */
const MARKS = { mqtt: "_storeProcessingQueue", "wudun-ota": "one object a line" };

const BUNDLERS: Record<string, (entry: string, out: string) => [bin: string, args: string[]]> = {
  esbuild: (entry, out) => [
    "esbuild",
    [entry, "--bundle", "--minify", "--format=esm", `--outdir=${out}`, "--log-level=error"],
  ],
  Rollup: (entry, out) => [
    "rollup",
    [entry, "-p", "node-resolve={browser:true}", "-p", "terser", "-f", "es", "-d", out, "--silent"],
  ],
  webpack: (entry, out) => ["webpack", ["--mode", "production", "--entry", `./${entry}`, "-o", out]],
  Vite: (entry, out) => ["vite", ["build", "--logLevel", "error", "--outDir", out, "--config", `vite.${entry}`]],
};
const ENTRIES = {
  "statuses.mjs": 'import { STATUSES } from "wudun-ota"; console.log(STATUSES);',
  "topics.mjs": 'import { parseTopic, STATUSES } from "wudun-ota"; console.log(STATUSES, parseTopic(location.hash));',
  "all.mjs": `import * as ota from "wudun-ota"; import * as client from "wudun-ota/client";
    import * as simulator from "wudun-ota/simulator"; Object.assign(globalThis, { ota, client, simulator });`,
};

let packed: Packed;
let site: Project;
beforeAll(async () => {
  packed = await pack();
  const configs = Object.keys(ENTRIES).map((entry) => {
    const build = `{ rolldownOptions: { input: "${entry}" }, modulePreload: false }`;
    return [`vite.${entry}`, `export default { build: ${build} };`];
  });
  site = await project(packed, {
    packages: [
      "esbuild@0.28.2",
      "rollup@4.68.5",
      "@rollup/plugin-node-resolve@16.0.3",
      "@rollup/plugin-terser@1.0.2",
      "webpack@5.112.2",
      "webpack-cli@7.3.1",
      "vite@8.3.8",
    ],
    files: { ...ENTRIES, ...Object.fromEntries(configs) },
  });
});
afterAll(async () => {
  await site?.remove();
  await packed?.remove();
});

/** What a bundler makes of an entry: the text of all its files, and of what a page loads. */
async function bundled(bundler: string, entry: string): Promise<{ text: string; loaded: string }> {
  const out = `${bundler}-${entry}`;
  const [bin, args] = BUNDLERS[bundler]?.(entry, out) ?? ["", []];
  await site.bin(bin, args);
  const files = (await readdir(join(site.folder, out), { recursive: true })).filter((name) => name.endsWith(".js"));
  const textOf = async (names: string[]) =>
    (await Promise.all(names.map((name) => readFile(join(site.folder, out, name), "utf8")))).join("\n");
  // webpack and Vite write the worker's file even where nothing is left that starts it
  return {
    text: await textOf(files),
    loaded: await textOf(files.filter((name) => !name.includes("worker") && !/^\d+\./.test(name))),
  };
}
/** The most that there is of either. */
const copies = (text: string) => Math.max(...WASM.map((mark) => text.split(mark).length - 1));

describe.each(Object.keys(BUNDLERS))("%s", (bundler) => {
  test("STATUSES alone: neither WebAssembly nor MQTT", async () => {
    const { text, loaded } = await bundled(bundler, "statuses.mjs");
    expect(loaded).toContain("rollback_failed");
    expect(loaded.length).toBeLessThan(4_000);
    expect(copies(text)).toBe(0);
    for (const mark of Object.values(MARKS)) expect(text).not.toContain(mark);
  });

  test("topics: the WebAssembly once, and no MQTT", async () => {
    const { text } = await bundled(bundler, "topics.mjs");
    expect(copies(text)).toBe(1);
    for (const mark of Object.values(MARKS)) expect(text).not.toContain(mark);
  });

  test("all entries: one copy for pages and workers, and nothing of the command line", async () => {
    const { text } = await bundled(bundler, "all.mjs");
    expect(copies(text)).toBe(1);
    expect(text).toContain(MARKS.mqtt);
    expect(text).not.toContain(MARKS["wudun-ota"]);
  });
});

test("the marks are those of the packages", async () => {
  for (const [name, mark] of Object.entries(MARKS)) {
    const place = join(site.folder, "node_modules", name);
    const files = (await readdir(place, { recursive: true })).map((file) => join(place, file));
    const texts = await Promise.all(
      files.filter((file) => /\.[cm]?js$/.test(file)).map((file) => readFile(file, "utf8")),
    );
    expect(
      texts.some((text) => text.includes(mark)),
      name,
    ).toBe(true);
  }
});
