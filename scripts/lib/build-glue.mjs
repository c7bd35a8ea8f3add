// wasm-bindgen's glue → `glue.js`. What wasm-bindgen writes is a function of ten lines for each that the core has, and
// one instance in module scope. Here each function is a line of a table (`scripts/lib/glue-runtime.js` reads
// it), and every core has an instance, and memory, of its own: a fresh one takes over after a trap.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generated, inRoot } from "./paths.mjs";

/** TypeScript's types in wasm-bindgen's declarations, as the runtime calls them. */
const PARAMETERS = {
  string: "s",
  "string | null": "S",
  "Uint8Array | number[]": "b",
  "Uint32Array | number[]": "w",
  "Uint8Array[]": "a",
  number: "n",
  boolean: "n",
  "boolean | null": "B",
};
const RESULTS = {
  void: "v",
  number: "n",
  boolean: "o",
  string: "s",
  "string | undefined": "S",
  "number | undefined": "N",
  Uint8Array: "b",
  "Uint8Array | undefined": "Y",
  Uint32Array: "w",
  "string[]": "a",
  "Uint8Array[]": "a",
  "WebAssembly.Memory": "n",
  any: "x",
};
/** How many values of WebAssembly's each is. */
const WIDTHS = { n: 1, B: 1 };
/** How many values come back, if nothing can fail; two more where something can: the error, and whether it is one. */
const COMING = { v: 0, n: 1, o: 1, s: 2, S: 2, N: 2, b: 2, Y: 2, w: 2, a: 2, x: 1, c: 1 };

const known = (table, type, where) => {
  const letter = table[type];
  if (letter === undefined)
    throw new Error(`wasm-bindgen declares ${where} with ${type}: build-glue.mjs knows no such type`);
  return letter;
};

/** `a?: string | null, b: number` → `["string | null", "number"]` */
function typesOf(parameters) {
  if (parameters === "") return [];
  return parameters.split(", ").map((one) => one.replace(/^\w+\??: /, "").replace(" | undefined", ""));
}

/** A line of the table. `raw`: the types of what the WebAssembly takes and gives. */
function line({ name, parameters, result, self, raw }) {
  const [, takes, gives] = /^\((.*)\) => (.*)$/.exec(raw);
  const types = typesOf(parameters);
  const letters = types.map((type) => (type === "number | null" ? "?" : known(PARAMETERS, type, name)));
  const numbers = letters.filter((letter) => letter === "?").length;
  const others = letters.filter((letter) => letter !== "?").reduce((sum, letter) => sum + (WIDTHS[letter] ?? 2), 0);
  // a float comes with a flag, an integer as a float that has room for one value more
  const width = (typesOf(takes).length - others - (self ? 1 : 0)) / (numbers || 1);
  if (numbers > 0 && width !== 1 && width !== 2) throw new Error(`${name} takes optional numbers of both kinds`);
  const takesAll = letters.map((letter) => (letter === "?" ? (width === 2 ? "N" : "M") : letter)).join("");
  const letter = result === "self" ? "c" : known(RESULTS, result, name);
  const comes = gives === "void" ? 0 : gives.startsWith("[") ? gives.split(", ").length : 1;
  if (comes !== COMING[letter] && comes !== COMING[letter] + 2) throw new Error(`${name} gives ${gives}`);
  if (letter === "x" && comes === 1) throw new Error(`${name} gives a value of JavaScript's itself`);
  return `${name}:${takesAll}:${letter}${comes > COMING[letter] ? "!" : ""}`;
}

/** What wasm-bindgen has declared: its functions, and its classes with their methods, as tables. */
function tablesOf(declared) {
  const raws = new Map(
    [...declared.matchAll(/^ {4}readonly (\w+): (\(.*\) => .*);$/gm)].map(([, name, raw]) => [name, raw]),
  );
  const rawOf = (name) => raws.get(name) ?? known({}, "nothing", name);
  const functions = [...declared.matchAll(/^export function (\w+)\((.*)\): (.*);$/gm)]
    .filter(([, name]) => name !== "initSync")
    .map(([, name, parameters, result]) => line({ name, parameters, result, raw: rawOf(name) }));
  const classes = [...declared.matchAll(/^export class (\w+) \{\n(.*?)^\}$/gms)].map(([, name, body]) => {
    const own = name.toLowerCase();
    const methods = [...body.matchAll(/^ {4}(static )?(\w+)\((.*)\)(?:: (.*))?;$/gm)].filter(
      ([, , method]) => method !== "free",
    );
    const lines = methods.map(([, isStatic, method, parameters, result]) => {
      const makes = method === "constructor";
      const made = makes ? "new" : method;
      const raw = rawOf(`${own}_${made}`);
      const gives = makes || result === name ? "self" : result;
      return `${isStatic ? "." : ""}${line({ name: made, parameters, result: gives, self: !isStatic && !makes, raw })}`;
    });
    return { name, own, lines };
  });
  return { functions, classes };
}

/** Statements that keep esbuild from dropping the functions and classes that nothing needs any more. */
const EFFECTS = [
  /^if \(Symbol\.dispose\).*\n/gm,
  /^const \w+Finalization = [^;]*;\n/gm,
  /^if \(!\('encodeInto' in cachedTextEncoder\)\) \{\n.*?^\}\n/gms,
];

/** wasm-bindgen's code without these. */
function withoutEffects(code) {
  return EFFECTS.reduce((text, effect) => {
    const rest = text.replace(effect, "");
    if (rest === text) throw new Error(`wasm-bindgen no longer writes ${effect}`);
    return rest;
  }, code);
}

/** Replaces `core.js` by `glue.js`. */
export async function writeGlue() {
  const { build } = await import("esbuild");
  const tables = tablesOf(readFileSync(join(generated, "core.d.ts"), "utf8"));
  const bindings = join(generated, "core.js");
  const runtime = readFileSync(inRoot("scripts", "lib", "glue-runtime.js"), "utf8");
  writeFileSync(bindings, withoutEffects(readFileSync(bindings, "utf8")) + runtime);
  const result = await build({
    stdin: { contents: 'export { createCore } from "./core.js";', resolveDir: generated },
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    minifySyntax: true,
    logLevel: "silent",
  });
  const [file] = result.outputFiles;
  rmSync(bindings);
  const scoped = file.text.replace(/^export (\{[\w,\s]*\};)$/m, "return $1");
  if (scoped === file.text) throw new Error("esbuild has written the exports of the glue in another way");
  const names = tables.classes.map(({ name }) => name);
  writeFileSync(
    join(generated, "glue.js"),
    [
      `function glue() {\n${scoped}}`,
      `export const createCore = (module) => glue().createCore(module, ${JSON.stringify(tables.functions.join(";"))});`,
      ...tables.classes.map(
        ({ name, own, lines }) =>
          `export const of${name} = (core) => core.classOf("${own}", ${JSON.stringify(lines.join(";"))});`,
      ),
      "",
    ].join("\n"),
  );
  writeFileSync(
    join(generated, "glue.d.ts"),
    [
      'type All = typeof import("./core.js");',
      `export type Bindings = Omit<All, "default" | "initSync" | ${names.map((name) => `"${name}"`).join(" | ")}>;`,
      "/** An instance of its own. */",
      "export function createCore(module: WebAssembly.Module): Bindings;",
      ...names.flatMap((name) => [
        `export type ${name} = InstanceType<All["${name}"]>;`,
        `export function of${name}(core: Bindings): All["${name}"];`,
      ]),
      "",
    ].join("\n"),
  );
}
