/** The download of an image: real, streamed, nothing kept but its MD5. */

import type { Text } from "../core/types.js";
import { compareMd5, createMd5 } from "../index.js";
import type { DownloadStep } from "./logic.js";

/** As much of `fetch` as a download needs. */
export type Fetch = (url: string, init: { signal: AbortSignal }) => Promise<Response>;

export type Downloaded = { ok: true; bytes: number; md5: string } | { ok: false; why: Text };

/** Fetches the image and compares the MD5 of what arrived. */
export async function download(step: DownloadStep, fetch: Fetch, signal: AbortSignal): Promise<Downloaded> {
  const md5 = createMd5();
  let bytes = 0;
  let damage = step.damage;
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort);
  try {
    const response = await fetch(step.url, { signal: stop.signal });
    if (!response.ok) {
      stop.abort();
      return { ok: false, why: { en: `HTTP ${response.status}`, zh: `HTTP ${response.status}` } };
    }
    for await (const chunk of chunks(response)) {
      if (damage !== undefined && chunk.length > 0) {
        const damaged = chunk.slice();
        const at = damage % damaged.length;
        damaged[at] = (damaged[at] ?? 0) ^ 1;
        damage = undefined;
        md5.update(damaged);
      } else {
        md5.update(chunk);
      }
      bytes += chunk.length;
      if (step.breakOff) {
        stop.abort();
        const why = { en: `the connection broke after ${bytes} bytes`, zh: `连接在 ${bytes} 字节后中断` };
        return { ok: false, why };
      }
    }
  } catch (error) {
    const name = error instanceof Error && error.cause instanceof Error ? error.cause.message : "fetch failed";
    return { ok: false, why: { en: `download failed: ${name}`, zh: `下载失败：${name}` } };
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
  const actual = md5.digest();
  if (step.breakOff) return { ok: false, why: { en: "the connection broke", zh: "连接中断" } };
  if (!compareMd5(step.md5, actual)) {
    return {
      ok: false,
      why: { en: `MD5 is ${actual}, expected ${step.md5}`, zh: `MD5 为 ${actual}，应为 ${step.md5}` },
    };
  }
  return { ok: true, bytes, md5: actual };
}

async function* chunks(response: Response): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
