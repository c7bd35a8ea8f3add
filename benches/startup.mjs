// From nothing to the first message, beside ajv and an equal schema: `npm run bench -- startup`.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { inRoot } from "../scripts/lib/paths.mjs";
import { newerNode } from "./lib/newer-node.mjs";
import { median } from "./md5/files.mjs";
import { inChromium } from "./startup/in-chromium.mjs";

const sides = { "wudun-ota": "ours.mjs", ajv: "ajv.mjs" };
const runs = 15;
const runsInChromium = 15;

/**
 * Each side in processes of its own, in turns.
 * @param {string} node
 * @param {Record<string, string>} scripts
 */
function race(node, scripts) {
  /** @type {Record<string, number[][]>} */
  const times = Object.fromEntries(Object.keys(scripts).map((name) => [name, []]));
  for (let round = 0; round < runs; round++) {
    for (const [name, script] of Object.entries(scripts)) {
      const told = execFileSync(node, [inRoot("benches", "startup", "time.mjs"), script], { encoding: "utf8" });
      times[name]?.push(JSON.parse(told));
    }
  }
  return Object.fromEntries(
    Object.entries(times).map(([name, list]) => [
      name,
      {
        imported: median(list.map(([imported]) => imported)),
        first: median(list.map(([, first]) => first)),
        both: median(list.map(([imported, first]) => imported + first)),
      },
    ]),
  );
}

/** @param {ReturnType<typeof race>} times */
function print(title, times) {
  console.log(`\n${title}: median milliseconds of ${runs} processes`);
  for (const [name, { imported, first, both }] of Object.entries(times)) {
    const ratio = (both / times.ajv.both).toFixed(2);
    const parts = `${imported.toFixed(1)} import, ${first.toFixed(1)} first message`;
    console.log(`  ${name.padEnd(12)} ${both.toFixed(1).padStart(6)} (${parts})   ${ratio}`);
  }
}

export async function run() {
  const folder = mkdtempSync(join(tmpdir(), "wudun-ota-bench-"));
  try {
    const installed = Object.entries(sides).map(([name, file]) => [name, inRoot("benches", "startup", file)]);
    const bundled = installed.map(([name, file]) => [name, join(folder, `${name}.mjs`), file]);
    for (const [, outfile, entry] of bundled) {
      await build({ entryPoints: [entry], outfile, bundle: true, minify: true, platform: "node", format: "esm" });
    }
    for (const node of [process.execPath, await newerNode()]) {
      if (node === undefined) continue;
      const version = `Node ${execFileSync(node, ["--version"], { encoding: "utf8" }).trim().slice(1)}`;
      print(`${version}, from node_modules`, race(node, Object.fromEntries(installed)));
      print(`${version}, bundled`, race(node, Object.fromEntries(bundled)));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const { version, times } = await inChromium(runsInChromium);
  console.log(
    `\nChromium ${version}: milliseconds that the first message blocks the page, and how many of them its thread worked ` +
      `(the others were taken from it), of ${runsInChromium} fresh pages: median, worst`,
  );
  // What asks the page to do something is not the page's work.
  const asking = median(times.nothing.map(({ worked }) => worked));
  for (const [name, list] of Object.entries(times)) {
    const blocked = list.map((one) => one.blocked);
    const worked = list.map((one) => Math.max(0, one.worked - asking));
    const [all, own] = [blocked, worked].map((each) =>
      [median(each), Math.max(...each)].map((value) => value.toFixed(1).padStart(6)).join(""),
    );
    console.log(`  ${name.padEnd(14)} blocked${all}   worked${own}`);
  }
}
