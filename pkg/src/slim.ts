/**
 * The functions of `wudun-ota`, with the WebAssembly core supplied by the caller: `await init(…)` first. Hashing files is
 * in `wudun-ota/slim/firmware`, following upgrades in `wudun-ota/slim/tracker`; they use the same core.
 */

import { supply, type WasmSource } from "./core/source-slim.js";

export * from "./core/slim-api.js";
export type { WasmSource };

/**
 * Loads the core: a response, bytes or module of `wudun-ota/core.wasm`. Rejects with `OtaError` `core-not-loaded`, `engine-too-old`.
 *
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { createRequire } from "node:module";
 * import { init, md5 } from "wudun-ota/slim";
 *
 * await init(readFile(createRequire(import.meta.url).resolve("wudun-ota/core.wasm"))); // in a page: init(fetch(…))
 * console.log(md5(new Uint8Array()));
 * // d41d8cd98f00b204e9800998ecf8427e
 * ```
 */
export async function init(wasm: WasmSource): Promise<void> {
  await supply(wasm);
}
