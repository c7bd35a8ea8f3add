// What package-lock.json says: which packages there are, and which of them one needs to run.
import { readFileSync } from "node:fs";
import { inRoot } from "./paths.mjs";

/** Every entry by its path: those of npm below a `node_modules`, and our own workspaces. */
export const lock = JSON.parse(readFileSync(inRoot("package-lock.json"), "utf8")).packages;

const marker = "node_modules/";

export const isInstalled = ([path, entry]) => path.includes(marker) && !entry.link;
export const nameOf = (path) => path.slice(path.lastIndexOf(marker) + marker.length);

/** Where Node finds a package: in the nearest `node_modules`, from the inside out. */
function find(name, from) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/")))) {
    const path = `${folder}${folder && "/"}${marker}${name}`;
    if (lock[path]) return lock[path].link ? lock[path].resolved : path;
    if (folder === "") return undefined;
  }
}

/** The paths of what this one needs to run itself. Absent optional ones are left out. */
export function dependenciesOf(path) {
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta = {} } = lock[path];
  const peers = Object.keys(peerDependencies ?? {}).filter((name) => !peerDependenciesMeta[name]?.optional);
  const names = new Set([...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]);
  return [...names].map((name) => find(name, path)).filter((found) => found !== undefined);
}

/** The paths of all packages that these workspaces need to run, from the registry. */
export function runtimePaths(...workspaces) {
  const seen = new Set(workspaces);
  for (const path of seen) for (const next of dependenciesOf(path)) seen.add(next);
  return [...seen].filter((path) => path.includes(marker)).sort();
}
