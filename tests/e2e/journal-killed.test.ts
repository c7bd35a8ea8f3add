import { expect, test } from "vitest";
import { killPages, takeOver } from "../support/kill-browser.js";

for (const [victim, kills] of [
  ["renderer", 6],
  ["browser", 4],
] as const) {
  test(`the ${victim} killed at random moments: IndexedDB holds whole writes, and all that were told to be durable`, async () => {
    const { batches } = await killPages(victim, kills, 1);
    expect(batches).toBeGreaterThan(kills * 10);
  });
}

test("two pages cannot write one journal, not even without Web Locks", async () => {
  expect(await takeOver(2)).toContain("another tab has taken over the journal");
});
