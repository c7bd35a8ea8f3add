// Reading messages beside JSON.parse, ajv and zod: in this Node, in a newer one, in Chromium.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { find } from "../scripts/lib/system-packages.mjs";
import { bundle } from "./lib/bundle.mjs";
import { newerNode } from "./lib/newer-node.mjs";
import { shares } from "./lib/shares.mjs";

/** @typedef {Record<string, Record<string, number>>} Times nanoseconds, by set and peer */
/** @typedef {Record<string, ReturnType<import("./lib/hostile.mjs").worst>>} Costs by size of the documents */

/**
 * @param {string} node its program
 * @param {string} script
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

/**
 * @param {string} engine
 * @param {Costs} costs
 */
function printWorst(engine, costs) {
  for (const [size, ways] of Object.entries(costs)) {
    for (const [way, found] of Object.entries(ways)) {
      console.log(`\n${engine}, documents of ${size}, ${way}: nanoseconds a byte (times the ordinary one)`);
      for (const [name, { time, ratio }] of Object.entries(found)) {
        console.log(`  ${name.padEnd(18)} ${time.toFixed(2)} (${ratio.toFixed(2)})`);
      }
    }
  }
}

export async function run() {
  console.log("On the fast path, of 2,000 messages each:");
  for (const [set, share] of Object.entries(shares())) console.log(`  ${set.padEnd(15)} ${(share * 100).toFixed(1)} %`);
  const [script, hostile] = [await bundle("lib", "race-entry.mjs"), await bundle("lib", "hostile-entry.mjs")];
  for (const node of [process.execPath, await newerNode()]) {
    if (node === undefined) continue;
    print(`Node ${versionOf(node)}`, inNode(node, script));
    printWorst(`Node ${versionOf(node)}`, inNode(node, hostile));
  }
  const chromium = find("chromium");
  if (chromium === undefined) return console.log("\nNo Chromium found");
  print(versionOf(chromium), inChromium(chromium, script));
  printWorst(versionOf(chromium), inChromium(chromium, hostile));
}

/** @param {string} program */
function versionOf(program) {
  return execFileSync(program, ["--version"], { encoding: "utf8" }).trim();
}
