/** Many files by their paths: in worker threads, each with lanes. */

import { statSync } from "node:fs";
import os from "node:os";
import type { Worker } from "node:worker_threads";
import { OtaError } from "../core/errors.js";
import { moduleSoon } from "../core/source.js";
import type { HashManyOptions, HashManyResult } from "../core/types.js";
import { aborted, abortion } from "../firmware/drain.js";
import { mostSlots } from "../firmware/hasher.js";
import { workerFailed } from "../firmware/in-worker.js";
import { deal } from "./deal.js";
import type { FromThread, Problem, ThreadData } from "./hash-thread.js";

/**
 * The digests of many files, up to eight at once on a thread, on several threads where there are more; see
 * `hashFirmwares`. A file that cannot be read fails alone, with the code `read-failed` and the system's error as
 * its cause. The results are in the order of the paths. Rejects only with `OtaError` `aborted`.
 *
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { hashFiles } from "wudun-ota/node";
 *
 * await writeFile("one.bin", "one image");
 * for (const hashed of await hashFiles(["one.bin", "absent.bin"])) console.log(hashed.ok ? hashed.md5 : hashed.error.code);
 * // c2960a01fb6708db5de78efd6495fbdd
 * // read-failed
 * ```
 */
export async function hashFiles(paths: Iterable<string>, options: HashManyOptions = {}): Promise<HashManyResult[]> {
  const { signal, onProgress, onResult } = options;
  if (signal?.aborted) throw aborted(signal);
  const results: HashManyResult[] = [];
  const files = [...paths].map((path, index) => ({ index, path, size: sizeOf(path) }));
  const count = files.length;
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let bytes = 0;
  let ended = 0;
  const report = () => onProgress?.({ bytes, total, ended, count });
  const settle = (index: number, result: HashManyResult) => {
    results[index] = result;
    ended += 1;
    onResult?.(index, result);
    report();
  };

  const threads = Math.max(1, Math.min(options.workers ?? os.availableParallelism(), Math.ceil(count / mostSlots)));
  const hands = deal(files, threads);
  const abort = abortion(signal);
  const workers: Worker[] = [];
  try {
    const { Worker } = await import("node:worker_threads");
    const work = hands.map((hand) => {
      const workerData: ThreadData = { sha256: options.sha256 === true, files: hand };
      // Not the options of this process: a thread does not start with those of `node --input-type=module --eval …`.
      const worker = new Worker(new URL("./hash-thread.cjs", import.meta.url), { workerData, execArgv: [] });
      workers.push(worker);
      const open = new Set(hand.map(({ index }) => index));
      const settleOpen = (index: number, result: HashManyResult) => {
        if (open.delete(index)) settle(index, result);
      };
      return new Promise<void>((resolve, reject) => {
        worker.on("message", (message: FromThread) => {
          try {
            if (message.type === "bytes") {
              bytes += message.bytes;
              report();
            } else if (message.type === "ended") {
              const { index, digests, size } = message;
              settleOpen(index, { ok: true, ...digests, size, thread: "worker" });
            } else settleOpen(message.index, { ok: false, error: unreadable(message.problem) });
          } catch (error) {
            // The caller's own, from its callbacks.
            reject(error);
          }
        });
        const stopped = (why: string) => {
          try {
            for (const index of open) settleOpen(index, { ok: false, error: workerFailed(why) });
            resolve();
          } catch (error) {
            reject(error);
          }
        };
        worker.on("error", (error) => stopped(String(error)));
        worker.on("exit", (code) => stopped(`exit ${code}`));
      });
    });
    const done = Promise.all(work);
    // One may fail before it is waited for.
    done.catch(() => undefined);
    // The threads start while it is compiled.
    const module = await Promise.race([moduleSoon(), abort.promise]);
    for (const worker of workers) worker.postMessage(module);
    await Promise.race([done, abort.promise]);
    return results;
  } finally {
    abort.forget();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** A file that has no size, or is not there, tells so when it is read. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function unreadable({ message, code }: Problem): OtaError {
  return new OtaError(
    "read-failed",
    { en: `The file could not be read: ${message}`, zh: `无法读取文件：${message}` },
    { cause: Object.assign(new Error(message), code === undefined ? {} : { code }) },
  );
}
