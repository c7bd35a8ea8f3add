// One script for every engine.
import { build } from "esbuild";
import { inRoot } from "../../scripts/lib/paths.mjs";

/** @param {string[]} entry below `benches/` */
export async function bundle(...entry) {
  const result = await build({
    entryPoints: [inRoot("benches", ...entry)],
    bundle: true,
    write: false,
    format: "iife",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["import", "default"],
    target: "es2022",
    logLevel: "silent",
  });
  return result.outputFiles[0]?.text ?? "";
}
