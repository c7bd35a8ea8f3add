// TypeScript and WebAssembly → the npm package in `pkg/dist`.
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { wasmStep } from "./build-wasm.mjs";
import { dist, generated, inRoot } from "./paths.mjs";
import { run } from "./run.mjs";
import { entryBudgetFile, weighEntries } from "./sizes.mjs";
import { hashOfStep } from "./steps.mjs";

/** Entries of the default package, by the name of what they become; absent ones are skipped. */
const entries = {
  index: "index.ts",
  client: "client/index.ts",
  simulator: "simulator/index.ts",
  schema: "schema/index.ts",
  node: "node/index.ts",
};
/** Entries that are given their WebAssembly instead of carrying it. */
const slimEntries = {
  slim: "slim.ts",
  "slim-firmware": "firmware/index.ts",
  "slim-tracker": "core/tracker.ts",
  "slim-schema": "schema/index.ts",
  "firmware-worker": "firmware/worker.ts",
};
/** One file each, as CommonJS: Node starts a thread with that a quarter sooner than with modules. */
const threadEntries = { "hash-thread": "node/hash-thread.ts" };

/** The program. It reads its WebAssembly from the file: decoding it takes longer. */
const programEntries = { cli: "cli/main.ts" };

const source = (file) => inRoot("pkg", "src", file);

const common = {
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "neutral",
  mainFields: [],
  target: "es2022",
  outdir: dist,
  // Beside the entries: the firmware worker is found by an address relative to the chunk that starts it.
  chunkNames: "[name]-[hash]",
  // jsdom has no TextEncoder
  inject: [source("core/encoding.ts")],
  packages: "external",
  external: ["node:*"],
  legalComments: "none",
  logLevel: "silent",
};

/** In `/slim`, the program and the workers the WebAssembly comes from outside. */
const slimSource = {
  name: "slim-source",
  setup(build) {
    build.onResolve({ filter: /\/source\.js$/ }, () => ({ path: source("core/source-slim.ts") }));
  },
};

/** Cloudflare's workers compile no bytes: they import the WebAssembly as a module. */
const importedSource = {
  name: "imported-source",
  setup(build) {
    build.onResolve({ filter: /\/source\.js$/ }, () => ({ path: "source", namespace: "imported" }));
    build.onResolve({ filter: /^\.\.\/core\.wasm$/ }, ({ path }) => ({ path, external: true }));
    build.onLoad({ filter: /^source$/, namespace: "imported" }, () => ({
      contents: `import wasm from "../core.wasm";
        export const moduleNow = () => wasm;
        export const moduleSoon = async () => wasm;`,
    }));
  },
};
const workerdEntries = {
  index: "index.ts",
  client: "client/index.ts",
  simulator: "simulator/index.ts",
  schema: "schema/index.ts",
};

const present = (list) =>
  Object.fromEntries(
    Object.entries(list)
      .filter(([, file]) => existsSync(source(file)))
      .map(([name, file]) => [name, source(file)]),
  );

async function bundle() {
  const { build, formatMessages } = await import("esbuild");
  try {
    await Promise.all([
      build({ ...common, entryPoints: present(entries) }),
      build({ ...common, entryPoints: present(slimEntries), chunkNames: "slim-[hash]", plugins: [slimSource] }),
      build({
        ...common,
        entryPoints: present(programEntries),
        chunkNames: "cli-[hash]",
        // Node has it, and what is imported would have to be read before anything can be said.
        inject: [],
        plugins: [slimSource],
        // The less there is to read, the sooner it starts; names stay, for the sake of stack traces.
        minifyWhitespace: true,
        minifySyntax: true,
      }),
      build({
        ...common,
        entryPoints: present(threadEntries),
        splitting: false,
        format: "cjs",
        outExtension: { ".js": ".cjs" },
        minifyWhitespace: true,
        minifySyntax: true,
        plugins: [slimSource],
      }),
      build({
        ...common,
        entryPoints: present(workerdEntries),
        outdir: join(dist, "workerd"),
        plugins: [importedSource],
      }),
    ]);
  } catch (error) {
    throw new Error((await formatMessages(error.errors ?? [], { kind: "error" })).join("\n") || error);
  }
}

