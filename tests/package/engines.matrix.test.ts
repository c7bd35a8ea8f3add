import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Packed, type Project, pack, project } from "../support/packed.js";
import { addPage, saidIn } from "../support/said.js";
import { EXPECTED, stated } from "./expected.js";

// Firefox and WebKit as Debian has them (`scripts/engines.mjs` installs them). Of WebKit's two ports there, Debian 12 has one in
// a version that is older than the floor.

let packed: Packed;
let site: Project;
let screen: ChildProcess;
let display: string;
beforeAll(async () => {
  [screen, display] = await startScreen();
  packed = await pack();
  site = await project(packed);
  await addPage(site);
});
afterAll(async () => {
  screen?.kill();
  await site?.remove();
  await packed?.remove();
});

/** A screen in memory, and its number, which it chooses itself. */
async function startScreen(): Promise<[ChildProcess, string]> {
  const child = spawn("Xvfb", ["-displayfd", "3", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const [number] = await once(child.stdio[3] ?? child, "data");
  return [child, `:${String(number).trim()}`];
}

/** A small browser that comes with the GTK port, outside of the usual folders. */
async function miniBrowser(): Promise<string> {
  for (const machine of await readdir("/usr/lib")) {
    const path = join("/usr/lib", machine, "webkit2gtk-4.1/MiniBrowser");
    if (existsSync(path)) return path;
  }
  throw new Error("no MiniBrowser: node scripts/engines.mjs installs it");
}

test.each([
  [
    "Firefox",
    "Firefox",
    (at: string, folder: string) => ["firefox-esr", "--headless", "--no-remote", "--profile", folder, at],
  ],
  ["WebKitGTK", "Safari", async (at: string) => ["env", `DISPLAY=${display}`, await miniBrowser(), at]],
  ["WPE WebKit", "Safari", (at: string) => ["cog", "--platform=headless", at]],
])("%s does everything, or is below the floor and says so", async (_, engine, command) => {
  const { said, userAgent } = await saidIn(site, command);
  const version = Number.parseFloat(/(?:Firefox|Version)\/([\d.]+)/.exec(userAgent)?.[1] ?? "");
  expect(version).toBeGreaterThan(0);
  const floor = Number((await stated())[engine]);
  const tooOld = { code: "engine-too-old", message: expect.stringContaining(`${engine} ${floor}`) };
  expect(said, userAgent).toEqual(version < floor ? tooOld : { ...EXPECTED, thread: "worker" });
});
