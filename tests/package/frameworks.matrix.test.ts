import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { CHROMIUM_FLAGS, chromiumPath } from "../support/chromium.js";
import { type Packed, pack, project } from "../support/packed.js";
import { resultOfPage } from "../support/page.js";
import { EXPECTED } from "./expected.js";

let packed: Packed;
beforeAll(async () => {
  packed = await pack();
});
afterAll(() => packed?.remove());

test("Next.js: built and started, on the server and in the page", async () => {
  const site = await project(packed, {
    packages: ["next@16.4.6", "react@19.3.1", "react-dom@19.3.1"],
    files: {
      "app/layout.js": `export default function Layout({ children }) {
          return <html lang="en"><body>{children}</body></html>;
        }`,
      "app/page.js": `import { use } from "../portal.mjs";
        import { Client } from "./client";
        export const dynamic = "force-dynamic";
        export default async function Page() { return <Client server={await use()} />; }`,
      "app/client.js": `"use client";
        import { useEffect } from "react";
        import { use } from "../portal.mjs";
        export function Client({ server }) {
          useEffect(() => {
            globalThis.result = use().then((client) => ({ server, client }));
          });
          return <p>{server.status}</p>;
        }`,
    },
  });
  onTestFinished(() => site.remove());
  await site.bin("next", ["build"], { NEXT_TELEMETRY_DISABLED: "1" });
  const server = site.start(process.execPath, ["node_modules/next/dist/bin/next", "start", "-p", "0"], /Local:/);
  try {
    const [address = ""] = /http:\S+/.exec(await server.line) ?? [];
    expect(await resultOfPage(address)).toMatchObject({
      server: { ...EXPECTED, thread: "calling" },
      client: { ...EXPECTED, thread: "worker" },
    });
  } finally {
    await server.stop();
  }
});

test("Vitest in a browser, with a worker", async () => {
  const launch = { executablePath: chromiumPath(), args: CHROMIUM_FLAGS };
  const site = await project(packed, {
    packages: ["vitest@4.1.12", "@vitest/browser-playwright@4.1.12", "playwright@1.65.1"],
    files: {
      "vitest.config.mjs": `import { playwright } from "@vitest/browser-playwright";
        const provider = playwright({ launchOptions: ${JSON.stringify(launch)} });
        const browser = { enabled: true, headless: true, provider, instances: [{ browser: "chromium" }] };
        export default { test: { browser } };`,
      "portal.test.mjs": `import { expect, test } from "vitest";
        import { use } from "./portal.mjs";
        test("the package does its work", async () => {
          expect(await use()).toMatchObject(${JSON.stringify({ ...EXPECTED, thread: "worker" })});
        });`,
    },
  });
  onTestFinished(() => site.remove());
  await site.bin("vitest", ["run", "portal.test.mjs"]);
});
