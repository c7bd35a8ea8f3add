// TypeScript and WebAssembly → the npm package in `pkg/dist`.
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { wasmStep } from "./build-wasm.mjs";
import { dist, generated, inRoot } from "./paths.mjs";
import { run } from "./run.mjs";
import { hashOfStep } from "./steps.mjs";

/** Entries of the default package, by the name of what they become; absent ones are skipped. */
const entries = {
  index: "index.ts",
  client: "client/index.ts",
  simulator: "simulator/index.ts",
  node: "node/index.ts",
  cli: "cli/main.ts",
};
/** Entries that are given their WebAssembly instead of carrying it. */
const slimEntries = {
  slim: "slim.ts",
  "firmware-worker": "firmware/worker.ts",
  "hash-thread": "node/hash-thread.ts",
};

const source = (file) => inRoot("pkg", "src", file);

const common = {
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "neutral",
  mainFields: [],
  target: "es2022",
  outdir: dist,
  // Beside the entries: the firmware worker is found by an address relative to the chunk that starts it.
  chunkNames: "[name]-[hash]",
  packages: "external",
  external: ["node:*"],
  legalComments: "none",
  logLevel: "silent",
};

/** In `/slim` and in the worker the WebAssembly comes from outside. */
const slimSource = {
  name: "slim-source",
  setup(build) {
    build.onResolve({ filter: /\/source\.js$/ }, () => ({ path: source("core/source-slim.ts") }));
  },
};

const present = (list) =>
  Object.fromEntries(
    Object.entries(list)
      .filter(([, file]) => existsSync(source(file)))
      .map(([name, file]) => [name, source(file)]),
  );

async function bundle() {
  const { build, formatMessages } = await import("esbuild");
  try {
    await Promise.all([
      build({ ...common, entryPoints: present(entries) }),
      build({ ...common, entryPoints: present(slimEntries), chunkNames: "slim-[hash]", plugins: [slimSource] }),
    ]);
  } catch (error) {
    throw new Error((await formatMessages(error.errors ?? [], { kind: "error" })).join("\n") || error);
  }
}

/** Removes all but the console, which the next step looks after. */
function clean() {
  mkdirSync(dist, { recursive: true });
  for (const name of readdirSync(dist)) {
    if (name !== "console") rmSync(join(dist, name), { recursive: true });
  }
}

/** @type {import("./steps.mjs").Step} */
export const packageStep = {
  id: "package",
  title: "Building the npm package",
  reads: () => [
    "pkg/package.json",
    "pkg/tsconfig.json",
    "tsconfig.base.json",
    "package-lock.json",
    "pkg/src",
    "scripts/lib/build-package.mjs",
  ],
  facts: async () => [await hashOfStep(wasmStep)],
  outputs: () => ["index.js", "index.d.ts", "slim.js", "firmware-worker.js", "core.wasm"].map((f) => join(dist, f)),
  work: async () => {
    clean();
    await bundle();
    copyFileSync(join(generated, "core.wasm"), join(dist, "core.wasm"));
    if (existsSync(join(dist, "cli.js"))) chmodSync(join(dist, "cli.js"), 0o755);
    await run(process.execPath, [inRoot("node_modules", "typescript", "bin", "tsc"), "-p", "pkg"]);
    // Declarations made by wasm-bindgen: tsc refers to them and does not copy them.
    cpSync(generated, join(dist, "generated"), {
      recursive: true,
      filter: (file) => file === generated || file.endsWith(".d.ts"),
    });
  },
};
