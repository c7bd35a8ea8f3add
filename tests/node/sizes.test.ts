import { expect, test } from "vitest";
import { readmes, statedSizes } from "../../scripts/lib/size-table.mjs";
import { sizeRows } from "../../scripts/lib/sizes.mjs";

/** Of a size; below that, a change is not worth a line in both READMEs. */
const TOLERANCE = 0.05;

test.each(readmes)("%s says what the package weighs; `npm run sizes` writes it anew", async (readme) => {
  const measured = (await sizeRows()).map((sizes) => Object.values(sizes));
  const stated = statedSizes(readme);
  expect(stated.map((row) => row.length)).toEqual(measured.map((row) => row.length));
  for (const [row, sizes] of measured.entries()) {
    for (const [column, size] of sizes.entries()) {
      const off = Math.abs((stated[row]?.[column] ?? 0) - size);
      expect(off, `row ${row + 1}, column ${column + 1}: ${size} bytes`).toBeLessThan(Math.max(1000, size * TOLERANCE));
    }
  }
});
