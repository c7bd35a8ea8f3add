// Plants the bugs of `tests/planted/bugs.mjs`, one after the other, in a copy of the sources, and has the
// simulation find each: `npm run test:planted`, with `--sample` only some of them, for every test run.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bugs } from "../tests/planted/bugs.mjs";
import { cargoTarget, inRoot } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import { seconds } from "./lib/steps.mjs";

/** A bug that no seed below shows is not caught. */
const SEEDS = "5000";

const { sample } = parseArgs({ options: { sample: { type: "boolean", default: false } } }).values;
const copy = join(cargoTarget, "planted");

/** The file with its bug. Throws when the code is no longer as the list says. */
function planted({ breaks, file, find, replace }) {
  const text = readFileSync(inRoot("src", file), "utf8");
  const times = text.split(find).length - 1;
  if (times !== 1) throw new Error(`${file} has ${times} times what is to be replaced, for “${breaks}”:\n${find}`);
  return text.replace(find, () => replace);
}

/** The first line that says which seed shows the bug. Throws when none does, or the bug does not compile. */
async function hunt(bug) {
  const file = join(copy, "src", bug.file);
  writeFileSync(file, planted(bug));
  const args = ["test", "--locked", "--test", "simulation", "the_tracker"];
  const env = { CARGO_TARGET_DIR: cargoTarget, SEEDS, RUST_BACKTRACE: "0" };
  const output = await run("cargo", args, { cwd: copy, env }).then(
    () => undefined,
    (error) => error.output,
  );
  cpSync(inRoot("src", bug.file), file);
  if (output === undefined) throw new Error(`not caught in ${SEEDS} seeds: ${bug.breaks}`);
  const [, seed] = /^SEED=(\d+)/m.exec(output) ?? [];
  if (seed === undefined) throw new Error(`could not be tried: ${bug.breaks}\n${output}`);
  return seed;
}

for (const bug of bugs) planted(bug);
rmSync(copy, { recursive: true, force: true });
mkdirSync(copy, { recursive: true });
for (const part of ["Cargo.toml", "Cargo.lock", "README.md", "src", "tests/simulation", "tests/simulation.rs"]) {
  cpSync(inRoot(part), join(copy, part), { recursive: true });
}
const chosen = bugs.filter((bug) => !sample || bug.sample);
const missed = [];
for (const bug of chosen) {
  const started = performance.now();
  try {
    const seed = await hunt(bug);
    console.log(`caught at seed ${seed.padStart(4)}, ${seconds(started)}: ${bug.breaks}`);
  } catch (error) {
    missed.push(bug);
    console.error(error.message);
  }
}
console.log(`${chosen.length - missed.length} of ${chosen.length} planted bugs caught`);
process.exitCode = missed.length === 0 ? 0 : 1;
