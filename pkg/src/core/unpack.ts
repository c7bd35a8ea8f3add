/** Bytes of a page of WebAssembly's memory. */
const PAGE = 65_536;
/** Bytes that the unpacker reads at once: also at the end. */
const LANES = 16;

/** Bytes as the build has packed them (`scripts/lib/build-packed.mjs`). */
export interface Packed {
  text: string;
  /** Of what comes out, in bytes. */
  size: number;
}

const encoder = /* @__PURE__ */ new TextEncoder();

/** The bytes again, by the WebAssembly of `pkg/unpack`. */
export function unpack(unpacker: BufferSource, { text, size }: Packed): Uint8Array<ArrayBuffer> {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(unpacker));
  const { memory, unpack: run } = exports;
  if (!(memory instanceof WebAssembly.Memory) || typeof run !== "function") throw new TypeError("not the unpacker");
  const at = memory.buffer.byteLength;
  memory.grow(Math.ceil((text.length + LANES) / PAGE));
  encoder.encodeInto(text, new Uint8Array(memory.buffer, at));
  return new Uint8Array(memory.buffer, run(at, at + text.length), size);
}
