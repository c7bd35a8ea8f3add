import { defineConfig } from "vitest/config";

// Every end-to-end file shares one Chromium process (support/chromium.ts) and two slow cores, so the files run in turn.
const browser = {
  globalSetup: ["support/chromium.ts"],
  fileParallelism: false,
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    projects: [
      { test: { name: "node", include: ["node/**/*.test.ts"], testTimeout: 30_000, hookTimeout: 30_000 } },
      { test: { name: "package", include: ["package/sample.test.ts"], testTimeout: 60_000, hookTimeout: 120_000 } },
      { test: { name: "matrix", include: ["package/*.matrix.test.ts"], testTimeout: 300_000, hookTimeout: 300_000 } },
      { test: { name: "long", include: ["long/**/*.test.ts"], testTimeout: 0 } },
      { test: { name: "e2e", include: ["e2e/**/*.test.ts"], ...browser } },
      { test: { name: "screenshots", include: ["e2e/screenshots.ts"], ...browser, testTimeout: 300_000 } },
    ],
  },
});
