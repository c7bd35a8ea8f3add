import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type Packed, type Project, pack, project } from "../support/packed.js";
import { resultOfFolder, resultOfPage } from "../support/page.js";
import { EXPECTED, PAGE } from "./expected.js";
import { bundleForWorkerd, runInWorkerd, WORKERD } from "./workerd.js";

const read = (path: string) => readFile(fileURLToPath(new URL(path, import.meta.url)), "utf8");

/** The recipe below a heading of docs/slim.md. */
async function recipe(heading: string): Promise<string> {
  const sections = (await read("../../docs/slim.md")).split(/^## /m);
  const section = sections.find((text) => text.startsWith(`${heading}\n`)) ?? "";
  const [, code] = /^```js\n(.*?)^```$/ms.exec(section) ?? [];
  if (code === undefined) throw new Error(`docs/slim.md has no recipe for ${heading}`);
  return code;
}

interface Builder {
  packages: string[];
  manifest?: object;
  files?: Record<string, string>;
  /** Builds `main.js` into `dist`. */
  build(site: Project): Promise<unknown>;
}
const copyCore = (site: Project) =>
  cp(join(site.folder, "node_modules/wudun-ota/dist/core.wasm"), join(site.folder, "dist/core.wasm"));

const BUILDERS: [heading: string, name: string, builder: Builder][] = [
  [
    "Vite",
    "Vite",
    { packages: ["vite@8.3.8"], build: (site) => site.bin("vite", ["build", "--logLevel", "error", "--base", "./"]) },
  ],
  [
    "webpack, Rspack",
    "webpack",
    {
      packages: ["webpack@5.112.2", "webpack-cli@7.3.1"],
      build: (site) => site.bin("webpack", ["--mode", "production", "--entry", "./main.js"]),
    },
  ],
  [
    "webpack, Rspack",
    "Rspack",
    {
      packages: ["@rspack/core@2.3.2", "@rspack/cli@2.2.8"],
      build: (site) => site.bin("rspack", ["build", "--mode", "production", "--entry", "./main.js"]),
    },
  ],
  [
    "Parcel",
    "Parcel",
    {
      packages: ["parcel@2.16.4"],
      manifest: { "@parcel/resolver-default": { packageExports: true } },
      build: (site) => site.bin("parcel", ["build", "index.html", "--no-cache", "--public-url", "./"]),
    },
  ],
  [
    "esbuild",
    "esbuild",
    {
      packages: ["esbuild@0.28.2"],
      build: (site) =>
        site.bin("esbuild", ["main.js", "--bundle", "--format=esm", "--outdir=dist", "--loader:.wasm=file"]),
    },
  ],
  [
    "Rollup, or no bundler",
    "Rollup",
    {
      packages: ["rollup@4.68.5", "@rollup/plugin-node-resolve@16.0.3"],
      async build(site) {
        await site.bin("rollup", ["main.js", "-p", "node-resolve", "-f", "es", "-d", "dist", "--silent"]);
        await copyCore(site);
      },
    },
  ],
];

const MAIN = 'import { loaded } from "./load.js";\nimport { use } from "./portal.js";\n';

let packed: Packed;
let portal: string;
beforeAll(async () => {
  packed = await pack();
  portal = (await read("fixture/portal.mjs")).replace(
    'import { decode, hashFirmware, OtaError } from "wudun-ota";',
    'import { decode, OtaError } from "wudun-ota/slim";\nimport { hashFirmware } from "wudun-ota/slim/firmware";',
  );
});
afterAll(() => packed?.remove());

async function siteOf(
  heading: string,
  { packages = [], manifest = {}, files = {} }: Partial<Builder> = {},
): Promise<Project> {
  const about = { name: "portal", version: "1.0.0", private: true, type: "module", browserslist: ["chrome >= 120"] };
  const site = await project(packed, {
    packages,
    files: {
      "package.json": JSON.stringify({ ...about, ...manifest }),
      "load.js": await recipe(heading),
      "portal.js": portal,
      "main.js": `${MAIN}globalThis.result = loaded.then(use);\n`,
      "index.html": PAGE["index.html"],
      ...files,
    },
  });
  onTestFinished(() => site.remove());
  return site;
}

test.each(BUILDERS)("%s: %s", async (heading, _, builder) => {
  const site = await siteOf(heading, builder);
  await builder.build(site);
  const dist = join(site.folder, "dist");
  await mkdir(dist, { recursive: true });
  // those that build pages have written one
  await writeFile(join(dist, "index.html"), PAGE["index.html"], { flag: "wx" }).catch(() => undefined);
  expect(await resultOfFolder(dist)).toMatchObject(EXPECTED);
});

test("Node", async () => {
  const site = await siteOf("Node");
  await writeFile(join(site.folder, "main.js"), `${MAIN}console.log(JSON.stringify(await loaded.then(use)));\n`);
  expect(JSON.parse(await site.run(process.execPath, ["main.js"]))).toMatchObject(EXPECTED);
});

test("Next.js", async () => {
  const site = await siteOf("Next.js", {
    packages: ["next@16.4.6", "react@19.3.1", "react-dom@19.3.1"],
    files: {
      "app/layout.js": `export default function Layout({ children }) {
          return <html lang="en"><body>{children}</body></html>;
        }`,
      "app/page.js": `"use client";
        import { useEffect } from "react";
        import { loaded } from "../load.js";
        import { use } from "../portal.js";
        export default function Page() {
          useEffect(() => {
            globalThis.result = Promise.resolve(loaded).then(use);
          });
        }`,
    },
  });
  await site.bin("next", ["build"], { NEXT_TELEMETRY_DISABLED: "1" });
  const server = site.start(process.execPath, ["node_modules/next/dist/bin/next", "start", "-p", "0"], /Local:/);
  onTestFinished(() => server.stop());
  const [address = ""] = /http:\S+/.exec(await server.line) ?? [];
  expect(await resultOfPage(address)).toMatchObject({ ...EXPECTED, thread: "worker" });
});

test("Cloudflare's workers", async () => {
  const worker = `export default { async test() { console.log("RESULT " + JSON.stringify(await loaded.then(use))); } };`;
  const site = await siteOf("Cloudflare's workers", {
    packages: [WORKERD],
    files: { "main.js": `${MAIN}${worker}\n` },
  });
  expect(await runInWorkerd(site, await bundleForWorkerd(site, "main.js"))).toMatchObject(EXPECTED);
});

test("every recipe is tested", async () => {
  const headings = [...(await read("../../docs/slim.md")).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  const others = ["Node", "Next.js", "Cloudflare's workers"];
  expect(headings.sort()).toEqual([...new Set(BUILDERS.map(([heading]) => heading)), ...others].sort());
});
