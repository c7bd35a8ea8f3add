// What one side of the tracker benchmark measures, for any engine.
import { createTracker, restoreTracker } from "wudun-ota";
import { command, device, expected, midOf, result, some, start, topic } from "./fleet.mjs";
import { plainTracker } from "./plain.mjs";

/** @typedef {Record<string, number>} Figures */
/** @typedef {{ topic: string, payload: Uint8Array }} Message */

/** Short ones, so that what else goes on in the machine shows in some and not in the median. */
const rounds = 15;
const median = (/** @type {number[]} */ list) => list.sort((a, b) => a - b)[list.length >> 1] ?? 0;

/** The memory of every WebAssembly instance made from here on. */
/** @type {WebAssembly.Memory[]} */
const memories = [];
const Instance = WebAssembly.Instance;
WebAssembly.Instance = class extends Instance {
  /** @param {WebAssembly.Module} module @param {WebAssembly.Imports} [imports] */
  constructor(module, imports) {
    super(module, imports);
    if (this.exports.memory instanceof WebAssembly.Memory) memories.push(this.exports.memory);
  }
};

/** One interface for both. */
function ours() {
  const tracker = createTracker();
  const memory = memories.at(-1);
  return {
    tracker,
    bytes: () => memory?.buffer.byteLength ?? 0,
    open: (/** @type {number} */ n) =>
      void tracker.open({ topic: topic(n, "command"), command: command(n), expected }, start),
    sent: (/** @type {number} */ n) => void tracker.sent(midOf(n), start),
    ingest: (/** @type {string} */ to, /** @type {Uint8Array} */ payload, /** @type {number} */ now) =>
      tracker.ingest(to, payload, { now }),
    ingestBatch: (/** @type {Message[]} */ messages, /** @type {number} */ now) =>
      tracker.ingestBatch(messages, { now }),
  };
}

function plain() {
  const tracker = plainTracker();
  return {
    open: (/** @type {number} */ n) => void tracker.open(topic(n, "command"), command(n), expected, start),
    sent: (/** @type {number} */ n) => void tracker.sent(midOf(n), start),
    ingest: tracker.ingest,
    ingestBatch: (/** @type {Message[]} */ messages, /** @type {number} */ now) =>
      messages.map(({ topic, payload }) => tracker.ingest(topic, payload, now)),
  };
}

