import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Packed, type Project, pack, project } from "../support/packed.js";
import { resultOfFolder, resultOfPage } from "../support/page.js";
import { EXPECTED, PAGE } from "./expected.js";

const PACKAGES = [
  "webpack@5.112.2",
  "webpack-cli@7.3.1",
  "rollup@4.68.5",
  "@rollup/plugin-node-resolve@16.0.3",
  "@rspack/core@2.3.2",
  "@rspack/cli@2.2.8",
  "parcel@2.16.4",
  "vite@8.3.8",
  "esbuild@0.28.2",
  "vitest@4.1.12",
  "jest@30.5.2",
  "jest-environment-jsdom@30.5.2",
];
/** For Jest and Vitest. A Buffer there may be of another realm than the test. */
const RUNNER_TEST = `
  test("the package does its work", async () => {
    expect(await use()).toMatchObject(${JSON.stringify(EXPECTED)});
    expect(md5(Buffer.from("firmware"))).toBe(${JSON.stringify(createHash("md5").update("firmware").digest("hex"))});
  });`;

let packed: Packed;
let site: Project;
beforeAll(async () => {
  packed = await pack();
  site = await project(packed, {
    packages: PACKAGES,
    files: {
      ...PAGE,
      "jest.test.js": `const { use } = require("./portal.cjs"); const { md5 } = require("wudun-ota");${RUNNER_TEST}`,
      "vitest.test.mjs": `import { expect, test } from "vitest"; import { md5 } from "wudun-ota";
        import { use } from "./portal.mjs";${RUNNER_TEST}`,
      "serve.mjs": `import { createServer } from "vite";
        const server = await createServer({ server: { host: "127.0.0.1", port: 0 }, logLevel: "error" });
        await server.listen();
        console.log(server.resolvedUrls.local[0]);`,
    },
  });
});
afterAll(async () => {
  await site?.remove();
  await packed?.remove();
});

async function shown(folder: string): Promise<unknown> {
  await writeFile(join(site.folder, folder, "index.html"), PAGE["index.html"]);
  return resultOfFolder(join(site.folder, folder));
}

describe("a bundler without configuration", () => {
  test.each([
    ["webpack", ["--mode", "production", "--entry", "./main.js", "-o", "webpack"]],
    ["rspack", ["build", "--mode", "production", "--entry", "./main.js", "-o", "rspack"]],
  ] as const)("%s, with a worker", async (bundler, args) => {
    await site.bin(bundler, [...args]);
    expect(await shown(bundler)).toMatchObject({ ...EXPECTED, thread: "worker" });
  });

  // These two leave workers alone: the page itself hashes, unless the worker is built beside it.
  test.each([
    ["calling", []],
    ["worker", ["-i", "firmware-worker=wudun-ota/firmware-worker.js"]],
  ] as const)("Rollup, hashing in the %s thread", async (thread, worker) => {
    const out = `rollup-${thread}`;
    const options = ["-p", "node-resolve", "-f", "es", "-d", out, "--silent"];
    await site.bin("rollup", ["-i", "main=main.js", ...worker, ...options]);
    expect(await shown(out)).toMatchObject({ ...EXPECTED, thread });
  });

  test.each([
    ["calling", []],
    ["worker", ["firmware-worker=wudun-ota/firmware-worker.js"]],
  ] as const)("esbuild, hashing in the %s thread", async (thread, worker) => {
    const out = `esbuild-${thread}`;
    const options = ["--bundle", "--format=esm", `--outdir=${out}`, "--log-level=error"];
    await site.bin("esbuild", ["main=main.js", ...worker, ...options]);
    expect(await shown(out)).toMatchObject({ ...EXPECTED, thread });
  });

  test("Parcel, with a worker", async () => {
    await site.bin("parcel", ["build", "index.html", "--dist-dir", "parcel", "--no-cache", "--public-url", "./"]);
    expect(await resultOfFolder(join(site.folder, "parcel"))).toMatchObject({ ...EXPECTED, thread: "worker" });
  });

  test("Vite while developing, with a worker", async () => {
    const server = site.start(process.execPath, ["serve.mjs"]);
    try {
      expect(await resultOfPage(await server.line)).toMatchObject({ ...EXPECTED, thread: "worker" });
    } finally {
      await server.stop();
    }
  });
});

describe("a Web Worker of the portal's own", () => {
  test.each([
    ["esm", "module"],
    ["iife", "classic"],
  ])("format %s, a %s worker", async (format, type) => {
    const out = `own-worker-${type}`;
    await writeFile(
      join(site.folder, "own-worker.js"),
      'import { use } from "./portal.mjs"; use().then(postMessage, (error) => postMessage(String(error)));',
    );
    await site.bin("esbuild", [
      "own-worker.js",
      "--bundle",
      `--format=${format}`,
      `--outdir=${out}`,
      "--log-level=error",
    ]);
    const start = `new Worker("./own-worker.js", { type: "${type}" }).onmessage = (event) => done(event.data);`;
    await writeFile(join(site.folder, out, "main.js"), `globalThis.result = new Promise((done) => { ${start} });\n`);
    expect(await shown(out)).toMatchObject({ ...EXPECTED, thread: "calling" });
  });
});

describe("a test runner without configuration", () => {
  test("Jest in Node", () => site.bin("jest", ["jest.test.js"]));
  test("Jest in jsdom, which has no TextEncoder, no MessageChannel and Blobs of its own", () =>
    site.bin("jest", ["jest.test.js", "--env=jsdom"]));
  test("Vitest in Node", () => site.bin("vitest", ["run", "vitest.test.mjs"]));
});
