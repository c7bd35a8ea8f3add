// Milliseconds that the first message blocks a page's thread. A context of its own has a process of its own, in which
// nothing has been compiled.
import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";
import { dist } from "../../scripts/lib/paths.mjs";
import { find } from "../../scripts/lib/system-packages.mjs";
import { bytes, topic } from "./message.mjs";

/** @param {number} rounds */
export async function inChromium(rounds) {
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    response.setHeader("content-type", extname(path) === ".js" ? "text/javascript" : "text/html");
    if (extname(path) === ".js") createReadStream(join(dist, path)).pipe(response);
    else response.end('<!doctype html><link rel="icon" href="data:,">');
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  /** @type {Record<string, number[]>} */
  const times = { cold: [], warm: [] };
  const browser = await chromium.launch({
    executablePath: find("chromium"),
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  });
  try {
    for (let round = 0; round < rounds; round++) {
      for (const [name, list] of Object.entries(times)) {
        const context = await browser.newContext();
        const page = await context.newPage();
        await page.goto(`http://127.0.0.1:${port}/`);
        const time = await page.evaluate(
          async ({ bytes, topic, warm }) => {
            const { decode, ready } = await import("/index.js");
            if (warm) await ready();
            const payload = Uint8Array.from(bytes);
            await new Promise((resolve) => requestIdleCallback(resolve));
            const started = performance.now();
            decode(payload, { topic });
            return performance.now() - started;
          },
          { bytes: [...bytes], topic, warm: name === "warm" },
        );
        list.push(time);
        await context.close();
      }
    }
    return { version: browser.version(), times };
  } finally {
    await browser.close();
    server.close();
  }
}
