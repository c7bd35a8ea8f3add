// Coverage-guided fuzzing: `npm run fuzz -- [TARGET…] [--seconds N]`, every target for a minute unless told.
// Needs what cannot be installed from here: a nightly toolchain and `cargo install cargo-fuzz`.
import { mkdirSync, readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { inRoot } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";

const targets = readdirSync(inRoot("fuzz", "fuzz_targets")).map((file) => file.replace(/\.rs$/, ""));

function fail(message) {
  console.error(message);
  process.exit(2);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: "string", default: "60" } },
});
const unknown = positionals.find((name) => !targets.includes(name));
if (unknown !== undefined) fail(`no target ${unknown}; there are: ${targets.join(", ")}`);
if (!/^\d+$/.test(values.seconds)) fail("--seconds takes a whole number");

await run("cargo", ["+nightly", "fuzz", "--version"]).catch(() =>
  fail("fuzzing needs a nightly toolchain and cargo-fuzz: rustup toolchain install nightly, cargo install cargo-fuzz"),
);
for (const target of positionals.length > 0 ? positionals : targets) {
  console.error(`Fuzzing ${target} for ${values.seconds} s …`);
  const options = [`-max_total_time=${values.seconds}`, "-max_len=700", "-dict=fuzz/json.dict", "-print_final_stats=1"];
  // What is found goes to a folder of its own, so that the committed corpus stays small.
  const found = inRoot("fuzz", "found", target);
  mkdirSync(found, { recursive: true });
  const folders = [found, inRoot("fuzz", "corpus", target === "topic" ? "topic" : "message")];
  await run("cargo", ["+nightly", "fuzz", "run", target, ...folders, "--", ...options], { onLine: console.error });
}
