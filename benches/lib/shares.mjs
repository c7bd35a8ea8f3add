// How many messages take the fast path: counts what the core's scan answers.
import { decode } from "wudun-ota";
import { commands, escaped, foreign, partial, pretty, reordered, results, unknown } from "./messages.mjs";

const sets = {
  results,
  commands,
  "any key order": reordered,
  "pretty-printed": pretty,
  "unknown fields": unknown,
  escapes: escaped,
  "non-ASCII": foreign,
  "optional absent": partial,
};

/** The share of each set's messages. To be called before anything else reads a message. */
export function shares() {
  let sure = 0;
  const { Instance } = WebAssembly;
  WebAssembly.Instance = /** @type {typeof Instance} */ (
    /** @type {unknown} */ (
      function counting(/** @type {WebAssembly.Module} */ module, /** @type {WebAssembly.Imports} */ imports) {
        const { exports } = new Instance(module, imports);
        const scan = /** @type {(...args: unknown[]) => number} */ (exports.scanPayload);
        const scanPayload = (/** @type {unknown[]} */ ...args) => {
          const verdict = scan(...args);
          if (verdict !== 0) sure++;
          return verdict;
        };
        return { exports: { ...exports, scanPayload } };
      }
    )
  );
  /** @type {Record<string, number>} */
  const found = {};
  for (const [name, make] of Object.entries(sets)) {
    sure = 0;
    const samples = make();
    for (const { bytes, topic } of samples) decode(bytes, { topic });
    found[name] = sure / samples.length;
  }
  WebAssembly.Instance = Instance;
  return found;
}
