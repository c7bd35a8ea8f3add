import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { test } from "../support/browser.js";
import { packageIn, servePackage } from "../support/package-page.js";

const picker = '<!doctype html><title>files</title><link rel="icon" href="data:,"><input type="file" multiple>';

/** Bytes that differ from file to file: a mix-up shows. */
const image = (length: number, seed: number) =>
  Uint8Array.from({ length }, (_, i) => Math.imul(i + seed, 2_654_435_761) >>> 24);

/** Files on disk, as a user picks them. */
async function filesOf(lengths: number[]): Promise<{ paths: string[]; digests: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), "wudun-ota-files-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const images = lengths.map((length, index) => image(length, index));
  const paths = images.map((_, index) => join(folder, `${index}.bin`));
  await Promise.all(images.map((bytes, index) => writeFile(paths[index] ?? "", bytes)));
  return { paths, digests: images.map((bytes) => createHash("md5").update(bytes).digest("hex")) };
}

const lengths = Array.from({ length: 40 }, (_, i) => (i * 77_777) % 300_001);

test("files that were picked are hashed in several workers", async ({ openBrowser }) => {
  const { paths, digests } = await filesOf(lengths);
  const page = await (await openBrowser()).context.newPage();
  await page.goto(await servePackage({ body: picker }));
  await page.setInputFiles("input", paths);
  let most = 0;
  page.on("worker", () => {
    most = Math.max(most, page.workers().length);
  });
  const { results, progress } = await (await packageIn(page)).evaluate(async ({ hashFirmwares }) => {
    const progress: { bytes: number; total?: number; ended: number }[] = [];
    const files = document.querySelector("input")?.files ?? [];
    const results = await hashFirmwares(files, { workers: 3, onProgress: (at) => progress.push(at) });
    return { results, progress };
  });
  const size = lengths.reduce((sum, length) => sum + length);
  expect(results).toEqual(lengths.map((size, index) => ({ ok: true, md5: digests[index], size, thread: "worker" })));
  const counts = progress.map(({ bytes }) => bytes);
  expect(counts).toEqual([...counts].sort((a, b) => a - b));
  expect(progress.at(-1)).toEqual({ bytes: size, total: size, ended: lengths.length, count: lengths.length });
  expect(most).toBe(3);
  await expect.poll(() => page.workers().length).toBe(0);
});

test("a worker that dies rejects what it had under way", async ({ openBrowser }) => {
  const { context, allow } = await openBrowser();
  allow(/out of memory, say/);
  const page = await context.newPage();
  await page.goto(await servePackage());
  await page.route("**/firmware-worker.js", (route) =>
    route.fulfill({
      contentType: "text/javascript",
      body: 'onmessage = () => { throw new Error("out of memory, say"); }; postMessage({ type: "ready" });',
    }),
  );
  const told = await (await packageIn(page)).evaluate(async ({ hashFirmware, hashFirmwares, OtaError }) => {
    const code = (error: unknown) => (OtaError.is(error) ? error.code : String(error));
    const sources = [new Blob(["a"]), new Uint8Array(1), new Blob(["a"]).stream()];
    const alone = await Promise.all(sources.map((source) => hashFirmware(source).then(() => "hashed", code)));
    const blobs = Array.from({ length: 20 }, () => new Blob(["a"]));
    const many = await hashFirmwares(blobs, { workers: 2 });
    return { alone, many: many.map((result) => (result.ok ? "hashed" : result.error.code)) };
  });
  expect(told.alone).toEqual(Array.from({ length: 3 }, () => "worker-failed"));
  expect(told.many).toEqual(Array.from({ length: 20 }, () => "worker-failed"));
  await expect.poll(() => page.workers().length).toBe(0);
});

test("a worker so slow that it reports every piece tells of none twice", async ({ openBrowser }) => {
  const page = await (await openBrowser()).context.newPage();
  await page.goto(await servePackage());
  await page.route("**/firmware-worker.js", async (route) => {
    const script = await (await route.fetch()).text();
    await route.fulfill({
      contentType: "text/javascript",
      body: `let late = 0; performance.now = () => (late += 100);\n${script}`,
    });
  });
  const size = 5_000_001;
  const progress = await (await packageIn(page)).evaluate(async ({ hashFirmware }, size) => {
    const progress: number[] = [];
    await hashFirmware(new Blob([new Uint8Array(size)]), { onProgress: ({ bytes }) => progress.push(bytes) });
    return progress;
  }, size);
  expect(progress).toEqual([...new Set(progress)].sort((a, b) => a - b));
  expect(progress.length).toBeGreaterThan(1);
  expect(progress.at(-1)).toBe(size);
});

test("hashing that is cancelled again and again leaves no worker", async ({ openBrowser }) => {
  const page = await (await openBrowser()).context.newPage();
  await page.goto(await servePackage());
  const codes = await (await packageIn(page)).evaluate(async ({ hashFirmware, hashFirmwares, OtaError }) => {
    const code = (error: unknown) => (OtaError.is(error) ? error.code : String(error));
    const blob = new Blob([new Uint8Array(5_000_001)]);
    const codes = new Set<string>();
    for (let round = 0; round < 20; round++) {
      const control = new AbortController();
      const options = { signal: control.signal, onProgress: () => control.abort() };
      const hashing = round % 2 === 0 ? hashFirmware(blob, options) : hashFirmwares([blob, blob], options);
      codes.add(await hashing.then(() => "hashed", code));
    }
    return [...codes];
  });
  expect(codes).toEqual(["aborted"]);
  await expect.poll(() => page.workers().length).toBe(0);
});
