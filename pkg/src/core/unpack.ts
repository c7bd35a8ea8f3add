/** Bytes of a page of WebAssembly's memory. */
const PAGE = 65_536;
/** What may be read behind the packed bytes. */
const BEYOND = 8;

/**
 * Unpacks DEFLATE, by the WebAssembly of `pkg/inflate`: browsers inflate only asynchronously, and JavaScript that runs
 * for the first time takes ten times as long. `size` is that of what comes out.
 */
export function unpack(inflate: BufferSource, packed: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(inflate));
  const { memory, inflate: run } = exports;
  if (!(memory instanceof WebAssembly.Memory) || typeof run !== "function") throw new TypeError("not the unpacker");
  const from = memory.buffer.byteLength;
  const to = from + packed.length + BEYOND;
  memory.grow(Math.ceil((to + size - from) / PAGE));
  new Uint8Array(memory.buffer, from).set(packed);
  run(from, to);
  return new Uint8Array(memory.buffer, to, size);
}
