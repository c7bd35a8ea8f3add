// Measures the package and writes the table of sizes in both READMEs: `npm run sizes`.
import { writeFileSync } from "node:fs";
import { build } from "./build.mjs";
import { inRoot } from "./lib/paths.mjs";
import { readmes, withTable } from "./lib/size-table.mjs";
import { sizeRows, weighEntries } from "./lib/sizes.mjs";
import { fail } from "./setup.mjs";

try {
  await build();
  const sizes = await sizeRows();
  for (const readme of readmes) writeFileSync(inRoot(readme), withTable(readme, sizes));
  console.log(await weighEntries());
} catch (error) {
  fail(error);
}
