import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Browser, chromium, type Page } from "playwright-core";
import { bundle } from "./bundle.js";
import { CHROMIUM_FLAGS, chromiumPath } from "./chromium.js";
import { Expected } from "./expected.js";
import { Random } from "./random.js";

/** What is killed: the process of the page alone, or the whole browser. */
export type Victim = "renderer" | "browser";

/** What the page may have written before the word of it came through: at most so many batches. */
const UNTOLD = 200;

/**
 * Kills pages that write one journal in IndexedDB at random moments, each going on where the last one was killed.
 * Throws when the journal does not hold the state of all that was told to be durable, and of whole writes only.
 */
export async function killPages(victim: Victim, kills: number, seed: number): Promise<{ batches: number }> {
  const folder = await mkdtemp(join(tmpdir(), "wudun-ota-killed-"));
  const site = await serve(folder);
  const random = new Random(seed);
  const expected = new Expected(seed);
  let running = await start(folder);
  try {
    for (let kill = 1; kill <= kills; kill += 1) {
      const page = await openPage(running.browser, site.url);
      const durable = await writeUntil(page, seed, expected.count, 1 + random.below(40));
      await pause(random.below(3000) / 1000);
      if (victim === "browser") {
        await running.kill();
        running = await start(folder);
      } else {
        await killRenderers(running.browser, page);
      }
      const after = await openPage(running.browser, site.url);
      const found = await after.evaluate(() => globalThis.state());
      await after.close();
      if (!expected.reach(found, durable.count, UNTOLD)) {
        throw new Error(
          `kill ${kill} of seed ${seed}: the journal is not that of ${durable.count} batches or some more`,
        );
      }
    }
  } finally {
    await running.kill();
    await site.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  return { batches: expected.count };
}

/** Lets one page write, and another take the journal over. Answers what the first came to; throws like `killPages`. */
export async function takeOver(seed: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "wudun-ota-tabs-"));
  const site = await serve(folder);
  const { browser, kill } = await start(folder);
  try {
    const first = await openPage(browser, site.url);
    const ended = first.waitForEvent("console", { predicate: (message) => message.type() === "error" });
    const durable = await writeUntil(first, seed, 0, 5);
    const second = await openPage(browser, site.url);
    await second.evaluate(() => globalThis.take());
    const text = (await ended).text();
    const found = await second.evaluate(() => globalThis.state());
    if (!new Expected(seed).reach(found, durable.count, 0))
      throw new Error("the first page wrote after it was told not to");
    return text;
  } finally {
    await kill();
    await site.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The page on an address of its own, so that the browser knows its database again. */
async function serve(folder: string): Promise<{ url: string; close(): Promise<void> }> {
  const script = join(folder, "page.js");
  await bundle("journal-page.ts", "browser", script);
  const text = await readFile(script);
  const server = createServer(({ url }, response) => {
    const isScript = url === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(
      isScript ? text : '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>',
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** A browser of its own, in a process group of its own, with a profile that stays. */
async function start(folder: string): Promise<{ browser: Browser; kill(): Promise<void> }> {
  const flags = [
    ...CHROMIUM_FLAGS,
    "--headless",
    "--remote-debugging-port=0",
    `--user-data-dir=${join(folder, "profile")}`,
  ];
  const child = spawn(chromiumPath(), flags, { detached: true, stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(child, "exit");
  const kill = async () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, "SIGKILL");
    await ended;
  };
  process.once("exit", () => void kill());
  for await (const line of createInterface({ input: child.stderr })) {
    const [, endpoint] = /^DevTools listening on (ws:\S+)/.exec(line) ?? [];
    if (endpoint === undefined) continue;
    child.stderr.resume();
    return { browser: await chromium.connectOverCDP(endpoint), kill };
  }
  await kill();
  throw new Error("Chromium ended before it could be reached");
}

async function openPage(browser: Browser, url: string): Promise<Page> {
  const [context] = browser.contexts();
  if (context === undefined) throw new Error("Chromium came without a profile");
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** Lets the page write; resolves when so many batches have become durable. What it tells later is still counted. */
async function writeUntil(page: Page, seed: number, from: number, wanted: number): Promise<{ count: number }> {
  const durable = { count: from };
  await new Promise<void>((resolve, reject) => {
    page.on("console", (message) => {
      if (message.type() !== "debug") return;
      durable.count = Number(message.text());
      if (durable.count >= from + wanted) resolve();
    });
    page
      .evaluate(
        ([seed, from]) => {
          globalThis.write(seed, from).catch((error: unknown) => console.error(`${error}`));
        },
        [seed, from] as const,
      )
      .catch(reject);
  });
  return durable;
}

async function killRenderers(browser: Browser, page: Page): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const crashed = page.waitForEvent("crash");
  for (const { type, id } of processInfo) if (type === "renderer") process.kill(id, "SIGKILL");
  await crashed;
  await page.close();
}

/** Milliseconds, more exactly than a timer would. */
async function pause(milliseconds: number): Promise<void> {
  const until = performance.now() + milliseconds;
  while (performance.now() < until) await new Promise((resolve) => setImmediate(resolve));
}
