// Rust core → WebAssembly and its JavaScript glue, in `pkg/src/generated`.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { rustc, wasmTriple } from "../setup.mjs";
import { writeGlue } from "./build-glue.mjs";
import { buildUnpack, unpackSources, writePacked } from "./build-packed.mjs";
import { bindgen, cargoTarget, generated, inRoot, root } from "./paths.mjs";
import { run } from "./run.mjs";
import { measure, weigh } from "./sizes.mjs";
import { countCrates } from "./steps.mjs";

const versionOf = (name) => JSON.parse(readFileSync(inRoot("node_modules", name, "package.json"), "utf8")).version;

/** Features of WebAssembly that rustc uses: its defaults, and SIMD for hashing, all in every engine since Safari 16.4. */
const wasmFeatures = [
  "bulk-memory",
  "mutable-globals",
  "multivalue",
  "nontrapping-float-to-int",
  "reference-types",
  "sign-ext",
  "simd",
];

/** The compiler that releases are built with. Others give a core that works, in other bytes. */
export const releaseCompiler = "1.95.0";

async function compile({ source, target, tell }) {
  const cargoHome = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
  // Paths of this machine would otherwise end up in the module's panic messages.
  const flags = [
    "-Ctarget-feature=+simd128",
    // A fifth of the usual: what is quick because it is inlined says `#[inline]`, which this leaves alone. Vectors
    // are written out where they pay. Together a fifteenth of the weight.
    "-Cllvm-args=-inline-threshold=50",
    "-Cno-vectorize-loops",
    "-Cno-vectorize-slp",
    `--remap-path-prefix=${cargoHome}=cargo`,
    `--remap-path-prefix=${source}=`,
  ];
  const args = ["build", "--release", "--locked", "--lib", "--features", "wasm", "--target", wasmTriple];
  await run("cargo", [...args, "--target-dir", target], {
    cwd: source,
    // Incremental, as somebody's environment may ask for, gives other bytes.
    env: { CARGO_ENCODED_RUSTFLAGS: flags.join("\x1f"), CARGO_INCREMENTAL: "0" },
    onLine: countCrates(tell),
  });
  return join(target, wasmTriple, "release", "wudun_ota.wasm");
}

/**
 * Compiles, binds and optimises the crate in the folder `source`; `out` gets `core.wasm` and wasm-bindgen's files.
 * Answers where the WebAssembly is.
 */
export async function buildCore({ source, target, out, tell = () => {} }) {
  const compiled = await compile({ source, target, tell });
  tell("binding and optimising");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const args = ["--target", "web", "--omit-default-module-path", "--out-name", "core", "--out-dir", out];
  await run(bindgen, [...args, compiled]);
  const wasm = join(out, "core.wasm");
  // rustc has inlined where that pays; more of it compresses worse.
  const passes = ["-O3", "--gufa", "-O3", "--one-caller-inline-max-function-size=0"];
  const optimise = [...wasmFeatures.map((feature) => `--enable-${feature}`), ...passes];
  const raw = join(out, "core_bg.wasm");
  await run(process.execPath, [inRoot("node_modules", "binaryen", "bin", "wasm-opt"), ...optimise, raw, "-o", wasm]);
  rmSync(raw);
  rmSync(join(out, "core_bg.wasm.d.ts"));
  return wasm;
}

const budgetFile = "scripts/wasm-budget.json";

/** @type {import("./steps.mjs").Step} */
export const wasmStep = {
  id: "wasm",
  title: "Compiling the core to WebAssembly",
  reads: () => [
    "Cargo.toml",
    "Cargo.lock",
    "src",
    ...unpackSources,
    "tools/Cargo.lock",
    "tools/src",
    "scripts/lib/build-wasm.mjs",
    "scripts/lib/build-packed.mjs",
    "scripts/lib/build-glue.mjs",
    "scripts/lib/glue-runtime.js",
    budgetFile,
  ],
  facts: async () => [await rustc(), versionOf("binaryen"), versionOf("esbuild")],
  outputs: () => ["core.d.ts", "core.wasm", "glue.js", "glue.d.ts", "packed.js"].map((f) => join(generated, f)),
  work: async (tell) => {
    const wasm = await buildCore({ source: root, target: cargoTarget, out: generated, tell });
    await writeGlue();
    const bytes = readFileSync(wasm);
    const budget = JSON.parse(readFileSync(inRoot(budgetFile), "utf8"));
    const report = weigh("core.wasm", measure(bytes), budget, budgetFile);
    writePacked(bytes, await buildUnpack({ source: inRoot("pkg", "unpack"), target: cargoTarget, out: generated }));
    return report;
  },
};
