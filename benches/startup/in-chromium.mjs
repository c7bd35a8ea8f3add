// Milliseconds that the first message blocks a page's thread, and how many of them the thread itself worked: the others
// were taken by something else on the machine. A context of its own has a process of its own, in which nothing has been
// compiled.
import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";
import { dist } from "../../scripts/lib/paths.mjs";
import { find } from "../../scripts/lib/system-packages.mjs";
import { bytes, topic } from "./message.mjs";

/** What each page does, in turns. The last two have nothing to do with the package. */
const sides = {
  "at first use": { warm: false, does: "decode" },
  "after ready()": { warm: true, does: "decode" },
  "a loop of sums": { warm: false, does: "sums" },
  nothing: { warm: false, does: "nothing" },
};

/** In the page: has everything there, and waits until the page has come to rest. */
async function prepare({ bytes, topic, warm, does }) {
  const { decode, ready } = await import("/index.js");
  if (warm) await ready();
  const payload = Uint8Array.from(bytes);
  const work = {
    decode: () => decode(payload, { topic }),
    // takes the thread about as long as the first message
    sums: () => {
      let sum = 1;
      for (let i = 0; i < 4_000_000; i++) sum = (Math.imul(sum, 1_664_525) + 1_013_904_223) | 0;
      return sum;
    },
    nothing: () => undefined,
  };
  globalThis.work = work[does];
  await new Promise((resolve) => requestIdleCallback(resolve));
}

/** In the page. */
function measure() {
  const started = performance.now();
  globalThis.work();
  return performance.now() - started;
}

/**
 * For each side, what each page took: by the clock, and by the thread's own.
 * @param {number} rounds
 */
export async function inChromium(rounds) {
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    response.setHeader("content-type", extname(path) === ".js" ? "text/javascript" : "text/html");
    // the clock of an isolated page is exact
    response.setHeader("cross-origin-opener-policy", "same-origin");
    response.setHeader("cross-origin-embedder-policy", "require-corp");
    if (extname(path) === ".js") createReadStream(join(dist, path)).pipe(response);
    else response.end('<!doctype html><link rel="icon" href="data:,">');
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  /** @type {Record<string, { blocked: number, worked: number }[]>} */
  const times = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
  const browser = await chromium.launch({
    executablePath: find("chromium"),
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  });
  try {
    for (let round = 0; round < rounds; round++) {
      for (const [name, side] of Object.entries(sides)) {
        const context = await browser.newContext();
        const page = await context.newPage();
        await page.goto(`http://127.0.0.1:${port}/`);
        const session = await context.newCDPSession(page);
        await session.send("Performance.enable", { timeDomain: "threadTicks" });
        const worked = async () => {
          const { metrics } = await session.send("Performance.getMetrics");
          return 1000 * (metrics.find((metric) => metric.name === "TaskDuration")?.value ?? Number.NaN);
        };
        await page.evaluate(prepare, { ...side, bytes: [...bytes], topic });
        const before = await worked();
        const blocked = await page.evaluate(measure);
        times[name]?.push({ blocked, worked: (await worked()) - before });
        await context.close();
      }
    }
    return { version: browser.version(), times };
  } finally {
    await browser.close();
    server.close();
  }
}
