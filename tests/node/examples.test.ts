import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ENTRIES } from "../support/api-report.js";
import { stageDocumented } from "../support/documented.js";
import { examplesOf, mistakesIn } from "../support/examples.js";

// Every function's example runs as it stands and prints what its comments say; only addresses are those of this run.
const run = promisify(execFile);
const examples = examplesOf(ENTRIES);

/** Imports one example after the other and answers what each has printed. */
const runner = `
  import { format } from "node:util";
  const { log } = console;
  const printed = {};
  for (const name of process.argv.slice(2)) {
    const lines = printed[name] = [];
    console.log = (...values) => lines.push(format(...values));
    try {
      await import("./" + name + ".mjs");
    } catch (error) {
      lines.push(String(error.stack));
    }
  }
  log(JSON.stringify(printed));`;

let folder: string;
let printed: Record<string, string[]>;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wudun-ota-examples-"));
  await mkdir(join(folder, "node_modules"));
  await symlink(fileURLToPath(new URL("../../pkg", import.meta.url)), join(folder, "node_modules", "wudun-ota"));
  const site = await stageDocumented("a firmware image");
  ends.push(site.close, () => rm(folder, { recursive: true, force: true }));
  for (const { name, code = "" } of examples) await writeFile(join(folder, `${name}.mjs`), site.here(code));
  await writeFile(join(folder, "runner.mjs"), runner);
  const { stdout } = await run(process.execPath, ["runner.mjs", ...examples.map(({ name }) => name)], { cwd: folder });
  printed = JSON.parse(stdout);
}, 60_000);
afterAll(async () => {
  for (const end of ends) await end();
});

test("there are as many functions as one would think", () => {
  expect(examples.length).toBeGreaterThan(50);
});

test.each(examples)("$name", ({ name, code = "" }) => {
  const said = [...code.matchAll(/^\/\/ (.*)$/gm)].map(([, line]) => line);
  expect(said.length).toBeGreaterThan(0);
  expect(printed[name]).toEqual(said);
});

test("every example, those of the READMEs as well, is TypeScript without a mistake", async () => {
  const files: string[] = [];
  const write = async (name: string, code: string) => {
    const file = join(folder, `${name}.mts`);
    files.push(file);
    await writeFile(file, `${code}\nexport {};\n`);
  };
  for (const { name, code = "" } of examples) await write(name, code);
  // what the first of them is given by its reader
  const given = `declare const file: File; declare function show(bytes: number, total?: number): void;
    declare function publish(topic: string, payload: string): void;`;
  for (const page of ["README.md", "README.zh-CN.md"]) {
    const text = await readFile(new URL(`../../${page}`, import.meta.url), "utf8");
    const blocks = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = ""]) => code);
    for (const [i, code] of blocks.entries()) await write(`${page}-${i}`, i === 0 ? code + given : code);
  }
  expect(mistakesIn(files)).toEqual([]);
}, 60_000);
