// Builds the core in two folders of other names and compares it, byte for byte: `npm run test:reproducible`.
// With --sample in one, compared with the core that the build has made; `npm test` does that.
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildUnpack } from "./lib/build-packed.mjs";
import { buildCore, releaseCompiler, wasmStep } from "./lib/build-wasm.mjs";
import { generated, inRoot } from "./lib/paths.mjs";
import { runSteps, seconds } from "./lib/steps.mjs";
import { fail, rustc, setupSteps } from "./setup.mjs";

/** What cargo reads. */
const sources = ["Cargo.toml", "Cargo.lock", "README.md", "src", "pkg/unpack"];

/** Of all WebAssembly that a build has put into a folder. */
function hashOf(folder) {
  const hash = createHash("sha256");
  for (const name of ["core.wasm", "unpack.wasm"]) hash.update(readFileSync(join(folder, name)));
  return hash.digest("hex");
}

async function hashFromFolder(name) {
  const started = performance.now();
  const folder = mkdtempSync(join(tmpdir(), name));
  try {
    const source = join(folder, "source");
    for (const path of sources) cpSync(inRoot(path), join(source, path), { recursive: true });
    const [target, out] = [join(folder, "target"), join(folder, "out")];
    await buildCore({ source, target, out });
    await buildUnpack({ source: join(source, "pkg", "unpack"), target, out });
    const hash = hashOf(out);
    console.log(`${hash}  ${source}, ${seconds(started)}`);
    return hash;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const { sample } = parseArgs({ options: { sample: { type: "boolean", default: false } } }).values;
try {
  await runSteps([...setupSteps, wasmStep]);
  const compiler = await rustc();
  if (!compiler.includes(` ${releaseCompiler} `)) console.log(`Not the compiler of releases, ${releaseCompiler}`);
  console.log(compiler);
  const first = sample ? hashOf(generated) : await hashFromFolder("wudun-ota-one-");
  const second = await hashFromFolder("wudun-ota-somewhere-else-");
  if (first !== second) throw new Error(`The core differs from folder to folder: ${first} and ${second}`);
  console.log("Byte for byte the same");
} catch (error) {
  fail(error);
}
