/** The WebAssembly of the default entry: carried inside the package, unpacked and compiled at first use. */

import { size, text, unpacker } from "../generated/packed.js";
import { coreNotLoaded } from "./errors.js";
import { unpack } from "./unpack.js";

let compiled: WebAssembly.Module | undefined;
let compiling: Promise<WebAssembly.Module> | undefined;

const bytes = () => unpack(fromBase64(unpacker), { text, size });

function fromBase64(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64);
  const made = new Uint8Array(binary.length);
  // Code that runs once: a call for each character would take several times as long.
  for (let at = 0; at < made.length; at++) made[at] = binary.charCodeAt(at);
  return made;
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
