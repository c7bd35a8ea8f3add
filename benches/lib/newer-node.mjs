import { ask } from "../../scripts/lib/run.mjs";

/** The newer Node to compare in: its program, from its npm package; `undefined` where npm cannot get it. */
export async function newerNode() {
  const get = ["exec", "--yes", "--package=node@24.21.0", "--", "node", "--print", "process.execPath"];
  // npm may write warnings before it.
  return (await ask("npm", get))?.split("\n").at(-1);
}
