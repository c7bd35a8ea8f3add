/** Bytes of a page of WebAssembly's memory. */
const PAGE = 65_536;

/** Bytes as the build has packed them (`scripts/lib/build-packed.mjs`). */
export interface Packed {
  text: string;
  /** What its characters stand for. */
  tables: Uint8Array;
  /** Of what comes out, in bytes. */
  size: number;
}

const encoder = /* @__PURE__ */ new TextEncoder();

/** The bytes again, by the WebAssembly of `pkg/unpack`. */
export function unpack(unpacker: BufferSource, { text, tables, size }: Packed): Uint8Array<ArrayBuffer> {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(unpacker));
  const { memory, unpack: run } = exports;
  if (!(memory instanceof WebAssembly.Memory) || typeof run !== "function") throw new TypeError("not the unpacker");
  const at = memory.buffer.byteLength;
  const input = at + tables.length;
  const output = input + text.length;
  memory.grow(Math.ceil((output + size - at) / PAGE));
  new Uint8Array(memory.buffer, at).set(tables);
  encoder.encodeInto(text, new Uint8Array(memory.buffer, input));
  run(at, input, output, output);
  return new Uint8Array(memory.buffer, output, size);
}
