// The admin console: built by Vite, then copied into the package, from where the command line serves it.
import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { packageStep } from "./build-package.mjs";
import { dist, inRoot } from "./paths.mjs";
import { run } from "./run.mjs";
import { hashOfStep } from "./steps.mjs";

const hasConsole = () => existsSync(inRoot("www", "index.html"));

/** @type {import("./steps.mjs").Step} */
export const consoleStep = {
  id: "console",
  title: "Building the console",
  reads: () => ["www", "package-lock.json", "scripts/lib/build-console.mjs"],
  facts: async () => [await hashOfStep(packageStep)],
  outputs: () => (hasConsole() ? [join(dist, "console", "index.html")] : []),
  work: async () => {
    if (!hasConsole()) return;
    await run(process.execPath, [inRoot("node_modules", "vite", "bin", "vite.js"), "build"], { cwd: inRoot("www") });
    const target = join(dist, "console");
    rmSync(target, { recursive: true, force: true });
    cpSync(inRoot("www", "dist"), target, { recursive: true });
  },
};
