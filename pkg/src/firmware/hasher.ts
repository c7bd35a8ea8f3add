/** The core's hasher, on an instance of its own: dropping it gives everything back. */

import { guard, instantiate, parse } from "../core/instance.js";

export interface Digests {
  md5: string;
  sha256?: string;
}

/** Images that can be under way at once, each in a slot: the lanes of two vectors. */
export const mostSlots = 8;

/** Bytes of one image taken in at once: small enough to stay in the processor's cache, large enough to be worth the call. */
export const partBytes = 1 << 15;

export interface Hasher {
  /** The memory to write into before `update`: `bytes` long. Ask anew for each use. */
  memory(): Uint8Array<ArrayBuffer>;
  /** Adds to each slot in turn the part of the memory given by start and length; slots with a length of 0 rest. */
  update(parts: Uint32Array): void;
  /** The digests of a slot, which is free afterwards. */
  finish(slot: number): Digests;
  clear(slot: number): void;
}

export function createHasher({ slots, bytes, sha256 }: { slots: number; bytes: number; sha256: boolean }): Hasher {
  const { bindings, memory } = instantiate();
  const guarded = <T>(run: () => T) => guard(run, () => undefined);
  const hasher = guarded(() => new bindings.Hasher(slots, bytes, sha256));
  const address = hasher.address();
  let view = new Uint8Array(memory.buffer, address, bytes);
  return {
    memory() {
      // Growing the memory detaches its buffer.
      if (view.buffer !== memory.buffer) view = new Uint8Array(memory.buffer, address, bytes);
      return view;
    },
    update: (parts) => guarded(() => hasher.update(parts)),
    finish: (slot) => guarded(() => parse<Digests>(hasher.finish(slot) ?? "{}")),
    clear: (slot) => guarded(() => hasher.clear(slot)),
  };
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
    finish: () => hasher.finish(0),
  };
}
