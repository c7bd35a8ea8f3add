// The command line beside md5sum of coreutils, each a process from start to end. Files are large, so that it is their
// bytes that take the time; what the start takes is told by itself, and what it costs a file of a typical size.
import { join } from "node:path";
import { dist } from "../../scripts/lib/paths.mjs";
import { ask } from "../../scripts/lib/run.mjs";
import { makeFolder, mebibyte } from "./files.mjs";

const fileCount = 16;
const fileBytes = 64 * mebibyte;

/**
 * Rows for each task, `start` in milliseconds for one that is no work at all. `nodes` are the programs to run it with.
 * Empty where there is no md5sum.
 */
export async function commandLine(nodes) {
  if ((await ask("md5sum", ["--version"])) === undefined) return [];
  const { folder, make, remove } = makeFolder();
  try {
    const large = make("large", fileCount * fileBytes);
    const typical = make("typical", fileBytes);
    const tiny = make("tiny", 64);
    const images = Array.from({ length: fileCount }, (_, i) => make(`image-${String(i).padStart(2, "0")}`, fileBytes));
    const runtimes = await Promise.all(
      nodes.map(async (node) => ({ node, name: `Node ${await ask(node, ["--print", "process.versions.node"])}` })),
    );
    const contest = (files) => [
      { name: "md5sum", program: "md5sum", args: files },
      ...runtimes.map(({ node, name }) => ({
        name: `wudun-ota md5, ${name}`,
        program: node,
        args: [join(dist, "cli.js"), "md5", ...files],
      })),
    ];
    // What Node needs to do nothing, as a yardstick for the start.
    const bare = runtimes.map(({ node, name }) => ({ name: `${name} alone`, program: node, args: ["--eval", ""] }));
    const start = [...(await race(contest([tiny]), 21)), ...(await race(bare, 21))];
    return [
      { task: "one file of 1 GiB", rows: rowsOf(await race(contest([large]), 7), fileCount * fileBytes) },
      { task: `${fileCount} files of 64 MiB`, rows: rowsOf(await race(contest(images), 9), fileCount * fileBytes) },
      { task: "one file of 64 MiB", rows: rowsOf(await race(contest([typical]), 15), fileBytes) },
      { task: "a file of 64 bytes", start: start.map(({ name, seconds }) => ({ name, took: middle(seconds) * 1000 })) },
    ];
  } finally {
    remove(folder);
  }
}

/** In turns, so that a disturbance hits all. */
async function race(contestants, rounds) {
  const results = contestants.map(({ name }) => ({ name, seconds: [] }));
  let expected;
  for (let round = 0; round <= rounds; round++) {
    for (const [index, { name, program, args }] of contestants.entries()) {
      const started = performance.now();
      const output = await ask(program, args);
      const took = (performance.now() - started) / 1000;
      expected ??= output;
      if (output !== expected) throw new Error(`${name} is wrong: ${output}`);
      // The first round warms the page cache.
      if (round > 0) results[index].seconds.push(took);
    }
  }
  return results;
}

const ascending = (list) => list.toSorted((a, b) => a - b);
const quantile = (list, part) => ascending(list)[Math.floor((list.length - 1) * part)];
const middle = (list) => quantile(list, 0.5);

function rowsOf(results, bytes) {
  const [first] = results;
  return results.map(({ name, seconds }) => {
    const ratios = seconds.map((took, round) => first.seconds[round] / took);
    const rate = bytes / 1e6 / middle(seconds);
    return { name, rate, ratio: middle(ratios), low: quantile(ratios, 0.25), high: quantile(ratios, 0.75) };
  });
}
