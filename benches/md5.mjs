// MD5 of the package beside others: `npm run bench -- md5`. Prints a table for each runtime and draws docs/bench-md5.svg.
import { writeFileSync } from "node:fs";
import { inRoot } from "../scripts/lib/paths.mjs";
import { ask, run as runProgram } from "../scripts/lib/run.mjs";
import { commandLine } from "./md5/command-line.mjs";
import { inChromium } from "./md5/in-chromium.mjs";
import { plot } from "./md5/plot.mjs";

/** The newer Node, as its npm package. */
const newerNode = ["exec", "--yes", "--package=node@24.21.0", "--", "node"];

const script = inRoot("benches", "md5", "in-node.mjs");

export async function run() {
  const results = [
    JSON.parse(await runProgram(process.execPath, [script])),
    // npm may write warnings around it.
    lastLine(await ask("npm", [...newerNode, script])),
    await inChromium(),
  ].filter((result) => result !== undefined);
  for (const { runtime, tables } of results) for (const table of tables) print(`${runtime}: ${table.task}`, table.rows);
  print("Command line, warm page cache", await commandLine());
  writeFileSync(inRoot("docs", "bench-md5.svg"), plot(results));
  console.log("\nDrawn: docs/bench-md5.svg");
}

function lastLine(output) {
  const line = output?.split("\n").findLast((text) => text.startsWith("{"));
  return line === undefined ? undefined : JSON.parse(line);
}

function print(title, rows) {
  console.log(`\n${title}`);
  console.log(`  ${"".padEnd(36)}${"MB/s".padStart(8)}${"ratio".padStart(8)}   spread (middle half)`);
  for (const { name, rate, ratio, low, high } of rows) {
    const spread = `${low.toFixed(2)}–${high.toFixed(2)}`;
    console.log(`  ${name.padEnd(36)}${rate.toFixed(0).padStart(8)}${ratio.toFixed(2).padStart(8)}   ${spread}`);
  }
}
