/** The page's side of the worker. */

import { OtaError } from "../core/errors.js";
import { isBlob } from "../core/realm.js";
import { moduleSoon } from "../core/source.js";
import type { FirmwareSource } from "../core/types.js";
import type { Chunks } from "./chunks.js";
import { abortion, drain } from "./drain.js";
import type { Digests } from "./hasher.js";
import type { Failure, FromWorker, ToWorker } from "./protocol.js";

/** Chunks on their way to the worker at a time. */
const window = 4;

/** A worker that runs, or `undefined` where none can be started (no `Worker`, a policy, a missing file). */
export async function startWorker(): Promise<Worker | undefined> {
  if (typeof Worker !== "function") return undefined;
  let worker: Worker;
  try {
    worker = new Worker(new URL("./firmware-worker.js", import.meta.url), { type: "module" });
  } catch {
    return undefined;
  }
  const runs = await new Promise<boolean>((resolve) => {
    worker.onmessage = () => resolve(true);
    worker.onerror = (event) => {
      event.preventDefault();
      resolve(false);
    };
  });
  if (runs) return worker;
  worker.terminate();
  return undefined;
}

/** Hashes in a worker; `undefined` where none can be started, and then nothing has been read yet. */
export async function hashInWorker(
  source: FirmwareSource,
  { chunks }: Chunks,
  options: { sha256: boolean; signal?: AbortSignal; onBytes: (bytes: number) => void },
): Promise<Digests | undefined> {
  const abort = abortion(options.signal);
  const starting = startWorker();
  let worker: Worker | undefined;
  try {
    const module = await Promise.race([moduleSoon(), abort.promise]);
    worker = await Promise.race([starting, abort.promise]);
    if (!worker) return undefined;
    return await converse(worker, module, source, chunks, options, abort.promise);
  } finally {
    abort.forget();
    starting.then((started) => started?.terminate());
  }
}

async function converse(
  worker: Worker,
  module: WebAssembly.Module,
  source: FirmwareSource,
  chunks: AsyncIterable<Uint8Array>,
  { sha256, signal, onBytes }: { sha256: boolean; signal?: AbortSignal; onBytes: (bytes: number) => void },
  aborted: Promise<never>,
): Promise<Digests> {
  const send = (message: ToWorker, transfer: Transferable[] = []) => worker.postMessage(message, transfer);
  let underway = 0;
  let onRoom = () => {};
  const done = new Promise<Digests>((resolve, reject) => {
    worker.onerror = (event) => {
      event.preventDefault();
      reject(workerFailed(event.message));
    };
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      switch (data.type) {
        case "hashed":
          underway -= 1;
          onRoom();
          try {
            onBytes(data.bytes);
          } catch (error) {
            reject(error);
          }
          break;
        case "done":
          resolve(data.digests);
          break;
        case "failed":
          reject(errorOf(data.failure));
      }
    };
  });
  done.catch(() => undefined);

  send({ type: "start", module, sha256 });
  if (isBlob(source)) {
    send({ type: "blob", blob: source });
  } else {
    const feed = drain(chunks, signal, async (bytes) => {
      // A copy: the memory goes to the worker, and the caller's must stay as it is.
      const copy = bytes.slice();
      underway += 1;
      send({ type: "chunk", bytes: copy }, [copy.buffer]);
      if (underway < window) return;
      await Promise.race([
        done,
        new Promise<void>((resolve) => {
          onRoom = resolve;
        }),
      ]);
    });
    await feed;
    send({ type: "end" });
  }
  return Promise.race([done, aborted]);
}

export function errorOf({ code, text, diagnostics }: Failure): OtaError {
  return new OtaError(code, text, { diagnostics });
}

export function workerFailed(message: string): OtaError {
  return new OtaError("worker-failed", {
    en: `The hashing worker failed: ${message}`,
    zh: `哈希线程发生故障：${message}`,
  });
}
