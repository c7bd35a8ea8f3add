// Where things are in the repository.
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** A path inside the repository. */
export const inRoot = (...parts) => join(root, ...parts);

export const exe = process.platform === "win32" ? ".exe" : "";

/** The pinned wasm-bindgen, built from `tools/`. */
export const toolsTarget = inRoot("tools", "target");
export const bindgen = join(toolsTarget, "debug", `bindgen${exe}`);
export const wasmTestRunner = join(toolsTarget, "debug", `wasm-test-runner${exe}`);

/** Where cargo puts what it builds. */
export const cargoTarget = process.env.CARGO_TARGET_DIR ?? inRoot("target");

/** The JavaScript side of the bindings, made by the build. */
export const generated = inRoot("pkg", "src", "generated");
export const dist = inRoot("pkg", "dist");
