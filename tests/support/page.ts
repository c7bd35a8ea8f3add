import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { chromium } from "playwright-core";
import { CHROMIUM_FLAGS, chromiumPath } from "./chromium.js";

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** Serves a folder to a page of a real browser; answers what the page puts into `result`, a promise. */
export async function resultOfFolder(folder: string): Promise<unknown> {
  const server = createServer(async ({ url = "/" }, response) => {
    const path = normalize(decodeURIComponent(new URL(url, "http://localhost").pathname));
    const file = path.endsWith("/") ? `${path}index.html` : path;
    const body = await readFile(join(folder, file)).catch(() => undefined);
    response.writeHead(body ? 200 : 404, { "content-type": TYPES[extname(file)] ?? "text/plain" }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    return await resultOfPage(`http://127.0.0.1:${port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

declare global {
  var result: Promise<unknown> | undefined;
}

/** Opens an address; answers what the page puts into `result`. Throws with what went wrong in it instead. */
export async function resultOfPage(url: string): Promise<unknown> {
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: [...CHROMIUM_FLAGS] });
  try {
    const page = await browser.newPage();
    const troubles: string[] = [];
    page.on("pageerror", (error) => troubles.push(error.stack ?? error.message));
    page.on("console", (message) => void (message.type() === "error" && troubles.push(message.text())));
    await page.goto(url);
    await page
      .waitForFunction(() => globalThis.result !== undefined, undefined, { timeout: 20_000 })
      .catch(() => {
        throw new Error(`the page came to no result:\n${troubles.join("\n")}`);
      });
    return await page.evaluate(() => globalThis.result);
  } finally {
    await browser.close();
  }
}
