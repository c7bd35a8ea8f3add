// Writes the bill of materials of the npm package: `npm run sbom`.
import { writeFileSync } from "node:fs";
import { inRoot } from "./lib/paths.mjs";
import { billOfMaterials } from "./lib/sbom.mjs";
import { fail } from "./setup.mjs";

const file = "sbom.cdx.json";
const bill = await billOfMaterials().catch(fail);
writeFileSync(inRoot(file), `${JSON.stringify(bill, null, 2)}\n`);
console.log(`${file}: ${bill.components.length} components`);
