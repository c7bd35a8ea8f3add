/** Hashing several images at once on the thread that calls. */

import { bytesOf } from "../core/arguments.js";
import { OtaError } from "../core/errors.js";
import { choose, tell } from "./choose.js";
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
  /** Bytes in jobs that have not been asked for. */
  waiting(): number;
}

/** How long one image is waited for while others could go on: a stalled stream must not stop them. */
const patienceMs = 8;

/** Bytes of one image taken in at once: those of all lanes stay in the processor's cache. */
const laneBytes = 1 << 15;
/** Steps of at least so many bytes for each image are timed. */
const measuredBytes = 1 << 18;

interface Open {
  slot: number;
  job: Job;
  iterator: AsyncIterator<Uint8Array>;
  left: number;
  /** What has arrived and is not hashed yet. */
  chunk: Uint8Array;
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
        const left = job.chunks.total ?? 0;
        open.add({ slot: free.pop() ?? 0, job, iterator, left, chunk: new Uint8Array(), reading: false });
      }
    }
  };

  /** Waits until all the images have a chunk, but not long while others could go on. */
  const gather = async (wanted: Open[]) => {
    let late: Promise<boolean> | undefined;
    while (wanted.some((image) => open.has(image) && image.chunk.length === 0)) {
      const arrival = new Promise<boolean>((resolve) => {
        arrived = () => resolve(false);
      });
      const others = [...open].some(({ chunk }) => chunk.length > 0);
      if (others) late ??= new Promise((resolve) => setTimeout(resolve, patienceMs, true));
      if (await Promise.race([arrival, abort.promise, ...(others && late ? [late] : [])])) return;
    }
  };

  const parts = new Uint32Array(2 * mostSlots);
  /** Hashes the same number of bytes of each image: whole blocks, except at the end of a chunk. */
  const step = (images: Open[]) => {
    const rests = images.filter(({ chunk }) => chunk.length < 64);
    const taking = rests.length > 0 ? rests : images;
    const shortest = Math.min(...images.map(({ chunk }) => chunk.length));
    const common = rests.length > 0 ? 64 : shortest - (shortest % 64);
    const memory = hasher.memory();
    const started = performance.now();
    for (let at = 0; at < common; at += laneBytes) {
      parts.fill(0);
      for (const { slot, chunk } of taking) {
        const part = chunk.subarray(at, Math.min(at + laneBytes, common));
        memory.set(part, slot * laneBytes);
        parts[2 * slot] = slot * laneBytes;
        parts[2 * slot + 1] = part.length;
      }
      hasher.update(parts);
    }
    // Short steps are beyond what the clocks of browsers can tell.
    if (common >= measuredBytes) tell(taking.length, common * taking.length, performance.now() - started);
    for (const image of taking) {
      const taken = Math.min(common, image.chunk.length);
      image.chunk = image.chunk.subarray(taken);
      image.left = Math.max(0, image.left - taken);
      image.job.onBytes(taken);
    }
  };

  try {
    const pace = createPace();
    while (true) {
      openJobs();
      if (open.size === 0) {
        if (!more) return;
        await Promise.race([more, abort.promise]);
        continue;
      }
      for (const image of open) if (image.chunk.length === 0 && !image.reading) read(image);
      await gather(choose([...open], queue.waiting()));
      const ready = [...open].filter(({ chunk }) => chunk.length > 0);
      if (ready.length > 0) step(choose(ready, queue.waiting()));
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
  let taken = 0;
  let waiting = jobs.reduce((sum, { chunks }) => sum + (chunks.total ?? 0), 0);
  return {
    next() {
      const job = jobs[taken];
      taken += 1;
      waiting -= job?.chunks.total ?? 0;
      return job;
    },
    waiting: () => waiting,
  };
}

/** A queue to which jobs are added one by one, without an end. */
export function jobsAsTheyCome(): { queue: Queue; add(job: Job): void } {
  const jobs: Job[] = [];
  let added = () => {};
  return {
    queue: {
      next: () =>
        jobs.shift() ??
        new Promise<void>((resolve) => {
          added = resolve;
        }),
      waiting: () => 0,
    },
    add(job) {
      jobs.push(job);
      added();
    },
  };
}
