// Reading messages beside JSON.parse, ajv and zod: in this Node, in a newer one, in Chromium.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { find } from "../scripts/lib/system-packages.mjs";
import { bundle } from "./lib/bundle.mjs";
import { worst } from "./lib/hostile.mjs";
import { newerNode } from "./lib/newer-node.mjs";
import { shares } from "./lib/shares.mjs";

/** @typedef {Record<string, Record<string, number>>} Times nanoseconds, by set and peer */

/**
 * @param {string} node its program
 * @param {string} script
 * @returns {Times}
 */
function inNode(node, script) {
  return inFolder((folder) => {
    const file = join(folder, "race.cjs");
    writeFileSync(file, `${script}\nprocess.stdout.write(JSON.stringify(globalThis.raced));\n`);
    return JSON.parse(execFileSync(node, [file], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  });
}

/**
 * Without a debugger: one that is attached makes every `Error` cost several times as much.
 * @param {string} executablePath
 * @param {string} script
 * @returns {Times}
 */
function inChromium(executablePath, script) {
  return inFolder((folder) => {
    const file = join(folder, "race.html");
    writeFileSync(join(folder, "race.js"), `${script}\ndocument.title = JSON.stringify(globalThis.raced);\n`);
    writeFileSync(file, '<!doctype html><meta charset="utf-8"><script src="race.js"></script>');
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${folder}`, "--dump-dom"];
    const page = execFileSync(executablePath, [...flags, pathToFileURL(file).href], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return JSON.parse(/<title>(.*)<\/title>/.exec(page)?.[1] ?? "");
  });
}

/**
 * @template T
 * @param {(folder: string) => T} run
 */
function inFolder(run) {
  const folder = mkdtempSync(join(tmpdir(), "wudun-ota-bench-"));
  try {
    return run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
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
    for (const [name, { time, ratio }] of Object.entries(found)) {
      console.log(`  ${name.padEnd(18)} ${time.toFixed(2)} (${ratio.toFixed(2)})`);
    }
  }
}

export async function run() {
  console.log("On the fast path, of 2,000 messages each:");
  for (const [set, share] of Object.entries(shares())) console.log(`  ${set.padEnd(15)} ${(share * 100).toFixed(1)} %`);
  printWorst();
  const script = await bundle("lib", "race-entry.mjs");
  for (const node of [process.execPath, await newerNode()]) {
    if (node !== undefined) print(`Node ${versionOf(node)}`, inNode(node, script));
  }
  const chromium = find("chromium");
  if (chromium === undefined) console.log("\nNo Chromium found");
  else print(versionOf(chromium), inChromium(chromium, script));
}

/** @param {string} program */
function versionOf(program) {
  return execFileSync(program, ["--version"], { encoding: "utf8" }).trim();
}
