import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** Where the one Chromium of this run listens for Playwright. */
    chromiumEndpoint: string;
  }
}

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** What every Chromium of the tests is started with. */
export const CHROMIUM_FLAGS: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Names of other machines, for the tests that need one.
  "--host-resolver-rules=MAP *.example 127.0.0.1",
];

/** The browser to test with: `CHROMIUM` from the environment, or the first that is installed. */
export function chromiumPath(): string {
  const path = process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place));
  if (!path) throw new Error("Chromium not found: install it (apt-get install chromium) or name it in CHROMIUM");
  return path;
}

/** Starts the Chromium that all files of the project share. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await chromium.launchServer({
    executablePath: chromiumPath(),
    args: [...CHROMIUM_FLAGS],
  });
  project.provide("chromiumEndpoint", server.wsEndpoint());
  return () => server.close();
}
