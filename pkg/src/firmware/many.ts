/** Many images: in lanes, and in several workers where there are more images than lanes. */

import { OtaError, safelySoon } from "../core/errors.js";
import { moduleSoon } from "../core/source.js";
import type { FirmwareHash, FirmwareSource, HashManyOptions, HashManyResult, Result } from "../core/types.js";
import { type Chunks, chunksOf } from "./chunks.js";
import { aborted, abortion } from "./drain.js";
import { type Digests, mostSlots } from "./hasher.js";
import { errorOf, startWorker, workerFailed } from "./in-worker.js";
import { hashInLanes, jobsAtOnce } from "./lanes.js";
import type { FromWorker, ToWorker } from "./protocol.js";

interface Image {
  index: number;
  source: FirmwareSource;
  chunks: Chunks;
  size: number;
}

/**
 * MD5 and, if wanted, SHA-256 of many firmware images, up to eight at once on a thread; several times as fast as one
 * after the other. One that fails, fails alone. In a browser Blobs are hashed in workers, several of them where there
 * are more images than lanes; other sources, and everything where no worker can be started, in slices on the
 * calling thread. The results are in the order of the list. Rejects only with `OtaError` `aborted`.
 *
 * @example
 * ```ts
 * import { hashFirmwares } from "wudun-ota";
 *
 * const images = ["one image", "another"].map((text) => new Blob([text]));
 * for (const hashed of await hashFirmwares(images)) console.log(hashed.ok ? hashed.md5 : hashed.error.code);
 * // c2960a01fb6708db5de78efd6495fbdd
 * // b32d73e56ec99bc5ec8f83871cde708a
 * ```
 */
export async function hashFirmwares(
  list: Iterable<FirmwareSource>,
  options: HashManyOptions = {},
): Promise<HashManyResult[]> {
  const { signal, onProgress, onResult } = options;
  const sha256 = options.sha256 === true;
  const results: HashManyResult[] = [];
  const images: Image[] = [];
  let total: number | undefined = 0;
  let bytes = 0;
  let ended = 0;

  const report = () => onProgress?.({ bytes, total, ended, count });
  const onBytes = (image: Image, more: number) => {
    image.size += more;
    bytes += more;
    report();
  };
  const settle = (index: number, result: HashManyResult) => {
    results[index] = result;
    ended += 1;
    onResult?.(index, result);
    report();
  };
  const onEnd = (image: Image, result: Digests | OtaError, thread: FirmwareHash["thread"]) =>
    settle(
      image.index,
      result instanceof OtaError ? { ok: false, error: result } : { ok: true, ...result, size: image.size, thread },
    );

  const sources = [...list];
  const count = sources.length;
  if (signal?.aborted) throw aborted(signal);
  for (const [index, source] of sources.entries()) {
    try {
      const chunks = chunksOf(source);
      total = chunks.total === undefined || total === undefined ? undefined : total + chunks.total;
      images.push({ index, source, chunks, size: 0 });
    } catch (error) {
      if (!(error instanceof OtaError)) throw error;
      settle(index, { ok: false, error });
    }
  }
  // The longest first, so that none is left over at the end; unknown lengths may be long.
  images.sort((a, b) => (b.chunks.total ?? Number.POSITIVE_INFINITY) - (a.chunks.total ?? Number.POSITIVE_INFINITY));

  const isBlob = ({ source }: Image) => typeof Blob === "function" && source instanceof Blob;
  const blobs = images.filter(isBlob);
  const run = { sha256, signal, onBytes, onEnd };
  const remote = await hashInWorkers(blobs, options.workers, run);
  const here = remote ? images.filter((image) => !isBlob(image)) : images;
  await Promise.all([remote?.done, hashHere(here, run)]);
  return results;
}

interface Run {
  sha256: boolean;
  signal: AbortSignal | undefined;
  onBytes(image: Image, bytes: number): void;
  onEnd(image: Image, result: Digests | OtaError, thread: FirmwareHash["thread"]): void;
}

async function hashHere(images: Image[], { sha256, signal, onBytes, onEnd }: Run): Promise<void> {
  if (images.length === 0) return;
  const jobs = images.map((image) => ({
    chunks: image.chunks,
    onBytes: (bytes: number) => onBytes(image, bytes),
    onEnd: (result: Digests | OtaError) => onEnd(image, result, "calling"),
  }));
  await hashInLanes(jobsAtOnce(jobs), sha256, signal);
}