/** For those who `require`: the same files as CommonJS, in a folder that says so, with their types. */
const cjs = join(dist, "cjs");

/**
 * What `import.meta.url` is there: as if the file lay in the folder above, where workers and the console are. No module
 * of Node is needed for it, which bundlers could not find.
 */
const fileUrl = `const __fileUrl = (() => {
  if (typeof __filename !== "string") return undefined;
  const path = /^[a-z]:/i.test(__filename) ? "/" + __filename.replace(/\\\\/g, "/") : __filename;
  return new URL("../index.js", "file://" + encodeURI(path).replace(/[?#]/g, encodeURIComponent)).href;
})();
`;
async function translate() {
  const { transform } = await import("esbuild");
  mkdirSync(cjs);
  writeFileSync(join(cjs, "package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);
  for (const name of readdirSync(dist)) {
    // What runs by itself stays as it is.
    if (!name.endsWith(".js") || /^(cli|firmware-worker)\b/.test(name)) continue;
    const text = readFileSync(join(dist, name), "utf8");
    const { code } = await transform(text, {
      format: "cjs",
      platform: "node",
      target: common.target,
      define: { "import.meta.url": "__fileUrl" },
      ...(text.includes("import.meta.url") ? { banner: fileUrl } : {}),
    });
    writeFileSync(join(cjs, name), code);
  }
}

/** The types once more, as CommonJS's: TypeScript takes the kind of a declaration from the folder that it is in. */
function copyTypes() {
  for (const name of readdirSync(dist, { recursive: true })) {
    if (!name.endsWith(".d.ts") || /^(cjs|cli|console)[\\/]/.test(name)) continue;
    mkdirSync(dirname(join(cjs, name)), { recursive: true });
    copyFileSync(join(dist, name), join(cjs, name));
  }
}

/** What npm shows of a package has to lie beside its manifest, and what the READMEs link to beside them. */
const documents = ["README.md", "README.zh-CN.md", "LICENSE-APACHE", "LICENSE-MIT", "CHANGELOG.md", "docs"];

/** Removes all but the console, which the next step looks after. */
function clean() {
  mkdirSync(dist, { recursive: true });
  for (const name of readdirSync(dist)) {
    if (name !== "console") rmSync(join(dist, name), { recursive: true });
  }
}

/** @type {import("./steps.mjs").Step} */
export const packageStep = {
  id: "package",
  title: "Building the npm package",
  reads: () => [
    "pkg/package.json",
    "pkg/tsconfig.json",
    "tsconfig.base.json",
    "package-lock.json",
    "pkg/src",
    "scripts/lib/build-package.mjs",
    entryBudgetFile,
    ...documents,
  ],
  facts: async () => [await hashOfStep(wasmStep)],
  outputs: () =>
    ["index.js", "index.d.ts", "cjs/index.d.ts", "slim.js", "firmware-worker.js", "core.wasm"]
      .map((name) => join(dist, name))
      .concat(documents.map((name) => inRoot("pkg", name))),
  work: async () => {
    clean();
    await bundle();
    await translate();
    for (const name of documents) {
      rmSync(inRoot("pkg", name), { recursive: true, force: true });
      cpSync(inRoot(name), inRoot("pkg", name), { recursive: true });
    }
    copyFileSync(join(generated, "core.wasm"), join(dist, "core.wasm"));
    if (existsSync(join(dist, "cli.js"))) chmodSync(join(dist, "cli.js"), 0o755);
    await run(process.execPath, [inRoot("node_modules", "typescript", "bin", "tsc"), "-p", "pkg"]);
    // Declarations made by wasm-bindgen: tsc refers to them and does not copy them.
    cpSync(generated, join(dist, "generated"), {
      recursive: true,
      filter: (file) => file === generated || file.endsWith(".d.ts"),
    });
    const bindings = join(dist, "generated", "core.d.ts");
    const declared = readFileSync(bindings, "utf8")
      // nobody calls it, and TypeScript knows it by its newest library only
      .replaceAll(/^ *\[Symbol\.dispose\]\(\): void;\n/gm, "")
      .replaceAll(/: any\b|=> any\b/g, (any) => any.replace("any", "unknown"));
    writeFileSync(bindings, declared);
    copyTypes();
    return weighEntries();
  },
};
