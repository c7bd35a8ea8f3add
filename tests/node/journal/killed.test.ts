import { expect, test } from "vitest";
import { killFileWriters } from "../../support/kill-file.js";

test("killed at random moments, a writer leaves the state of what it told to be durable", {
  timeout: 120_000,
}, async () => {
  const { kills, batches } = await killFileWriters(16, 1);
  expect(kills).toBe(16);
  expect(batches).toBeGreaterThan(100);
});
