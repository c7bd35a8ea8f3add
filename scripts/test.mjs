// Runs everything: Rust natively and as wasm in Node and Chromium, types, style, Node tests, end-to-end tests.

import { buildSteps } from "./build.mjs";
import { cargoTarget, inRoot } from "./lib/paths.mjs";
import { ProgramFailed, run } from "./lib/run.mjs";
import { runSteps, seconds } from "./lib/steps.mjs";
import { find, systemPackagesStep } from "./lib/system-packages.mjs";
import { fail, setupSteps, wasmTriple } from "./setup.mjs";

const cargo = (...args) => ["cargo", args];
const unpacking = ["--manifest-path", inRoot("pkg", "unpack", "Cargo.toml")];
const unpackingAsWasm = [...unpacking, "--target", wasmTriple, "--target-dir", cargoTarget];
const node = (script, ...args) => [process.execPath, [inRoot("node_modules", ...script.split("/")), ...args]];
const wasmTests = cargo("test", "--locked", "--target", wasmTriple, "--features", "wasm", "--test", "wasm");
const tsc = (project) => node("typescript/bin/tsc", "--noEmit", "-p", project);
const vitest = (project) => [...node("vitest/vitest.mjs", "run", "--project", project), { cwd: inRoot("tests") }];

/**
 * Asked for after the set-up, which may have installed what is looked for here.
 * @returns {[string, [string, string[], object?]][]}
 */
const allChecks = () => [
  ["Rust: format", cargo("fmt", "--check")],
  ["Rust: clippy", cargo("clippy", "--locked", "--all-targets", "--all-features", "--", "-D", "warnings")],
  ["Rust: format of what unpacks the core", cargo("fmt", "--check", ...unpacking)],
  ["Rust: clippy of it", cargo("clippy", "--locked", ...unpackingAsWasm, "--", "-D", "warnings")],
  ["Rust: native", cargo("test", "--locked")],
  ["Rust: a sample of planted bugs", [process.execPath, [inRoot("scripts", "planted.mjs"), "--sample"]]],
  ["Rust: the core from another folder", [process.execPath, [inRoot("scripts", "reproducible.mjs"), "--sample"]]],
  ["Rust: wasm in Node", wasmTests],
  [
    "Rust: wasm in Chromium",
    [...wasmTests, { env: { WASM_BINDGEN_USE_BROWSER: "1", CHROMEDRIVER: find("chromedriver") } }],
  ],
  ["TypeScript: package", tsc("pkg")],
  ["TypeScript: console", tsc("www")],
  ["TypeScript: tests", tsc("tests")],
  ["Style: biome", node("@biomejs/biome/bin/biome", "check", "--error-on-warnings", ".")],
  ["Documentation", ["npm", ["run", "docs", "--workspace", "tests"]]],
  ["Licences", [process.execPath, [inRoot("scripts", "licences.mjs")]]],
  ["Node", vitest("node")],
  ["Packed tarball", vitest("package")],
  ["End to end", vitest("e2e")],
];

async function runChecks() {
  const results = [];
  const checks = allChecks();
  for (const [index, [name, [program, args, options]]] of checks.entries()) {
    const started = performance.now();
    console.error(`[${index + 1}/${checks.length}] ${name} …`);
    const failure = await run(program, args, options).then(
      () => undefined,
      (error) => {
        if (error instanceof ProgramFailed) return error;
        throw error;
      },
    );
    const time = seconds(started);
    if (failure) console.error(`${failure.output}\n${failure.message}`);
    console.error(`[${index + 1}/${checks.length}] ${name}: ${failure ? "FAILED" : "passed"}, ${time}`);
    results.push({ name, time, failed: failure !== undefined });
  }
  return results;
}

const started = performance.now();
try {
  await runSteps([...setupSteps, systemPackagesStep, ...buildSteps]);
} catch (error) {
  fail(error);
}
const results = await runChecks();
console.error("\nSummary");
for (const { name, time, failed } of results) console.error(`  ${failed ? "FAILED" : "passed"}  ${name} (${time})`);
const failures = results.filter((result) => result.failed).length;
console.error(`In ${seconds(started)}:`);
console.log(`${results.length - failures} passed, ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;
