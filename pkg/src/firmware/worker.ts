/** The worker in which firmware is hashed. Its core comes compiled from the page. */

import { OtaError } from "../core/errors.js";
import { supply } from "../core/source-slim.js";
import { chunksOf } from "./chunks.js";
import { createHasher } from "./hash.js";
import type { FromWorker, ToWorker } from "./protocol.js";

const say = (message: FromWorker) => postMessage(message);

let hasher: ReturnType<typeof createHasher> | undefined;
let hashed = 0;

function take(bytes: Uint8Array) {
  hasher?.update(bytes);
  hashed += bytes.length;
  say({ type: "hashed", bytes: hashed });
}

function finish() {
  if (hasher) say({ type: "done", digests: hasher.finish() });
}

async function handle(message: ToWorker) {
  switch (message.type) {
    case "start":
      await supply(message.module);
      hasher = createHasher(message.sha256);
      break;
    case "chunk":
      take(message.bytes);
      break;
    case "blob":
      for await (const bytes of chunksOf(message.blob).chunks) take(bytes);
      finish();
      break;
    case "end":
      finish();
  }
}

// One after the other: `start` is not done when the first chunk arrives.
let queue = Promise.resolve();
addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  queue = queue
    .then(() => handle(data))
    .catch((error: unknown) => {
      const known = OtaError.is(error)
        ? error
        : new OtaError("worker-failed", {
            en: `The hashing worker failed: ${error}`,
            zh: `哈希线程发生故障：${error}`,
          });
      say({ type: "failed", code: known.code, text: known.text, diagnostics: known.diagnostics });
    });
});
say({ type: "ready" });
