// Builds everything: Rust core → WebAssembly → npm package → console. What has not changed is not built again.
import { pathToFileURL } from "node:url";
import { consoleStep } from "./lib/build-console.mjs";
import { packageStep } from "./lib/build-package.mjs";
import { wasmStep } from "./lib/build-wasm.mjs";
import { runSteps } from "./lib/steps.mjs";
import { fail, setupSteps } from "./setup.mjs";

export const buildSteps = [wasmStep, packageStep, consoleStep];

/** Sets up what is missing and builds what has changed. Answers how many steps had work. */
export function build(options) {
  return runSteps([...setupSteps, ...buildSteps], options);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await build().catch(fail);
}