/** Messages of every kind: whether both sides say the same of each. */
export function agreement(count = 6_000) {
  const [our, other] = [ours(), plain()];
  for (let n = 0; n < count; n++) {
    for (const side of [our, other]) {
      side.open(n);
      if (n % 10 !== 9) side.sent(n);
    }
  }
  const broken = new TextEncoder().encode("{");
  /** @type {Record<string, number>} */
  const kinds = {};
  const same = (/** @type {{ topic: string, payload: Uint8Array }} */ { topic, payload }, retained = false) => {
    const mine = our.tracker.ingest(topic, payload, { now: start + 20_000, retained });
    const { diagnostics: _, ...said } = { ...mine, alerts: mine.alerts.map(({ code }) => code) };
    const theirs = other.ingest(topic, payload, start + 20_000, retained);
    const sorted = (/** @type {object} */ value) =>
      JSON.stringify(value, (_, member) =>
        member && typeof member === "object" && !Array.isArray(member)
          ? Object.fromEntries(Object.entries(member).sort())
          : member,
      );
    if (sorted(said) !== sorted(theirs)) {
      throw new Error(`${new TextDecoder().decode(payload)}\n${sorted(said)}\n${sorted(theirs)}`);
    }
    kinds[said.disposition] = (kinds[said.disposition] ?? 0) + 1;
  };
  for (const n of some(count, count)) {
    const first = result(n, n % 11 === 0 ? 1 : 2);
    if (n % 7 === 0) same(first, true);
    same(first);
    if (n % 5 === 0) same({ ...first, payload: broken });
    if (n % 13 === 0) same(result(n, 2, { timestamp: start - 900_000 }));
    if (n % 17 === 0) same({ ...first, topic: topic(n + 1) });
    if (n % 19 === 0) same(result(n, 4, { reply: midOf((n + 1) % count) }));
    const last = result(n, 4 + (n % 3));
    same(last);
    same(last);
    if (n % 23 === 0) same(result(n, 6));
    if (n % 29 === 0) same(result(count + n, 4));
  }
  our.tracker.dispose();
  return kinds;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** In one piece, as a client hands it over. */
const flat = (/** @type {Message} */ { topic, payload }) => ({
  topic: decoder.decode(encoder.encode(topic)),
  payload,
});

/** How many messages a batch holds, and how many are made at a time. */
const batch = 256;
const together = 8 * batch;

/**
 * @typedef {{
 *   ingest: (topic: string, payload: Uint8Array, now: number) => { disposition: string },
 *   ingestBatch: (messages: Message[], now: number) => { disposition: string }[],
 * }} Side
 * @typedef {(side: Side, messages: Message[], now: number) => number} Take gives how many have advanced an attempt
 */

/** @type {Take} */
const oneByOne = (side, messages, now) => {
  let advanced = 0;
  for (const { topic, payload } of messages) {
    if (side.ingest(topic, payload, now).disposition === "advanced") advanced++;
  }
  return advanced;
};

/** @type {Take} */
const inBatches = (side, messages, now) => {
  let advanced = 0;
  for (let at = 0; at < messages.length; at += batch) {
    for (const { disposition } of side.ingestBatch(messages.slice(at, at + batch), now)) {
      if (disposition === "advanced") advanced++;
    }
  }
  return advanced;
};

/**
 * A stream: first results of some devices, in turns with the final ones of those who prepared before.
 * @param {number[]} first
 * @param {number[]} before
 */
const inTurns = (first, before) =>
  first.flatMap((n, i) => {
    const other = before[i];
    return other === undefined
      ? [{ n, status: 2 }]
      : [
          { n, status: 2 },
          { n: other, status: 4 },
        ];
  });

/**
 * Medians of rounds of results, in nanoseconds each, and the quickest round: one by one, and in batches. A message is
 * taken soon after it has been made, as one that has just come: the fleet lies anywhere in memory, not the messages.
 * @param {Side} side
 * @param {number} size
 */
function results(side, size) {
  /** @type {Figures} */
  const figures = {};
  /** @type {Figures} */
  const quickest = {};
  const round = Math.min(3 * together, Math.floor(size / (rounds + 1) / 3));
  const chosen = some(3 * round * (rounds + 1), size);
  const half = (/** @type {number} */ r) => chosen.slice((r * round) / 2, ((r + 1) * round) / 2);
  for (const [name, status, take, from] of /** @type {const} */ ([
    ["prepared", 2, oneByOne, 0],
    ["final", 4, oneByOne, 0],
    ["again", 4, oneByOne, 0],
    ["prepared, batch", 2, inBatches, rounds + 1],
    ["final, batch", 4, inBatches, rounds + 1],
    ["again, batch", 4, inBatches, rounds + 1],
    ["stream", undefined, oneByOne, 4 * (rounds + 1)],
    ["stream, batch", undefined, inBatches, 5 * (rounds + 1)],
  ])) {
    /** @type {number[]} */
    const times = [];
    const now = start + 60_000 * (status ?? 4);
    for (let r = from; r <= from + rounds; r++) {
      const said =
        status === undefined
          ? inTurns(half(r), r > from ? half(r - 1) : [])
          : chosen.slice(r * round, (r + 1) * round).map((n) => ({ n, status }));
      let [time, advanced] = [0, 0];
      for (let at = 0; at < said.length; at += together) {
        const messages = said.slice(at, at + together).map(({ n, status }) => flat(result(n, status)));
        const started = performance.now();
        advanced += take(side, messages, now);
        time += performance.now() - started;
      }
      times.push((time * 1e6) / said.length);
      const wanted = name.startsWith("again") ? 0 : said.length;
      if (advanced !== wanted) throw new Error(`${name}: ${advanced} of ${wanted} advanced`);
    }
    figures[name] = median(times.slice(1));
    quickest[name] = Math.min(...times.slice(1));
  }
  return { figures, quickest };
}

/** @param {{ open(n: number): void, sent(n: number): void }} side @param {number} size */
function fill(side, size) {
  const started = performance.now();
  for (let n = 0; n < size; n++) {
    side.open(n);
    side.sent(n);
  }
  return ((performance.now() - started) * 1e6) / size;
}

/** @param {() => unknown} run */
function micros(run, times = 51) {
  const list = Array.from({ length: times }, () => {
    const started = performance.now();
    run();
    return (performance.now() - started) * 1e3;
  });
  return median(list);
}

/**
 * Milliseconds that a save in steps takes, and the longest of its steps.
 * @param {import("wudun-ota").Tracker} tracker
 */
function timedSteps(tracker) {
  const steps = tracker.saveInSteps();
  const times = { all: 0, longest: 0 };
  for (let done = false; !done; ) {
    const started = performance.now();
    done = steps.next().done === true;
    const time = performance.now() - started;
    times.all += time;
    times.longest = Math.max(times.longest, time);
  }
  return times;
}

/** @param {number} size */
export function measurePlain(size) {
  const side = plain();
  return { "open and sent": fill(side, size), ...results(side, size).figures };
}

/** @param {number} size */
export function measureOurs(size) {
  const side = ours();
  const empty = side.bytes();
  const open = fill(side, size);
  const sent = (side.bytes() - empty) / size;
  const { figures, quickest } = results(side, size);
  const { tracker } = side;
  /** @type {Record<string, { limit: number, state?: "sent" | "succeeded" | "timed_out", device?: string, after?: string }>} */
  const pages = {
    all: { limit: 100 },
    "state of many": { limit: 100, state: "sent" },
    "state of some": { limit: 100, state: "succeeded" },
    "state of none": { limit: 100, state: "timed_out" },
    "all devices": { limit: 100, device: "WD-" },
    "a 37th of the devices": { limit: 100, device: "WD-EMS2-05" },
    "the same, deep": { limit: 100, device: "WD-EMS2-05", after: String(Math.floor(size / 3)) },
    "devices of the first hour": { limit: 100, device: "WD-EMS2-0500000" },
    "one device": { limit: 100, device: device(size >> 1) },
    "no device": { limit: 100, device: "XX" },
    "state and device": { limit: 100, state: "succeeded", device: "WD-EMS2-05" },
  };
  /** @type {Figures} */
  const page = {};
  for (const [name, query] of Object.entries(pages)) page[name] = micros(() => tracker.page(query));
  const started = performance.now();
  const saved = tracker.save();
  const saveMs = performance.now() - started;
  const savedBytes = saved.reduce((sum, { length }) => sum + length, 0);
  const steps = Array.from({ length: 5 }, () => timedSteps(tracker));
  const restoring = performance.now();
  const restored = restoreTracker(saved, {}, start);
  const restoreMs = performance.now() - restoring;
  if (restored.counts().total !== size) throw new Error("not all restored");
  const restoredBytes = (memories.at(-1)?.buffer.byteLength ?? 0) / size;
  restored.dispose();
  return {
    times: { "open and sent": open, ...figures },
    quickest,
    memory: { "sent, bytes an attempt": sent, "restored, bytes an attempt": restoredBytes },
    pages: page,
    other: {
      "counts, µs": micros(() => tracker.counts()),
      "tick of nothing, µs": micros(() => tracker.tick(start + 300_000)),
      "save, ms": saveMs,
      "save in steps, ms": median(steps.map(({ all }) => all)),
      "its longest step, ms": median(steps.map(({ longest }) => longest)),
      "the longest of five such, ms": Math.max(...steps.map(({ longest }) => longest)),
      "saved, MB": savedBytes / 1e6,
      "largest chunk, bytes": Math.max(...saved.map(({ length }) => length)),
      "restore, ms": restoreMs,
    },
  };
}
