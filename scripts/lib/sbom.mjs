// What the npm package is made of, as CycloneDX: what npm installs beside it, what is bundled in its console, and the
// crates in its WebAssembly.
import { readFileSync } from "node:fs";
import { wasmTriple } from "../setup.mjs";
import { dependenciesOf, lock, nameOf, runtimePaths } from "./npm-lock.mjs";
import { inRoot } from "./paths.mjs";
import { run } from "./run.mjs";

const licences = (expression) => (expression ? [{ expression: expression.replaceAll("/", " OR ") }] : undefined);
const npmRef = (name, version) => `pkg:npm/${name.replace("@", "%40")}@${version}`;
const crateRef = ({ name, version }) => `pkg:cargo/${name}@${version}`;
const byRef = (one, other) => (one["bom-ref"] < other["bom-ref"] ? -1 : 1);

function npmParts() {
  const paths = runtimePaths("pkg", "www");
  const refs = new Map(paths.map((path) => [path, npmRef(nameOf(path), lock[path].version)]));
  const refsOf = (path) => dependenciesOf(path).flatMap((one) => refs.get(one) ?? []);
  const components = paths.map((path) => {
    const { version, license, integrity } = lock[path];
    const [, algorithm, digest] = /^sha(\d+)-(.*)$/.exec(integrity);
    const [name, group] = nameOf(path).split("/").reverse();
    return {
      type: "library",
      "bom-ref": refs.get(path),
      ...(group ? { group } : {}),
      name,
      version,
      hashes: [{ alg: `SHA-${algorithm}`, content: Buffer.from(digest, "base64").toString("hex") }],
      licenses: licences(license),
      purl: refs.get(path),
    };
  });
  const dependencies = paths.map((path) => ({ ref: refs.get(path), dependsOn: refsOf(path) }));
  return { components, dependencies, direct: [...refsOf("pkg"), ...refsOf("www")] };
}

/** Crates that are linked; what only runs while compiling, as derive macros do, is left out. */
async function crateParts() {
  const args = ["metadata", "--format-version", "1", "--locked", "--features", "wasm", "--filter-platform", wasmTriple];
  const { packages, resolve } = JSON.parse(await run("cargo", args));
  const known = new Map(packages.map((one) => [one.id, one]));
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
  const isMacro = (id) => known.get(id).targets.some(({ kind }) => kind.includes("proc-macro"));
  const linked = (id) =>
    nodes
      .get(id)
      .deps.filter(({ pkg, dep_kinds }) => dep_kinds.some(({ kind }) => kind === null) && !isMacro(pkg))
      .map(({ pkg }) => pkg);
  const ids = new Set([resolve.root]);
  for (const id of ids) for (const next of linked(id)) ids.add(next);
  ids.delete(resolve.root);
  const checksums = new Map(
    [
      ...readFileSync(inRoot("Cargo.lock"), "utf8").matchAll(
        /name = "(.*)"\nversion = "(.*)"\nsource.*\nchecksum = "(.*)"/g,
      ),
    ].map(([, name, version, checksum]) => [crateRef({ name, version }), checksum]),
  );
  const refs = (list) => list.map((id) => crateRef(known.get(id)));
  const components = [...ids].map((id) => {
    const { name, version, license } = known.get(id);
    const ref = crateRef({ name, version });
    const hashes = [{ alg: "SHA-256", content: checksums.get(ref) }];
    return { type: "library", "bom-ref": ref, name, version, hashes, licenses: licences(license), purl: ref };
  });
  const dependencies = [...ids].map((id) => ({ ref: crateRef(known.get(id)), dependsOn: refs(linked(id)) }));
  return { components, dependencies, direct: refs(linked(resolve.root)) };
}

/** The bill of materials. The same sources give the same text: it has no serial number and no time. */
export async function billOfMaterials() {
  const { name, version, license, description } = JSON.parse(readFileSync(inRoot("pkg", "package.json"), "utf8"));
  const ref = npmRef(name, version);
  const parts = [npmParts(), await crateParts()];
  const all = (what) => parts.flatMap((part) => part[what]);
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        type: "library",
        "bom-ref": ref,
        name,
        version,
        description,
        licenses: licences(license),
        purl: ref,
      },
    },
    components: all("components").sort(byRef),
    dependencies: [{ ref, dependsOn: [...new Set(all("direct"))].sort() }, ...all("dependencies")],
  };
}
