// The decode benchmark, for any engine: who reads the same messages faster, in rounds that take turns.
import { check, decode, safeDecode } from "wudun-ota";
import { ajv } from "./ajv.mjs";
import { broken, commands, escaped, foreign, pretty, results } from "./messages.mjs";
import { zod } from "./zod.mjs";

const decoder = new TextDecoder();
const first = ajv({ allErrors: false });
const all = ajv({ allErrors: true });

/** @typedef {import("./messages.mjs").Sample} Sample */

const parse = (/** @type {Sample} */ { bytes }) => JSON.parse(decoder.decode(bytes));
const peers = {
  decode: (/** @type {Sample} */ { bytes, topic }) => decode(bytes, { topic }).message,
  check: (/** @type {Sample} */ { bytes, topic }) => check(bytes, { topic }),
  parse,
  ajv: (/** @type {Sample} */ sample) => first[sample.kind](parse(sample)),
  zod: (/** @type {Sample} */ sample) => zod[sample.kind].parse(parse(sample)),
};
/** Read all that each finding says: of ours also where it lies in the text, and in Chinese, which ajv does not know. */
const judges = {
  decode: (/** @type {Sample} */ { bytes, topic }) => {
    const read = safeDecode(bytes, { topic });
    let seen = 0;
    for (const { code, path, start = 0, end = 0, line = 0, column = 0, message } of read.ok
      ? []
      : read.error.diagnostics) {
      seen += code.length + path.length + start + end + line + column + message.en.length + message.zh.length;
    }
    return seen;
  },
  ajv: (/** @type {Sample} */ sample) => {
    const validate = all[sample.kind];
    validate(parse(sample));
    let seen = 0;
    for (const { keyword, instancePath, message = "" } of validate.errors ?? []) {
      seen += keyword.length + instancePath.length + message.length;
    }
    return seen;
  },
};
const some = { decode: peers.decode, check: peers.check, parse, ajv: peers.ajv };

/**
 * The median time of one call in nanoseconds, by peer.
 * @param {Sample[]} samples
 * @param {Record<string, (sample: Sample) => unknown>} runners
 */
function measure(samples, runners, rounds = 21) {
  /** @type {Record<string, number[]>} */
  const times = Object.fromEntries(Object.keys(runners).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(runners)) {
      const started = performance.now();
      for (const sample of samples) {
        if (!run(sample)) throw new Error(`${name} refuses ${decoder.decode(sample.bytes)}`);
      }
      times[name]?.push(((performance.now() - started) * 1e6) / samples.length);
    }
  }
  // The first rounds are the engine's warm-up.
  const median = (/** @type {number[]} */ list) => list.slice(5).sort((a, b) => a - b)[(rounds - 5) >> 1] ?? 0;
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)]));
}

export function race() {
  const sets = { results: results(), commands: commands() };
  return {
    results: measure(sets.results, peers),
    commands: measure(sets.commands, peers),
    "pretty-printed": measure(pretty(), some),
    escaped: measure(escaped(), some),
    "non-ASCII": measure(foreign(), some),
    "three errors": measure(broken(), judges),
  };
}
