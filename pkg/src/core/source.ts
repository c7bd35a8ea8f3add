/** The WebAssembly of the default entry: carried inside the package, unpacked and compiled at first use. */

import { inflate, packed, size } from "../generated/packed.js";
import { coreNotLoaded } from "./errors.js";
import { unpack } from "./unpack.js";

let compiled: WebAssembly.Module | undefined;
let compiling: Promise<WebAssembly.Module> | undefined;

const bytes = () => unpack(fromBase64(inflate), fromBase64(packed), size);

function fromBase64(base64: string): Uint8Array<ArrayBuffer> {
  // Where engine or platform have a way of their own, it takes a tenth of the time.
  if (readsBase64(Uint8Array)) return Uint8Array.fromBase64(base64);
  if (globalThis.Buffer !== undefined) return globalThis.Buffer.from(base64, "base64");
  const text = atob(base64);
  const result = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) result[i] = text.charCodeAt(i);
  return result;
}

/** Engines since 2024 do; the library of types does not know yet. */
function readsBase64(type: object): type is { fromBase64(text: string): Uint8Array<ArrayBuffer> } {
  return "fromBase64" in type;
}

/** The module, compiled on the calling thread if it is not there yet. */
export function moduleNow(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(bytes());
  return compiled;
}

/** The module, compiled in the background. */
export async function moduleSoon(): Promise<WebAssembly.Module> {
  if (compiled) return compiled;
  try {
    compiling ??= WebAssembly.compile(bytes());
    compiled = await compiling;
    return compiled;
  } catch (cause) {
    throw coreNotLoaded(cause);
  }
}
