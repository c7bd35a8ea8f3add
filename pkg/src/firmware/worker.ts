/** The worker in which firmware is hashed. Its core comes compiled from the page. */

import { OtaError } from "../core/errors.js";
import { supply } from "../core/source-slim.js";
import { chunksOf } from "./chunks.js";
import { createSingleHasher } from "./hasher.js";
import { hashInLanes, type Job, jobsAsTheyCome } from "./lanes.js";
import type { Failure, FromWorker, ToWorker } from "./protocol.js";

const say = (message: FromWorker) => postMessage(message);

let sha256 = false;
let hasher: ReturnType<typeof createSingleHasher> | undefined;
let hashed = 0;
let many: ReturnType<typeof jobsAsTheyCome> | undefined;

/** Between two reports on the same Blob. */
const reportMs = 50;

function take(bytes: Uint8Array) {
  hasher ??= createSingleHasher(sha256);
  hasher.update(bytes);
  hashed += bytes.length;
}

const report = () => say({ type: "hashed", bytes: hashed });

async function takeBlob(blob: Blob) {
  let reportedAt = performance.now();
  let reported = 0;
  for await (const bytes of chunksOf(blob).chunks) {
    take(bytes);
    if (performance.now() - reportedAt < reportMs) continue;
    report();
    reported = hashed;
    reportedAt = performance.now();
  }
  if (hashed > reported) report();
}

function finish() {
  hasher ??= createSingleHasher(sha256);
  say({ type: "done", digests: hasher.finish() });
}

async function handle(message: ToWorker) {
  switch (message.type) {
    case "start":
      await supply(message.module);
      sha256 = message.sha256;
      break;
    case "chunk":
      take(message.bytes);
      report();
      break;
    case "blob":
      await takeBlob(message.blob);
      finish();
      break;
    case "end":
      finish();
      break;
    case "add":
      if (!many) {
        many = jobsAsTheyCome();
        hashInLanes(many.queue, sha256).catch(fail);
      }
      many.add(jobOf(message.id, message.blob));
  }
}

function jobOf(id: number, blob: Blob): Job {
  let unreported = 0;
  let reportedAt = performance.now();
  const reportMore = () => {
    if (unreported > 0) say({ type: "more", id, bytes: unreported });
    unreported = 0;
    reportedAt = performance.now();
  };
  return {
    chunks: chunksOf(blob),
    onBytes(bytes) {
      unreported += bytes;
      if (performance.now() - reportedAt >= reportMs) reportMore();
    },
    onEnd(result) {
      reportMore();
      say(
        result instanceof OtaError
          ? { type: "broken", id, failure: failureOf(result) }
          : { type: "ended", id, digests: result },
      );
    },
  };
}

function failureOf(error: unknown): Failure {
  const { code, text, diagnostics } = OtaError.is(error)
    ? error
    : new OtaError("worker-failed", {
        en: `The hashing worker failed: ${error}`,
        zh: `哈希线程发生故障：${error}`,
      });
  return { code, text, diagnostics };
}

const fail = (error: unknown) => say({ type: "failed", failure: failureOf(error) });

// One after the other: `start` is not done when the first chunk arrives.
let queue = Promise.resolve();
addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  queue = queue.then(() => handle(data)).catch(fail);
});
say({ type: "ready" });
