// The core as the default entry carries it: compressed, with a WebAssembly of 3 KB that unpacks it, both as base64.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { wasmTriple } from "../setup.mjs";
import { generated, inRoot } from "./paths.mjs";
import { run } from "./run.mjs";

export const inflateSources = ["pkg/inflate/Cargo.toml", "pkg/inflate/Cargo.lock", "pkg/inflate/src"];

/** Compiles the crate in the folder `source`. Answers with the WebAssembly. */
export async function buildInflate({ source, target, out }) {
  // It calls nothing that calls much.
  const env = { CARGO_ENCODED_RUSTFLAGS: "-Clink-arg=-zstack-size=4096" };
  const args = ["build", "--release", "--locked", "--target", wasmTriple, "--target-dir", target];
  await run("cargo", args, { cwd: source, env });
  const compiled = join(target, wasmTriple, "release", "wudun_ota_inflate.wasm");
  const features = ["bulk-memory", "mutable-globals", "nontrapping-float-to-int", "sign-ext"];
  const strip = ["debug", "producers", "target-features"].map((what) => `--strip-${what}`);
  const options = [...features.map((feature) => `--enable-${feature}`), "-O3", ...strip];
  const file = join(out, "inflate.wasm");
  const optimiser = inRoot("node_modules", "binaryen", "bin", "wasm-opt");
  await run(process.execPath, [optimiser, ...options, compiled, "-o", file]);
  return readFileSync(file);
}

/** Writes `packed.js`, from which `pkg/src/core/source.ts` takes both. */
export function writePacked(core, inflate) {
  const packed = deflateRawSync(core, { level: 9, memLevel: 9 });
  const made = { packed: packed.toString("base64"), inflate: inflate.toString("base64"), size: core.length };
  const lines = Object.entries(made).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`);
  writeFileSync(join(generated, "packed.js"), lines.join(""));
  const types = Object.entries(made).map(([name, value]) => `export const ${name}: ${typeof value};\n`);
  writeFileSync(join(generated, "packed.d.ts"), types.join(""));
}
