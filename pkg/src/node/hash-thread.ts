/** A thread of `hashFiles`: reads straight into the memory of the core, and hashes up to eight files at once. */

import { closeSync, openSync, readSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { supply } from "../core/source-slim.js";
import { createHasher, type Digests, mostSlots, partBytes } from "../firmware/hasher.js";
import { hashThrough } from "./hash-through.js";

/** The core comes as its first message. */
export interface ThreadData {
  sha256: boolean;
  /** The longest first. */
  files: { index: number; path: string; size: number }[];
}

export type FromThread =
  | { type: "bytes"; bytes: number }
  | { type: "ended"; index: number; digests: Digests; size: number }
  | { type: "failed"; index: number; problem: Problem };

/** An error of the system: cloning an Error would lose its code. */
export interface Problem {
  message: string;
  code?: string;
}

const say = (message: FromThread) => parentPort?.postMessage(message);

/** Between two reports. */
const reportMs = 100;

interface Open {
  slot: number;
  index: number;
  file: number;
  size: number;
}

export async function hashAll({ files, sha256 }: ThreadData): Promise<void> {
  const hasher = createHasher({ slots: mostSlots, bytes: mostSlots * partBytes, sha256 });
  const memory = hasher.memory();
  const waiting = [...files];
  const free = Array.from({ length: mostSlots }, (_, slot) => slot);
  const open = new Set<Open>();
  const parts = new Uint32Array(2 * mostSlots);
  let unreported = 0;
  let reportedAt = performance.now();

  const report = () => {
    if (unreported > 0) say({ type: "bytes", bytes: unreported });
    unreported = 0;
    reportedAt = performance.now();
  };
  const close = (image: Open, message: FromThread) => {
    open.delete(image);
    free.push(image.slot);
    closeSync(image.file);
    report();
    say(message);
  };
  const fail = (index: number, error: unknown): FromThread => ({
    type: "failed",
    index,
    problem: problemOf(error),
  });
  const end = (image: Open) => {
    const digests = hasher.finish(image.slot);
    close(image, { type: "ended", index: image.index, digests, size: image.size });
  };
  const giveUp = (image: Open, error: unknown) => {
    hasher.clear(image.slot);
    close(image, fail(image.index, error));
  };
  const add = (image: Open, length: number) => {
    image.size += length;
    unreported += length;
    if (performance.now() - reportedAt > reportMs) report();
  };

  while (true) {
    while (free.length > 0 && waiting.length > 0) {
      const next = waiting.shift();
      if (!next) break;
      try {
        const file = openSync(next.path, "r");
        open.add({ slot: free.pop() ?? 0, index: next.index, file, size: 0 });
      } catch (error) {
        say(fail(next.index, error));
      }
    }
    if (open.size < 2) break;
    parts.fill(0);
    for (const image of open) {
      const start = image.slot * partBytes;
      try {
        const length = readSync(image.file, memory, start, partBytes, null);
        if (length === 0) {
          end(image);
          continue;
        }
        parts[2 * image.slot] = start;
        parts[2 * image.slot + 1] = length;
        add(image, length);
      } catch (error) {
        giveUp(image, error);
      }
    }
    hasher.update(parts);
  }
  // The last one is alone: nothing else would be done while it is read.
  for (const image of open) {
    try {
      await hashThrough(image.file, hasher, image.slot, (length) => add(image, length));
      end(image);
    } catch (error) {
      giveUp(image, error);
    }
  }
  report();
}

function problemOf(error: unknown): Problem {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return { message: error.message, code };
}

const data: ThreadData = workerData;
parentPort?.once("message", (module: WebAssembly.Module) => {
  supply(module).then(() => hashAll(data));
});
