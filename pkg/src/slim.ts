/** The same functions as `wudun-ota`, with the WebAssembly core supplied by the caller: `await init(…)` first. */

import { supply, type WasmSource } from "./core/source-slim.js";

export * from "./core/api.js";
export type { WasmSource };

/** Loads the core: a response, bytes or module of `wudun-ota/core.wasm`. Rejects with `OtaError` `core-not-loaded`. */
export async function init(wasm: WasmSource): Promise<void> {
  await supply(wasm);
}
