/** Ten million messages in a month of virtual time; `tests/node/month.test.ts` runs a sample. */

import { expect, it } from "vitest";
import { month } from "../support/month.js";

/** Ends with an upgrade. */
const MESSAGES = 10_000_004;

it("takes no more memory in the last nine tenths of a month than in the first", () => {
  const { sizes, total, dispositions } = month(MESSAGES);
  console.log(sizes, Object.fromEntries(dispositions));
  expect(sizes).toHaveLength(10);
  expect(new Set(sizes).size).toBe(1);
  expect(total).toBe(400);
});
