/** The core's hasher, on an instance of its own: dropping it gives everything back. */

import { guard, newInstance, parse } from "../core/instance.js";
import { ofHasher } from "../generated/glue.js";

export interface Digests {
  md5: string;
  sha256?: string;
}

/** Images that can be under way at once, each in a slot: the lanes of two vectors. */
export const mostSlots = 8;

/** Bytes of one image taken in at once: enough to be worth a call of the system, and in lanes still in the cache. */
export const partBytes = 1 << 17;

export interface Hasher {
  /** The memory to write into before `update`: `bytes` long. Ask anew for each use. */
  memory(): Uint8Array<ArrayBuffer>;
  /** Adds to each slot in turn the part of the memory given by start and length; slots with a length of 0 rest. */
  update(parts: Uint32Array): void;
  /** The digests of a slot, which is free afterwards. */
  finish(slot: number): Digests;
  clear(slot: number): void;
  /** To be called when it is no longer needed, and all slots are free: the next one with the same shape takes it over. */
  release(): void;
}

/** The one released last: its memory is small, and making another takes as long as hashing a mebibyte. */
let idle: { shape: string; hasher: Hasher } | undefined;

export function createHasher({ slots, bytes, sha256 }: { slots: number; bytes: number; sha256: boolean }): Hasher {
  const shape = `${slots} ${bytes} ${sha256}`;
  if (idle?.shape === shape) {
    const { hasher } = idle;
    idle = undefined;
    return hasher;
  }
  const bindings = newInstance();
  const memory = bindings.coreMemory();
  const guarded = <T>(run: () => T) => guard(run, () => undefined);
  const core = guarded(() => new (ofHasher(bindings))(slots, bytes, sha256));
  const address = core.address() >>> 0;
  let view = new Uint8Array(memory.buffer, address, bytes);
  const hasher: Hasher = {
    memory() {
      // Growing the memory detaches its buffer.
      if (view.buffer !== memory.buffer) view = new Uint8Array(memory.buffer, address, bytes);
      return view;
    },
    update: (parts) => guarded(() => core.update(parts)),
    finish: (slot) => guarded(() => parse<Digests>(core.finish(slot) ?? "{}")),
    clear: (slot) => guarded(() => core.clear(slot)),
    release() {
      idle = { shape, hasher };
    },
  };
  return hasher;
}

/** Of a single image, that costs nothing, and fewer calls. */
const singleBytes = 1 << 17;

/** One image: bytes in, digests out. */
export function createSingleHasher(sha256: boolean) {
  const hasher = createHasher({ slots: 1, bytes: singleBytes, sha256 });
  return {
    update(bytes: Uint8Array) {
      for (let at = 0; at < bytes.length; at += singleBytes) {
        const part = bytes.subarray(at, at + singleBytes);
        hasher.memory().set(part);
        hasher.update(Uint32Array.of(0, part.length));
      }
    },
    /** The digests. Nothing can be added afterwards. */
    finish() {
      const digests = hasher.finish(0);
      hasher.release();
      return digests;
    },
  };
}
