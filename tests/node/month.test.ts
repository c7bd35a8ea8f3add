/** A tracker's memory stays flat however long it listens (§7); all of it is in `tests/long`. */

import { expect, it } from "vitest";
import { month } from "../support/month.js";

it("takes no more memory in the second half of a month than in the first", () => {
  const { sizes, total, dispositions } = month(210_000);
  expect(sizes).toHaveLength(10);
  expect(new Set(sizes.slice(4)).size).toBe(1);
  expect(total).toBe(400);
  expect(dispositions.get("advanced")).toBeGreaterThan(50_000);
  expect(dispositions.get("invalid")).toBe(30_000);
});
