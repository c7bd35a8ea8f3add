// Runs one of the measurements in `benches/`: `npm run bench -- NAME …`.
import { readdirSync } from "node:fs";
import { build } from "./build.mjs";
import { inRoot } from "./lib/paths.mjs";
import { fail } from "./setup.mjs";

const ending = ".mjs";
const names = readdirSync(inRoot("benches"))
  .filter((file) => file.endsWith(ending))
  .map((file) => file.slice(0, -ending.length));

const [name, ...args] = process.argv.slice(2);
if (name === undefined || !names.includes(name)) {
  console.error(`Usage: npm run bench -- NAME …, where NAME is one of: ${names.join(", ")}`);
  process.exitCode = 2;
} else {
  await build().catch(fail);
  const { run } = await import(`../benches/${name}${ending}`);
  await run(args);
}
