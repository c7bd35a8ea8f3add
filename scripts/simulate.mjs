// Lives through many seeds of the simulation: `npm run simulate -- 100000`. A failing one is named.
import { spawnSync } from "node:child_process";
import { root } from "./lib/paths.mjs";

const [count = "100000"] = process.argv.slice(2);
if (!/^[1-9]\d{0,8}$/.test(count)) {
  console.error("Usage: npm run simulate -- SEEDS");
  process.exit(2);
}
const args = ["test", "--locked", "--release", "--test", "simulation", "--", "--nocapture", "the_tracker"];
const started = performance.now();
const { status } = spawnSync("cargo", args, { cwd: root, stdio: "inherit", env: { ...process.env, SEEDS: count } });
console.log(`${count} seeds in ${((performance.now() - started) / 1000).toFixed(0)} s, the build included`);
process.exitCode = status ?? 1;
