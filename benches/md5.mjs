// MD5 of the package beside others: `npm run bench -- md5`. Prints a table for each runtime and draws docs/bench-md5.svg.
// `npm run bench -- md5 command-line` runs the command line alone.
import { writeFileSync } from "node:fs";
import { inRoot } from "../scripts/lib/paths.mjs";
import { run as runProgram } from "../scripts/lib/run.mjs";
import { newerNode } from "./lib/newer-node.mjs";
import { commandLine } from "./md5/command-line.mjs";
import { inChromium } from "./md5/in-chromium.mjs";
import { plot } from "./md5/plot.mjs";
import { wholeFiles } from "./md5/whole-file.mjs";

const script = inRoot("benches", "md5", "in-node.mjs");
const folders = inRoot("benches", "md5", "folders.mjs");

export async function run([only] = []) {
  const nodes = [process.execPath, await newerNode()].filter((node) => node !== undefined);
  if (only === "command-line") return printCommandLine(await commandLine(nodes));
  const results = [];
  for (const node of nodes) results.push(JSON.parse(await runProgram(node, [script])));
  const chromium = await inChromium();
  if (chromium !== undefined) results.push(chromium);
  for (const { runtime, tables } of results) for (const table of tables) print(`${runtime}: ${table.task}`, table.rows);
  printCommandLine(await commandLine(nodes));
  for (const node of nodes) printFolders(JSON.parse(await runProgram(node, [folders])));
  printWholeFiles(await wholeFiles());
  writeFileSync(inRoot("docs", "bench-md5.svg"), plot(results));
  console.log("\nDrawn: docs/bench-md5.svg");
}

function printCommandLine(tasks) {
  for (const { task, rows, start } of tasks) {
    if (rows) print(`Command line, warm page cache, ${task}`, rows);
    else console.log(`\nCommand line, start to end, ${task}: ${start.map(inMilliseconds).join("; ")}`);
  }
}

const inMilliseconds = ({ name, took }) => `${name} ${took.toFixed(took < 10 ? 1 : 0)} ms`;

function print(title, rows) {
  console.log(`\n${title}`);
  console.log(`  ${"".padEnd(36)}${"MB/s".padStart(8)}${"ratio".padStart(8)}   spread (middle half)`);
  for (const { name, rate, ratio, low, high } of rows) {
    const spread = `${low.toFixed(2)}–${high.toFixed(2)}`;
    console.log(`  ${name.padEnd(36)}${rate.toFixed(0).padStart(8)}${ratio.toFixed(2).padStart(8)}   ${spread}`);
  }
}

const right = (values, width = 10) => values.map((value) => value.padStart(width)).join("");

/**
 * Two yardsticks, 1.00 being the best there is. Bound: the time of the longest file alone, or that of all in lanes,
 * whichever is longer. Reachable: a file in a lane gets an eighth of the lanes' rate, so one that is longer than all
 * others together in seven lanes has to go on alone when these have ended.
 */
function printFolders({ runtime, rows }) {
  const [alone, lanes] = rows.map(({ one }) => one * 1000);
  console.log(`\n${runtime}: hashFiles, warm page cache`);
  console.log(`  ${"".padEnd(32)}${right(["1 thread", "2 threads", "gain", "of bound", "reachable"])}`);
  for (const { name, longest, bytes, one, two } of rows) {
    const bound = Math.max(longest / alone, bytes / lanes);
    const others = (bytes - longest) / ((lanes * 7) / 8);
    const rest = longest - (others * lanes) / 8;
    const reachable = rest > 0 ? others + rest / alone : bound;
    const took = bytes / 1000 / one;
    const both = two === undefined || two === null ? ["", ""] : [two.toFixed(0), (two / one).toFixed(2)];
    const shares = [bound / took, reachable / took].map((share) => share.toFixed(2));
    console.log(`  ${name.padEnd(32)}${right([one.toFixed(0), ...both, ...shares])}`);
  }
}

function printWholeFiles({ runtime, raw, kernel, whole, twoWorkers, many, memory, ...page }) {
  const best = Math.max(...kernel);
  console.log(`\n${runtime}: a file of 1 GiB on disk, in MB/s`);
  for (const [name, rate] of Object.entries(raw)) {
    console.log(`  ${`only read: ${name}`.padEnd(48)}${right([rate.toFixed(0), (rate / best).toFixed(2)])}`);
  }
  // Taken in turns: the best of each tells what the code can do, the ratios of neighbours how much they differ.
  const turns = { "createMd5, bytes in memory": kernel, hashFirmware: whole, "read in a second worker": twoWorkers };
  for (const [name, rates] of Object.entries(turns)) {
    const rate = Math.max(...rates);
    const ratios = rates.map((rate, round) => rate / kernel[round]).sort((a, b) => a - b);
    const spread = `   ${ratios.map((ratio) => ratio.toFixed(2)).join(" ")}`;
    console.log(`  ${name.padEnd(48)}${right([rate.toFixed(0), (rate / best).toFixed(2)])}${spread}`);
  }
  console.log(`  200 files of 1 to 64 MiB, hashFirmware one by one ${many.single.toFixed(0)} MB/s`);
  for (const [name, rate] of Object.entries({ one: many.one, two: many.two })) {
    const ratio = (rate / many.single).toFixed(2);
    console.log(
      `  the same, hashFirmwares with ${name} worker${name === "one" ? "" : "s"} ${rate.toFixed(0)} MB/s, ${ratio} times`,
    );
  }
  const { longTasks, slowestReport, steady, abort } = page;
  console.log(
    `  tasks of the page over 50 ms: ${longTasks.length}; longest wait for progress: ${slowestReport.toFixed(0)} ms`,
  );
  console.log(
    `  progress ${steady ? "only grew, to exactly the size" : "WENT WRONG"}; stopped after ${abort.toFixed(0)} ms at most`,
  );
  console.log(
    `  memory: at most ${memory.most.toFixed(0)} MiB more under way, ${memory.growth.toFixed(0)} MiB after collection`,
  );
}
