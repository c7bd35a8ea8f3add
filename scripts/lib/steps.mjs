// Steps that are done only when what they read has changed, and that say what they do and how far they are.
import { hashOf, isFresh, markFresh, markStale } from "./stamp.mjs";

/** Wipes what `teller` left behind on the line. */
const clear = process.stderr.isTTY ? "\x1b[K" : "";

export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/**
 * A step: `reads` are files and folders of the repository, `facts` further things that its result depends on,
 * `outputs` what must be there afterwards. A step with `needed` decides by itself whether there is work.
 *
 * @typedef {{ id: string, title: string, reads?: () => string[], facts?: () => string[] | Promise<string[]>,
 *   outputs?: () => string[], needed?: () => boolean | Promise<boolean>, work: (tell: (what: string) => void) => Promise<string | void> }} Step
 */

/** On a terminal, a line that says how far a step is, until the next line takes its place. */
function teller(title, since) {
  if (!process.stderr.isTTY) return () => {};
  return (what) => process.stderr.write(`${title}: ${what}, ${seconds(since)}\x1b[K\r`);
}

/** For cargo's lines: counts the crates that it has compiled. */
export function countCrates(tell) {
  let crates = 0;
  return (line) => {
    if (line.trimStart().startsWith("Compiling ")) tell(`${++crates} crates`);
  };
}

/** Does what is needed, in order, and answers how many steps had work. */
export async function runSteps(steps, { log = console.error, label = "Building" } = {}) {
  const started = performance.now();
  let done = 0;
  for (const [index, step] of steps.entries()) {
    const at = performance.now();
    const hash = step.needed ? undefined : hashOf(step.reads?.() ?? [], await step.facts?.());
    const needed = step.needed ? await step.needed() : !isFresh(step.id, hash, step.outputs?.() ?? []);
    if (!needed) continue;
    if (done === 0) log(`${label} what has changed since the last time:`);
    done += 1;
    log(`  [${index + 1}/${steps.length}] ${step.title} …`);
    if (hash) markStale(step.id);
    const note = await step.work(teller(`  [${index + 1}/${steps.length}] ${step.title}`, at));
    if (hash) markFresh(step.id, hash);
    log(`  [${index + 1}/${steps.length}] ${step.title}: ${seconds(at)}${note ? ` (${note})` : ""}${clear}`);
  }
  log(done === 0 ? `Everything is up to date (${seconds(started)}).` : `Done in ${seconds(started)}.`);
  return done;
}

/** The hash that a step has now, for steps that build on its result. */
export async function hashOfStep(step) {
  return hashOf(step.reads?.() ?? [], await step.facts?.());
}