/** Starts the workers and deals the images out; `undefined` where no worker can be started. */
async function hashInWorkers(
  images: Image[],
  wanted: number | undefined,
  run: Run,
): Promise<{ done: Promise<unknown> } | undefined> {
  if (images.length === 0 || typeof Worker !== "function") return undefined;
  const threads = wanted ?? globalThis.navigator?.hardwareConcurrency ?? 2;
  const count = Math.max(1, Math.min(threads, Math.ceil(images.length / mostSlots)));
  const abort = abortion(run.signal);
  const starting = Array.from({ length: count }, startWorker);
  const stop = () => {
    abort.forget();
    for (const worker of starting) worker.then((started) => started?.terminate());
  };
  try {
    const module = await Promise.race([moduleSoon(), abort.promise]);
    const workers = await Promise.race([Promise.all(starting), abort.promise]);
    const running = workers.filter((worker) => worker !== undefined);
    if (running.length === 0) {
      stop();
      return undefined;
    }
    const waiting = [...images];
    const deals = running.map((worker) => deal(worker, waiting, run));
    for (const worker of running) send(worker, { type: "start", module, sha256: run.sha256 });
    // In turn, so that each gets long ones and short ones.
    for (let round = 0; round < mostSlots; round++) for (const { next } of deals) next();
    const ends = Promise.all(deals.map(({ done }) => done)).then(() => {
      // Only when every worker has died.
      for (const image of waiting.splice(0)) run.onEnd(image, workerFailed("no worker is left"), "worker");
    });
    return { done: Promise.race([ends, abort.promise]).finally(stop) };
  } catch (error) {
    stop();
    throw error;
  }
}

const send = (worker: Worker, message: ToWorker) => worker.postMessage(message);

/** Has a worker hash images from the list as long as there are any. */
function deal(worker: Worker, waiting: Image[], { onBytes, onEnd }: Run) {
  const underway = new Map<number, Image>();
  let resolve = () => {};
  let reject: (error: unknown) => void = () => {};
  const done = new Promise<void>((onDone, onError) => {
    resolve = onDone;
    reject = onError;
  });
  done.catch(() => undefined);
  let broken: OtaError | undefined;

  const next = () => {
    const image = broken ? undefined : waiting.shift();
    if (image?.source instanceof Blob) {
      underway.set(image.index, image);
      send(worker, { type: "add", id: image.index, blob: image.source });
    }
    if (underway.size === 0) resolve();
  };
  const end = (id: number, result: Digests | OtaError) => {
    const image = underway.get(id);
    underway.delete(id);
    if (image) onEnd(image, result, "worker");
    next();
  };
  /** What it had under way fails; what it had not begun goes to the others, if they come to it. */
  const die = (error: OtaError) => {
    broken = error;
    for (const id of [...underway.keys()]) end(id, error);
  };

  worker.onerror = (event) => {
    event.preventDefault();
    die(workerFailed(event.message));
  };
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    try {
      if (data.type === "ended") end(data.id, data.digests);
      else if (data.type === "broken") end(data.id, errorOf(data.failure));
      else if (data.type === "failed") die(errorOf(data.failure));
      else if (data.type === "more") {
        const image = underway.get(data.id);
        if (image) onBytes(image, data.bytes);
      }
    } catch (error) {
      // The caller's own, from its callbacks.
      reject(error);
    }
  };
  return { next, done };
}

/**
 * `hashFirmwares`, with the error returned instead of thrown.
 *
 * @example
 * ```ts
 * import { safeHashFirmwares } from "wudun-ota";
 *
 * const hashed = await safeHashFirmwares([new Blob(["an image"])], { signal: AbortSignal.abort() });
 * console.log(hashed.ok ? hashed.value.length : hashed.error.code);
 * // aborted
 * ```
 */
export function safeHashFirmwares(
  list: Iterable<FirmwareSource>,
  options?: HashManyOptions,
): Promise<Result<HashManyResult[], OtaError>> {
  return safelySoon(() => hashFirmwares(list, options));
}
