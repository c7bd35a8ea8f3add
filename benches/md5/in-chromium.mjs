// The measurement in a page of Chromium.
import { createServer } from "node:http";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { find } from "../../scripts/lib/system-packages.mjs";

export async function inChromium() {
  const { outputFiles } = await build({
    entryPoints: [inRoot("benches", "md5", "measure.mjs")],
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "silent",
  });
  const server = createServer((request, response) => {
    const script = request.url === "/measure.js";
    response.setHeader("content-type", script ? "text/javascript" : "text/html");
    response.end(script ? outputFiles[0].text : '<!doctype html><link rel="icon" href="data:,">');
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const browser = await chromium.launch({
    executablePath: find("chromium"),
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const runtime = `Chromium ${browser.version().split(".")[0]}`;
    return await page.evaluate(async (runtime) => (await import("/measure.js")).measure({ runtime }), runtime);
  } finally {
    await browser.close();
    server.close();
  }
}
