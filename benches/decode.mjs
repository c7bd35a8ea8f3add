// Reading messages beside JSON.parse, ajv and zod: in this Node, in others, in Chromium.
// `npm run bench -- decode [PATH-OF-A-NODE …]`
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "./lib/bundle.mjs";
import { worst } from "./lib/hostile.mjs";
import { shares } from "./lib/shares.mjs";

const chromiumPlaces = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/** @typedef {Record<string, Record<string, number>>} Times nanoseconds, by set and peer */

/**
 * @param {string} node
 * @param {string} script
 * @returns {Times}
 */
function inNode(node, script) {
  const folder = mkdtempSync(join(tmpdir(), "wudun-ota-bench-"));
  try {
    const file = join(folder, "race.cjs");
    writeFileSync(file, `${script}\nprocess.stdout.write(JSON.stringify(globalThis.raced));\n`);
    return JSON.parse(execFileSync(node, [file], { encoding: "utf8" }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {string} executablePath
 * @param {string} script
 * @returns {Promise<{ times: Times, version: string }>}
 */
async function inChromium(executablePath, script) {
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ content: script });
    return { times: await page.evaluate("globalThis.raced"), version: browser.version() };
  } finally {
    await browser.close();
  }
}

/**
 * @param {string} engine
 * @param {Times} times
 */
function print(engine, times) {
  console.log(`\n${engine}: median nanoseconds a message; in brackets how many times as fast decode, check are`);
  for (const [set, peers] of Object.entries(times)) {
    const cells = Object.entries(peers).map(([peer, time]) => {
      const ratio = (/** @type {string} */ ours) => (peers[ours] ? (time / peers[ours]).toFixed(2) : "");
      const ratios =
        peer === "decode" || peer === "check"
          ? ""
          : ` (${[ratio("decode"), ratio("check")].filter(Boolean).join(", ")})`;
      return `${peer} ${time.toFixed(0)}${ratios}`;
    });
    console.log(`  ${set.padEnd(15)} ${cells.join("   ")}`);
  }
}

/** The worst documents, of 64 KiB and of nearly 16 MiB. */
function printWorst() {
  for (const [size, bytes, rounds] of /** @type {const} */ ([
    ["64 KiB", 65_536, 21],
    ["16 MiB", 16_000_000, 3],
  ])) {
    console.log(`\nDocuments of ${size}, nanoseconds a byte (times the ordinary one):`);
    const found = worst(bytes, rounds);
    for (const [name, time] of Object.entries(found)) {
      console.log(`  ${name.padEnd(18)} ${time.toFixed(2)} (${(time / (found.ordinary ?? 0)).toFixed(2)})`);
    }
  }
}

/** @param {string[]} nodes */
export async function run(nodes) {
  console.log("On the fast path, of 2,000 messages each:");
  for (const [set, share] of Object.entries(shares())) console.log(`  ${set.padEnd(15)} ${(share * 100).toFixed(1)} %`);
  printWorst();
  const script = await bundle("lib", "race-entry.mjs");
  for (const node of [process.execPath, ...nodes]) {
    print(`Node ${execFileSync(node, ["--version"], { encoding: "utf8" }).trim()}`, inNode(node, script));
  }
  const chromium = chromiumPlaces.find((place) => place !== undefined && existsSync(place));
  if (chromium === undefined) {
    console.log("\nNo Chromium found: name one in CHROMIUM");
    return;
  }
  const { times, version } = await inChromium(chromium, script);
  print(`Chromium ${version}`, times);
}
