import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import type { Project } from "../support/packed.js";

/** The binary itself: the package around it fetches this when it is installed, which npm no longer allows. */
export const WORKERD = "@cloudflare/workerd-linux-64@1.20261117.1";

const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
  const config :Workerd.Config = (services = [(name = "main", worker = .worker)]);
  const worker :Workerd.Worker = (compatibilityDate = "2026-01-01", modules = [
    (name = "worker.js", esModule = embed "worker.js"), (name = "core.wasm", wasm = embed "core.wasm")]);`;

/** Bundles a worker as Cloudflare's own bundler does, with `core.wasm` as a module beside it, and gives its code. */
export async function bundleForWorkerd(site: Project, entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(site.folder, entry)],
    bundle: true,
    format: "esm",
    write: false,
    conditions: ["workerd", "worker"],
    plugins: [
      {
        name: "wasm",
        setup: ({ onResolve }) => onResolve({ filter: /core\.wasm$/ }, () => ({ path: "core.wasm", external: true })),
      },
    ],
  });
  return outputFiles[0]?.text ?? "";
}

/** Runs a worker's `test`, and gives what it prints behind `RESULT`. */
export async function runInWorkerd(site: Project, code: string): Promise<unknown> {
  await writeFile(join(site.folder, "worker.js"), code);
  await writeFile(join(site.folder, "config.capnp"), CONFIG);
  await cp(join(site.folder, "node_modules", "wudun-ota", "dist", "core.wasm"), join(site.folder, "core.wasm"));
  const out = await site.run(join(site.folder, "node_modules/@cloudflare/workerd-linux-64/bin/workerd"), [
    "test",
    "config.capnp",
  ]);
  return JSON.parse(/RESULT (\{.*\})/.exec(out)?.[1] ?? JSON.stringify(out));
}
