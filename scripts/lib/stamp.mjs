// Knowing whether a step has anything to do: a hash of all it reads, kept from the last time it succeeded.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { inRoot, root } from "./paths.mjs";

const folder = inRoot(".cache", "stamps");
const ignored = new Set(["node_modules", "target", "dist", ".vite"]);

function* filesBelow(path) {
  if (!existsSync(path)) return;
  if (statSync(path).isFile()) {
    yield path;
    return;
  }
  for (const entry of readdirSync(path).sort()) {
    if (!ignored.has(entry)) yield* filesBelow(join(path, entry));
  }
}

/** A hash over files and folders (names and contents) and over facts such as versions of tools. */
export function hashOf(paths, facts = []) {
  const hash = createHash("sha256");
  for (const fact of facts) hash.update(`fact ${fact}\n`);
  for (const path of paths) {
    for (const file of filesBelow(inRoot(path))) {
      const content = readFileSync(file);
      hash.update(`file ${relative(root, file)} ${content.length}\n`).update(content);
    }
  }
  return hash.digest("hex");
}

/** Whether the step last succeeded with this hash and its outputs are still there. */
export function isFresh(step, hash, outputs) {
  const stamp = join(folder, step);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === hash && outputs.every((path) => existsSync(path));
}

export function markStale(step) {
  rmSync(join(folder, step), { force: true });
}

export function markFresh(step, hash) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, step), hash);
}
