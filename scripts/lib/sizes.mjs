// What the package weighs: the WebAssembly, and what an entry brings to a page when all of it is used.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { dist, inRoot } from "./paths.mjs";

export const kb = (size) => `${(size / 1000).toFixed(1)} KB`;

/**
 * In bytes: as it is, and as servers send it.
 * @param {Uint8Array} bytes
 */
export const measure = (bytes) => ({
  raw: bytes.length,
  gzip: gzipSync(bytes, { level: 9 }).length,
  brotli: brotliCompressSync(bytes).length,
});

/** The sizes in words. Throws when one is above its budget: what makes it larger is to be a decision. */
export function weigh(name, sizes, budget, budgetFile) {
  const words = Object.entries(sizes).map(([kind, size]) => `${kb(size)} ${kind}`);
  const report = `${name} ${words.join(", ")}`;
  const above = Object.entries(budget).filter(([kind, most]) => sizes[kind] > most);
  if (above.length === 0) return report;
  const limits = above.map(([kind, most]) => `${kind} is above ${kb(most)}`);
  throw new Error(`${report}: ${limits.join(", ")}, the budget in ${budgetFile}`);
}

/** An entry as a bundler makes it for a page that uses every export. MQTT.js is left out. */
async function sizesOfEntry(name) {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    stdin: { contents: `export * from "./${name}.js";`, resolveDir: dist },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    external: ["mqtt", "node:*"],
    write: false,
    logLevel: "silent",
  });
  return measure(outputFiles[0].contents);
}

export const entryBudgetFile = "scripts/entry-budget.json";

/** Weighs the entries against their budget. */
export async function weighEntries() {
  const budget = JSON.parse(readFileSync(inRoot(entryBudgetFile), "utf8"));
  const reports = [];
  for (const [name, most] of Object.entries(budget)) {
    reports.push(weigh(`${name}.js`, await sizesOfEntry(name), most, entryBudgetFile));
  }
  return reports.join("; ");
}

/** The rows of the table in the READMEs, in its order. */
export async function sizeRows() {
  const core = measure(readFileSync(join(dist, "core.wasm")));
  return [core, ...(await Promise.all(["index", "slim", "client"].map(sizesOfEntry)))];
}
