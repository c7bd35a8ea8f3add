import { expect, test } from "vitest";
import { killPages } from "../support/kill-browser.js";
import { killFileWriters } from "../support/kill-file.js";

// `npm run test:kill`: KILLS of each kind, 1000 unless given, from SEED on.
const kills = Number(process.env.KILLS ?? 1000);
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

test("a writer of a file is killed many times", async () => {
  const result = await killFileWriters(kills, seed);
  console.log({ seed, ...result });
  expect(result.kills).toBe(kills);
});

for (const victim of ["renderer", "browser"] as const) {
  test(`a writer in IndexedDB is killed many times: the ${victim}`, async () => {
    console.log({ seed, victim, kills, ...(await killPages(victim, kills, seed)) });
  });
}
