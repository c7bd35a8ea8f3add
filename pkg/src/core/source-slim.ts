/** The WebAssembly of `/slim`: whatever the caller supplies. */

import { coreNotLoaded, OtaError } from "./errors.js";

let supplied: WebAssembly.Module | undefined;
let supplying: Promise<void> | undefined;

/** What `init` takes: the module, its bytes, or the response of a fetch. */
export type WasmSource =
  | WebAssembly.Module
  | BufferSource
  | Response
  | PromiseLike<WebAssembly.Module | BufferSource | Response>;

/** Rejects with `OtaError` `core-not-loaded`, `engine-too-old`. */
export function supply(source: WasmSource): Promise<void> {
  supplying = take(source);
  return supplying;
}

async function take(source: WasmSource): Promise<void> {
  try {
    const wasm = await source;
    if (wasm instanceof WebAssembly.Module) supplied = wasm;
    // Not `instanceof`: in Node, the mere name of `Response` loads all that fetches, which takes longer than compiling.
    else if ("ok" in wasm) supplied = await compileResponse(wasm);
    else supplied = await WebAssembly.compile(wasm);
  } catch (cause) {
    throw coreNotLoaded(cause);
  }
}

async function compileResponse(response: Response): Promise<WebAssembly.Module> {
  if (!response.ok) {
    throw new OtaError("core-not-loaded", {
      en: `The WebAssembly core could not be fetched: the server answered ${response.status}`,
      zh: `无法获取 WebAssembly 核心：服务器返回 ${response.status}`,
    });
  }
  return WebAssembly.compile(await response.arrayBuffer());
}

export function moduleNow(): WebAssembly.Module {
  if (supplied) return supplied;
  throw new OtaError("core-not-loaded", {
    en: "The WebAssembly core is not loaded yet: `await init(…)` with `wudun-ota/core.wasm` first",
    zh: "WebAssembly 核心尚未加载：请先用 `wudun-ota/core.wasm` 调用 `await init(…)`",
  });
}

/** Waits for what is being supplied. */
export async function moduleSoon(): Promise<WebAssembly.Module> {
  await supplying;
  return moduleNow();
}
