/** A tracker's memory stays flat however long it listens (§7); all of it is in `tests/long`. */

import { expect, it } from "vitest";
import { month } from "../support/month.js";

it("takes no more memory once it has heard of as many addresses as it remembers", () => {
  const { sizes, total, dispositions } = month(210_000);
  expect(sizes).toHaveLength(10);
  expect(new Set(sizes.slice(5)).size).toBe(1);
  expect(total).toBe(400);
  expect(dispositions.get("advanced")).toBeGreaterThan(50_000);
  expect(dispositions.get("invalid")).toBe(30_000);
});
