import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { onTestFinished } from "vitest";
import type * as Package from "wudun-ota";

const dist = fileURLToPath(new URL("../../pkg/dist", import.meta.url));
const types: Record<string, string> = { ".js": "text/javascript", ".wasm": "application/wasm" };

/** The strictest policy under which everything works. */
export const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src data:";

const emptyPage = '<!doctype html><title>package</title><link rel="icon" href="data:,">';

/** Serves the built package, a second copy of it in `/copy`, and a page, under a strict policy. */
export async function servePackage({ contentSecurityPolicy = policy, body = emptyPage } = {}): Promise<string> {
  const server = createServer(async (request, response) => {
    response.setHeader("content-security-policy", contentSecurityPolicy);
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (path === "/") {
      response.setHeader("content-type", "text/html");
      response.end(body);
      return;
    }
    const file = await readFile(join(dist, path.replace(/^\/copy\//, "/"))).catch(() => undefined);
    response.writeHead(file ? 200 : 404, { "content-type": types[extname(path)] ?? "text/plain" }).end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** The package as the page has it. Told as text: vitest would rewrite an `import()`. */
export const packageIn = (page: Page) => page.evaluateHandle<typeof Package>("import('/index.js')");
