/**
 * What a value is, whichever realm made it. A page's frame, jsdom and `node:vm` have constructors of their own, so
 * that `instanceof` says no to a perfectly good `Uint8Array`.
 */

function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

/** A `Buffer` is one, too. */
export function isUint8Array(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array || (ArrayBuffer.isView(value) && tagOf(value) === "Uint8Array");
}

/** An ArrayBuffer, or shared memory. */
export function isBuffer(value: unknown): value is ArrayBufferLike {
  return value instanceof ArrayBuffer || tagOf(value) === "ArrayBuffer" || tagOf(value) === "SharedArrayBuffer";
}

/** A `File` is one, too. */
export function isBlob(value: unknown): value is Blob {
  return (typeof Blob === "function" && value instanceof Blob) || tagOf(value) === "Blob" || tagOf(value) === "File";
}

export function isReadableStream(value: unknown): value is ReadableStream<Uint8Array> {
  return tagOf(value) === "ReadableStream";
}
