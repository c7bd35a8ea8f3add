// Checks the licences of all crates and npm packages, and where crates come from: `npm run licences`.
import { readFileSync } from "node:fs";
import satisfies from "spdx-satisfies";
import { cargoDeny, cargoDenyStep } from "./lib/cargo-deny.mjs";
import { isInstalled, lock, nameOf } from "./lib/npm-lock.mjs";
import { inRoot } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import { runSteps } from "./lib/steps.mjs";
import { fail, setupSteps } from "./setup.mjs";

/** Tools of development, never shipped, whose licence is not on the list. */
const exceptions = [
  // used unchanged
  { names: /^(lightningcss.*|axe-core|@axe-core\/playwright)$/, licence: "MPL-2.0" },
  { names: /^argparse$/, licence: "Python-2.0" },
  // SPDX's own data
  { names: /^spdx-exceptions$/, licence: "CC-BY-3.0" },
  { names: /^spdx-ranges$/, licence: "(MIT AND CC-BY-3.0)" },
  { names: /^spdx-license-ids$/, licence: "CC0-1.0" },
];

/** Cargo's workspaces, each with its own lock. */
const workspaces = [
  { folder: ".", options: [] },
  { folder: "tools", options: ["--allow", "duplicate"] },
  { folder: "fuzz", options: [] },
  { folder: "pkg/unpack", options: [] },
];

/** The one list of licences. */
function allowed() {
  const [, list] = /^allow = (\[.*?^\])/ms.exec(readFileSync(inRoot("deny.toml"), "utf8")) ?? [];
  return JSON.parse(list);
}

/** What npm would install that may not be. */
function npmFaults(allow) {
  return Object.entries(lock)
    .filter(isInstalled)
    .map(([path, { license, dev }]) => ({ name: nameOf(path), license: license ?? "none stated", dev }))
    .filter(({ name, license, dev }) => {
      if (license !== "none stated" && satisfies(license, allow)) return false;
      return !(dev && exceptions.some((one) => one.names.test(name) && one.licence === license));
    })
    .map(({ name, license }) => `${name}: ${license}`);
}

try {
  await runSteps([...setupSteps, cargoDenyStep]);
  for (const { folder, options } of workspaces) {
    const graph = ["--manifest-path", inRoot(folder, "Cargo.toml"), "--all-features", "--locked"];
    const checks = ["--allow", "license-exception-not-encountered", ...options, "licenses", "bans", "sources"];
    await run(cargoDeny, [...graph, "check", ...checks]);
  }
  const faults = npmFaults(allowed());
  if (faults.length > 0) throw new Error(`Licences that are not on the list in deny.toml:\n${faults.join("\n")}`);
  console.log(
    `${Object.entries(lock).filter(isInstalled).length} npm packages and all crates have licences on the list`,
  );
} catch (error) {
  fail(error);
}
