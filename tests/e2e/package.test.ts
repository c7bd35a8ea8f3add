import { createHash } from "node:crypto";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type * as Package from "wudun-ota";
import type * as Slim from "wudun-ota/slim";
import type * as SlimFirmware from "wudun-ota/slim/firmware";
import { test } from "../support/browser.js";
import { packageIn, policy, servePackage } from "../support/package-page.js";

const size = 5_000_001;
const image = Uint8Array.from({ length: size }, (_, i) => (i * 7) ^ (i >> 8));
const hash = (algorithm: string) => createHash(algorithm).update(image).digest("hex");

/** In the page: hashes the same image from a source of the kind named. */
async function hashInPage(page: Page, kind: "blob" | "bytes" | "stream") {
  return (await packageIn(page)).evaluate(
    async ({ hashFirmware }, { kind, size }) => {
      const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 7) ^ (i >> 8));
      const source = { blob: () => new Blob([bytes]), bytes: () => bytes, stream: () => new Blob([bytes]).stream() };
      const progress: number[] = [];
      const result = await hashFirmware(source[kind](), { sha256: true, onProgress: (at) => progress.push(at.bytes) });
      return { result, progress, untouched: bytes.length };
    },
    { kind, size },
  );
}

for (const kind of ["blob", "bytes", "stream"] as const) {
  test(`firmware is hashed in a worker: ${kind}`, async ({ openBrowser }) => {
    const page = await (await openBrowser()).context.newPage();
    await page.goto(await servePackage());
    const { result, progress, untouched } = await hashInPage(page, kind);
    expect(result).toEqual({ md5: hash("md5"), sha256: hash("sha256"), size, thread: "worker" });
    expect(progress).toEqual([...new Set(progress)].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(size);
    expect(untouched).toBe(size);
    await expect.poll(() => page.workers().length).toBe(0);
  });
}

test("where a policy forbids workers, the calling thread does the work", async ({ openBrowser }) => {
  const { context, allow } = await openBrowser();
  allow(/worker-src|Content Security Policy/);
  const page = await context.newPage();
  await page.goto(
    await servePackage({ contentSecurityPolicy: policy.replace("worker-src 'self'", "worker-src 'none'") }),
  );
  const { result } = await hashInPage(page, "blob");
  expect(result).toEqual({ md5: hash("md5"), sha256: hash("sha256"), size, thread: "calling" });
});

test("hashing is cancelled, and no worker stays behind", async ({ openBrowser }) => {
  const page = await (await openBrowser()).context.newPage();
  await page.goto(await servePackage());
  const code = await (await packageIn(page)).evaluate(async ({ hashFirmware, OtaError }, size) => {
    const control = new AbortController();
    const hashing = hashFirmware(new Blob([new Uint8Array(size)]), {
      signal: control.signal,
      onProgress: () => control.abort(),
    });
    return hashing.then(
      () => "not cancelled",
      (error: unknown) => (OtaError.is(error) ? error.code : String(error)),
    );
  }, size);
  expect(code).toBe("aborted");
  await expect.poll(() => page.workers().length).toBe(0);
});

test("the slim entry takes its core from a response", async ({ openBrowser }) => {
  const page = await (await openBrowser()).context.newPage();
  await page.goto(await servePackage());
  const slim = await page.evaluateHandle<typeof Slim>("import('/slim.js')");
  const codes = await slim.evaluate(async ({ init, md5, OtaError, parseTopic }) => {
    const codeOf = (run: () => unknown) => {
      try {
        return run();
      } catch (error) {
        return OtaError.is(error) ? error.code : String(error);
      }
    };
    const before = codeOf(() => md5(new Uint8Array()));
    await init(fetch("/core.wasm"));
    return [before, codeOf(() => md5(new Uint8Array())), codeOf(() => parseTopic("x"))];
  });
  expect(codes).toEqual(["core-not-loaded", "d41d8cd98f00b204e9800998ecf8427e", "topic-form"]);
  // A subpath, and its worker, get the core that `init` was given.
  const firmware = await page.evaluateHandle<typeof SlimFirmware>("import('/slim-firmware.js')");
  const hashed = await firmware.evaluate(({ hashFirmware }) => hashFirmware(new Blob()));
  expect(hashed).toEqual({ md5: "d41d8cd98f00b204e9800998ecf8427e", size: 0, thread: "worker" });
});

test("two copies in one page work side by side, and recognise each other's errors", async ({ openBrowser }) => {
  const page = await (await openBrowser()).context.newPage();
  await page.goto(await servePackage());
  const ours = await packageIn(page);
  const copy = await page.evaluateHandle<typeof Package>("import('/copy/index.js')");
  const seen = await ours.evaluate((ours, copy) => {
    const thrownBy = ({ decode }: typeof Package) => {
      try {
        return decode("{", { kind: "result" });
      } catch (error) {
        return error;
      }
    };
    const codeFor = ({ OtaError }: typeof Package, error: unknown) => OtaError.is(error) && error.code;
    const two = [ours, copy].map((each) => ({ each, error: thrownBy(each) }));
    return {
      same: ours.OtaError === copy.OtaError,
      codes: two.map(({ error }) => two.map(({ each }) => codeFor(each, error))),
      md5: two.map(({ each }) => each.md5(new Uint8Array())),
    };
  }, copy);
  const [code] = seen.codes.flat();
  expect(code).toMatch(/^json-/);
  expect(seen).toEqual({
    same: false,
    codes: [
      [code, code],
      [code, code],
    ],
    md5: ["d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427e"],
  });
});

test("without 'wasm-unsafe-eval' the error says what the policy lacks", async ({ openBrowser }) => {
  const { context, allow } = await openBrowser();
  allow(/wasm-eval|WebAssembly|Content Security Policy/);
  const page = await context.newPage();
  await page.goto(await servePackage({ contentSecurityPolicy: policy.replace(" 'wasm-unsafe-eval'", "") }));
  const error = await (await packageIn(page)).evaluate(({ safeParseTopic }) => {
    const result = safeParseTopic("x");
    return result.ok ? undefined : { code: result.error.code, text: result.error.text.en };
  });
  expect(error?.code).toBe("core-not-loaded");
  expect(error?.text).toContain("wasm-unsafe-eval");
});
