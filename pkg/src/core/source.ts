/** The WebAssembly of the default entry: carried inside the package, compiled at first use. */

import { wasmBase64 } from "../generated/wasm-base64.js";
import { coreNotLoaded } from "./errors.js";

let compiled: WebAssembly.Module | undefined;
let compiling: Promise<WebAssembly.Module> | undefined;

function bytes(): Uint8Array<ArrayBuffer> {
  const text = atob(wasmBase64);
  const result = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) result[i] = text.charCodeAt(i);
  return result;
}

/** The module, compiled on the calling thread if it is not there yet. */
export function moduleNow(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(bytes());
  return compiled;
}

/** The module, compiled in the background. */
export async function moduleSoon(): Promise<WebAssembly.Module> {
  if (compiled) return compiled;
  compiling ??= WebAssembly.compile(bytes());
  try {
    compiled = await compiling;
    return compiled;
  } catch (cause) {
    throw coreNotLoaded(cause);
  }
}
