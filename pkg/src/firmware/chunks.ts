/** Every source of firmware as chunks of bytes, with its size where that is known beforehand. */

import { bytesOf } from "../core/arguments.js";
import { invalidArgument, OtaError } from "../core/errors.js";
import { isBlob, isBuffer, isReadableStream, isUint8Array } from "../core/realm.js";
import type { FirmwareSource } from "../core/types.js";

export interface Chunks {
  total?: number;
  chunks: AsyncIterable<Uint8Array>;
}

const sliceBytes = 1 << 20;

export function chunksOf(source: FirmwareSource): Chunks {
  if (isBlob(source)) {
    return { total: source.size, chunks: readBlob(source) };
  }
  if (isUint8Array(source)) {
    const bytes = bytesOf(source, "source");
    return { total: bytes.length, chunks: slicesOfBytes(bytes) };
  }
  if (isReadableStream(source)) return { chunks: readAll(source) };
  if (typeof source === "object" && source !== null && Symbol.asyncIterator in source) {
    return { chunks: source as AsyncIterable<Uint8Array> };
  }
  throw invalidArgument("source", {
    en: "a Blob, a Uint8Array, a ReadableStream or an async iterable of bytes",
    zh: " Blob、Uint8Array、ReadableStream 或字节的异步迭代器",
  });
}

/**
 * Into one buffer, again and again: the browser goes on reading the file while a chunk is hashed. In Chromium that is
 * twice as fast as slices, which cost a message to another process each, and as a stream with buffers of its own.
 */
async function* readBlob(blob: Blob): AsyncGenerator<Uint8Array> {
  let left = blob.size;
  try {
    for await (const bytes of bytesOfBlob(blob)) {
      left -= bytes.length;
      yield bytes;
    }
  } catch (cause) {
    throw readFailed(cause);
  }
  // Of a file that has shrunk, not every browser says so.
  if (left !== 0) throw readFailed(undefined);
}

function bytesOfBlob(blob: Blob): AsyncIterable<Uint8Array> {
  if (typeof blob.stream !== "function") return readOldWay(blob);
  const stream = blob.stream();
  const reader = readerIntoBuffer(stream);
  return reader ? readInto(reader) : readAll(stream);
}

async function* readInto(reader: ReadableStreamBYOBReader): AsyncGenerator<Uint8Array> {
  let buffer = new ArrayBuffer(sliceBytes);
  try {
    while (true) {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      if (done) return;
      yield value;
      buffer = value.buffer;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Not every browser has one for Blobs. */
function readerIntoBuffer(stream: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | undefined {
  try {
    return stream.getReader({ mode: "byob" });
  } catch {
    return undefined;
  }
}

/** Blobs of jsdom cannot be read otherwise. */
async function* readOldWay(blob: Blob): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < blob.size; at += sliceBytes) {
    const slice = blob.slice(at, at + sliceBytes);
    yield await new Promise<Uint8Array>((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => (isBuffer(reader.result) ? resolve(new Uint8Array(reader.result)) : reject(reader.result));
      reader.onerror = () => reject(reader.error);
      reader.readAsArrayBuffer(slice);
    });
  }
}

export function readFailed(cause: unknown): OtaError {
  return new OtaError(
    "read-failed",
    {
      en: "The file could not be read: it may have been changed or removed since it was picked",
      zh: "无法读取文件：选择之后它可能已被修改或删除",
    },
    { cause },
  );
}

/** Who takes them lets the thread do other work: eight lanes that each did so kept one another waiting. */
async function* slicesOfBytes(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += sliceBytes) yield bytes.subarray(at, at + sliceBytes);
}

/** Lets the thread do other work: timers are clamped when nested, messages are not, and jsdom has none. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof MessageChannel !== "function") {
      setTimeout(resolve, 0);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

/** How long a thread is kept busy at a time. */
const busyMs = 16;

/** To be awaited between pieces of work: lets the thread do other work when it has been busy for long enough. */
export function createPace(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < busyMs) return undefined;
    return nextTask().then(() => {
      since = performance.now();
    });
  };
}

/** Like iterating the stream, which not every browser can; a stream left early is cancelled. */
async function* readAll(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader();
  let finished = false;
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) {
        finished = true;
        return;
      }
      yield value;
    }
  } finally {
    if (!finished) await reader.cancel().catch(() => undefined);
    reader.releaseLock();
  }
}
