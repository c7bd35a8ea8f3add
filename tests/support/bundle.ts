import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** A module of this folder and all that it imports, in one file. */
export async function bundle(name: string, platform: "node" | "browser", outfile: string): Promise<void> {
  const entry = fileURLToPath(new URL(name, import.meta.url));
  // for what is CommonJS in it
  const js = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
  const own = platform === "node" ? { banner: { js } } : {};
  await build({ entryPoints: [entry], bundle: true, format: "esm", target: "es2022", platform, outfile, ...own });
}
