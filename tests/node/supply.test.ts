import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { expect, test } from "vitest";
import { lock, runtimePaths } from "../../scripts/lib/npm-lock.mjs";
import { billOfMaterials } from "../../scripts/lib/sbom.mjs";

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL("../..", import.meta.url));

interface Manifest {
  dependencies: Record<string, string>;
}
const readJson = async (path: string) => JSON.parse(await readFile(`${root}/${path}`, "utf8"));
const npmDependencies = async (folder: string) =>
  Object.keys(((await readJson(`${folder}/package.json`)) as Manifest).dependencies);

/** The names in the first column of the table below this heading of docs/design.md; each has a reason beside it. */
async function documented(heading: string): Promise<string[]> {
  const page = await readFile(`${root}/docs/design.md`, "utf8");
  const [, table = ""] = new RegExp(`^\\*\\*${heading}\\*\\*\n\n((?:\\|.*\n)+)`, "m").exec(page) ?? [];
  return [...table.matchAll(/^\| `([^`]+)` \| \S.* \|$/gm)].map(([, name = ""]) => name).sort();
}

test("docs/design.md names every dependency with its reason", async () => {
  expect(await documented("What npm installs beside the package")).toEqual((await npmDependencies("pkg")).sort());
  const console = (await npmDependencies("www")).filter((name) => name !== "wudun-ota");
  expect(await documented("What is bundled in the console")).toEqual(console.sort());
  const { stdout } = await run("cargo", ["metadata", "--no-deps", "--format-version", "1", "--locked"], { cwd: root });
  const { packages }: { packages: { dependencies: { name: string; kind: string | null }[] }[] } = JSON.parse(stdout);
  const crates = packages.flatMap(({ dependencies }) => dependencies.filter(({ kind }) => kind === null));
  expect(await documented("Crates")).toEqual(crates.map(({ name }) => name).sort());
});

test("nothing that the package needs runs a script when it is installed", () => {
  const paths = runtimePaths("pkg");
  expect(paths).toContain("node_modules/mqtt");
  expect(paths.filter((path) => lock[path]?.hasInstallScript)).toEqual([]);
});

test("the bill of materials is CycloneDX, and names crates, packages and what they need", async () => {
  const bill = await billOfMaterials();
  const schemas = require.resolve("@cyclonedx/cyclonedx-library/package.json").replace("package.json", "res/schema/");
  const schema = async (name: string) => JSON.parse(await readFile(`${schemas}${name}.SNAPSHOT.schema.json`, "utf8"));
  const ajv = new Ajv({ strict: false, formats: { "iri-reference": true, "idn-email": true } });
  addFormats.default(ajv);
  for (const name of ["spdx", "jsf-0.82", "cryptography-defs"]) {
    ajv.addSchema({ ...(await schema(name)), $id: `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json` });
  }
  const validate = ajv.compile(await schema("bom-1.6"));
  expect(validate(bill), JSON.stringify(validate.errors)).toBe(true);

  const refs = bill.components.map((component) => component["bom-ref"]);
  expect(new Set(refs).size).toBe(refs.length);
  expect(refs.some((ref) => ref.startsWith("pkg:npm/mqtt@"))).toBe(true);
  expect(refs.some((ref) => ref.startsWith("pkg:cargo/wasm-bindgen@"))).toBe(true);
  for (const { licenses, hashes } of bill.components) {
    expect(licenses).toBeDefined();
    expect(hashes[0]?.content).toMatch(/^[0-9a-f]{64,128}$/);
  }
  const known = new Set([...refs, bill.metadata.component["bom-ref"]]);
  expect(new Set(bill.dependencies.map(({ ref }) => ref))).toEqual(known);
  for (const { dependsOn } of bill.dependencies) for (const ref of dependsOn) expect(known.has(ref), ref).toBe(true);
});
