// A million upgrades in one tracker, beside JSON.parse, ajv and a Map: in Node and in Chromium.
// `npm run bench -- tracker [ATTEMPTS]`
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { find } from "../scripts/lib/system-packages.mjs";
import { bundle } from "./lib/bundle.mjs";

/** @typedef {(name: string, size: number) => any} Run each in an engine of its own, for the sake of memory */

/** @param {string} script @param {(run: Run) => Promise<void>} use */
async function inNode(script, use) {
  const folder = mkdtempSync(join(tmpdir(), "wudun-ota-bench-"));
  const file = join(folder, "race.cjs");
  const last =
    "const [,, name, size] = process.argv;\nconsole.log(JSON.stringify(globalThis.race[name](Number(size))));";
  writeFileSync(file, `${script}\n${last}\n`);
  try {
    const heap = "--max-old-space-size=8192";
    const stdio = /** @type {const} */ (["ignore", "pipe", "inherit"]);
    await use((name, size) =>
      JSON.parse(execFileSync(process.execPath, [heap, file, name, String(size)], { stdio }).toString()),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {string} script @param {(run: Run) => Promise<void>} use */
async function inChromium(script, use) {
  const { chromium } = await import("playwright-core");
  const args = ["--no-sandbox", "--disable-gpu", "--js-flags=--max-old-space-size=8192"];
  await use(async (name, size) => {
    const browser = await chromium.launch({ executablePath: find("chromium"), args });
    try {
      const page = await browser.newPage();
      await page.addScriptTag({ content: script });
      return await page.evaluate(
        ([name, size]) => Object(globalThis).race[name](size),
        /** @type {const} */ ([name, size]),
      );
    } finally {
      await browser.close();
    }
  });
}

/** @param {Record<string, number>} figures @param {number} [digits] */
const line = (figures, digits = 0) =>
  Object.entries(figures)
    .map(([name, value]) => `${name} ${value.toFixed(digits)}`)
    .join("   ");

/** @param {string} engine @param {Run} run @param {number} size */
async function measure(engine, run, size) {
  console.log(`\n${engine}`);
  console.log(`  said the same of every message: ${line(await run("agreement", 6_000))}`);
  const { times, quickest, memory, pages, other } = await run("measureOurs", size);
  const plain = await run("measurePlain", size);
  console.log(
    `  with ${size} attempts, median nanoseconds each (in brackets, of JSON.parse, ajv and a Map, and the ratio):`,
  );
  const rate = (/** @type {number} */ time) => Math.round(1e9 / time);
  for (const [name, time] of Object.entries(times)) {
    const beside = plain[name] === undefined ? "" : ` (${plain[name].toFixed(0)}, ${(plain[name] / time).toFixed(2)})`;
    const rates =
      quickest[name] === undefined ? "" : `  ${rate(time)}/s, in the quickest round ${rate(quickest[name])}/s`;
    console.log(`    ${name.padEnd(18)} ${time.toFixed(0)}${beside}${rates}`);
  }
  console.log(`  WebAssembly memory: ${line(memory)}`);
  console.log("  a page of 100, median µs:");
  for (const [name, time] of Object.entries(pages)) console.log(`    ${name.padEnd(26)} ${time.toFixed(0)}`);
  console.log(`  ${line(other, 1)}`);
}

/** @param {string[]} args */
export async function run([attempts = "1000000"]) {
  const script = await bundle("tracker", "entry.mjs");
  const size = Number(attempts);
  await inNode(script, (run) => measure(`Node ${process.version}`, run, size));
  if (find("chromium") === undefined) {
    console.log("\nNo Chromium found");
    return;
  }
  await inChromium(script, (run) => measure("Chromium", run, size));
}
