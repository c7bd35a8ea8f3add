/** Hashing several images at once on the thread that calls. */

import { bytesOf } from "../core/arguments.js";
import { OtaError } from "../core/errors.js";
import { type Chunks, createPace, readFailed } from "./chunks.js";
import { aborted, abortion, leave } from "./drain.js";
import { createHasher, type Digests, mostSlots } from "./hasher.js";

export interface Job {
  chunks: Chunks;
  /** So many bytes more have been hashed. */
  onBytes(bytes: number): void;
  onEnd(result: Digests | OtaError): void;
}

/** Where jobs come from: the next one, a promise of one while none is there, `undefined` at the end. */
export interface Queue {
  next(): Job | undefined | Promise<void>;
}

/** How long one image is waited for while others could go on: a stalled stream must not stop them. */
const patienceMs = 8;

/** Bytes of one image taken in at once: shorter copies are slower, longer ones no faster. */
const laneBytes = 1 << 17;

interface Open {
  slot: number;
  job: Job;
  iterator: AsyncIterator<Uint8Array>;
  /** What has arrived and is not hashed yet. */
  chunk: Uint8Array;
  /** In the last step, in bytes. */
  taken: number;
  reading: boolean;
}

/** Runs until the queue has ended and all its jobs too. Rejects only when the signal fires. */
export async function hashInLanes(queue: Queue, sha256: boolean, signal?: AbortSignal): Promise<void> {
  const hasher = createHasher({ slots: mostSlots, bytes: mostSlots * laneBytes, sha256 });
  const free = Array.from({ length: mostSlots }, (_, slot) => slot);
  const open = new Set<Open>();
  const abort = abortion(signal);
  let arrived = () => {};
  let ended = false;
  let more: Promise<void> | undefined;

  const end = (image: Open, result: Digests | OtaError) => {
    open.delete(image);
    free.push(image.slot);
    if (result instanceof OtaError) {
      hasher.clear(image.slot);
      leave(image.iterator);
    }
    image.job.onEnd(result);
  };

  const read = async (image: Open) => {
    image.reading = true;
    try {
      while (image.chunk.length === 0) {
        const next = await image.iterator.next();
        if (!open.has(image)) return;
        if (next.done) return end(image, hasher.finish(image.slot));
        image.chunk = bytesOf(next.value, "chunk");
      }
    } catch (error) {
      if (open.has(image)) end(image, OtaError.is(error) ? error : readFailed(error));
    } finally {
      image.reading = false;
      arrived();
    }
  };

  const openJobs = () => {
    while (!ended && !more && free.length > 0) {
      const job = queue.next();
      if (job === undefined) ended = true;
      else if (job instanceof Promise) {
        more = job.then(() => {
          more = undefined;
          arrived();
        });
      } else {
        const iterator = job.chunks.chunks[Symbol.asyncIterator]();
        open.add({ slot: free.pop() ?? 0, job, iterator, chunk: new Uint8Array(), taken: 0, reading: false });
      }
    }
  };

  /** Waits until all the images have a chunk, but not long while others could go on. */
  const gather = async () => {
    let late: Promise<boolean> | undefined;
    while ([...open].some(({ chunk }) => chunk.length === 0)) {
      const arrival = new Promise<boolean>((resolve) => {
        arrived = () => resolve(false);
      });
      const others = [...open].some(({ chunk }) => chunk.length > 0);
      if (others) late ??= new Promise((resolve) => setTimeout(resolve, patienceMs, true));
      if (await Promise.race([arrival, abort.promise, ...(others && late ? [late] : [])])) return;
    }
  };

  const parts = new Uint32Array(2 * mostSlots);
  const step = (images: Open[]) => {
    const memory = hasher.memory();
    parts.fill(0);
    for (const image of images) {
      const part = image.chunk.subarray(0, laneBytes);
      image.chunk = image.chunk.subarray(laneBytes);
      const start = image.slot * laneBytes;
      memory.set(part, start);
      parts.set([start, part.length], 2 * image.slot);
      image.taken = part.length;
    }
    hasher.update(parts);
    for (const { job, taken } of images) job.onBytes(taken);
  };

  try {
    const pace = createPace();
    while (true) {
      openJobs();
      if (open.size === 0) {
        if (!more) {
          hasher.release();
          return;
        }
        await Promise.race([more, abort.promise]);
        continue;
      }
      for (const image of open) if (image.chunk.length === 0 && !image.reading) read(image);
      await gather();
      const ready = [...open].filter(({ chunk }) => chunk.length > 0);
      if (ready.length > 0) step(ready);
      await pace();
      if (signal?.aborted) throw aborted(signal);
    }
  } finally {
    abort.forget();
    for (const { iterator } of open) leave(iterator);
  }
}

/** A queue of all the jobs there will be. */
export function jobsAtOnce(jobs: readonly Job[]): Queue {
  const waiting = [...jobs];
  return { next: () => waiting.shift() };
}

/** A queue to which jobs are added one by one, without an end. */
export function jobsAsTheyCome(): { queue: Queue; add(job: Job): void } {
  const jobs: Job[] = [];
  let added = () => {};
  const addition = () =>
    new Promise<void>((resolve) => {
      added = resolve;
    });
  return {
    queue: { next: () => jobs.shift() ?? addition() },
    add(job) {
      jobs.push(job);
      added();
    },
  };
}
