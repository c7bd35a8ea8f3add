// Installs what is missing: npm packages, the wasm target of Rust, the pinned wasm-bindgen.
import { existsSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { bindgen, inRoot, toolsTarget, wasmTestRunner } from "./lib/paths.mjs";
import { ask, ProgramFailed, run } from "./lib/run.mjs";
import { countCrates, runSteps } from "./lib/steps.mjs";

export const wasmTriple = "wasm32-unknown-unknown";

let rustcVersion;

/** The version of the Rust compiler, asked once. */
export async function rustc() {
  rustcVersion ??= await ask("rustc", ["--version"]);
  if (!rustcVersion) throw new Error("Rust is missing: install it from https://rustup.rs and open a new terminal.");
  return rustcVersion;
}

/** Whether `node_modules` holds what the lock asks for: npm keeps its own lock of what it has installed. */
function packagesAreStale() {
  const installedLock = inRoot("node_modules", ".package-lock.json");
  if (!existsSync(installedLock)) return true;
  const packagesOf = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
  const wanted = packagesOf(inRoot("package-lock.json"));
  const installed = packagesOf(installedLock);
  return Object.entries(wanted).some(([path, entry]) => {
    if (!path.includes("node_modules/") || (entry.optional && !installed[path])) return false;
    return (
      installed[path]?.version !== entry.version ||
      installed[path]?.integrity !== entry.integrity ||
      !existsSync(inRoot(path))
    );
  });
}

async function wasmTargetIsMissing() {
  await rustc();
  const folder = await ask("rustc", ["--print", "target-libdir", "--target", wasmTriple]);
  return !folder || !existsSync(folder);
}

/** @type {import("./lib/steps.mjs").Step[]} */
export const setupSteps = [
  {
    id: "npm",
    title: "Installing npm packages",
    needed: packagesAreStale,
    work: async () => {
      await run("npm", ["ci", "--no-audit", "--no-fund"]);
    },
  },
  {
    id: "target",
    title: `Adding Rust's ${wasmTriple} target`,
    needed: wasmTargetIsMissing,
    work: async () => {
      await run("rustup", ["target", "add", wasmTriple]);
    },
  },
  {
    id: "tools",
    title: "Building the pinned wasm-bindgen",
    reads: () => ["tools/Cargo.toml", "tools/Cargo.lock", "tools/src"],
    facts: async () => [await rustc()],
    outputs: () => [bindgen, wasmTestRunner],
    work: async (tell) => {
      const args = ["build", "--locked", "--manifest-path", "tools/Cargo.toml", "--target-dir", toolsTarget];
      await run("cargo", args, { onLine: countCrates(tell) });
    },
  },
];

/** Prints an error the way a person needs it, and ends with 1. */
export function fail(error) {
  console.error(error instanceof ProgramFailed ? `${error.output}\n${error.message}` : (error.stack ?? error));
  process.exit(1);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await runSteps(setupSteps, { label: "Setting up" }).catch(fail);
}
