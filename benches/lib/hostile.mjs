// What the worst documents cost, by the byte, beside an ordinary one of the same size, read in the same way: a message
// with an unknown member that is a list of readings, each an object of four members. For any engine.
import { check } from "wudun-ota";

const topic = "v1/wudun/plant-7/gw-1/ota/upgrade/result";
const message =
  '{"mid":"3f1c2b64-9d0e-4a57-8b21-6c0d5e7f8a90","type":"ota_upgrade","device_uid":"gw-1","timestamp":1763889600000,"data":{"status":2}}';
const unknown = (/** @type {string} */ value) => message.replace('"type"', () => `"x":${value},"type"`);
const known = (/** @type {string} */ value) => message.replace('{"status":2}', () => value);

const encoder = new TextEncoder();

const ALL = (1n << 64n) - 1n;

/** A round of the hash that is known to everybody (`src/json/hash.rs`). */
function hashed(/** @type {bigint} */ hash, /** @type {bigint} */ word) {
  const once = ((hash ^ word) * 0x9e3779b97f4a7c15n) & ALL;
  const twice = ((once ^ (once >> 32n)) * 0xbf58476d1ce4e5b9n) & ALL;
  return twice ^ (twice >> 32n);
}

function wordOf(/** @type {string} */ text) {
  return new DataView(encoder.encode(text.padEnd(8, "\0")).buffer).getBigUint64(0, true);
}

/** Keys that belong into the same few slots. */
function sameSlots() {
  const keys = Array.from({ length: 250_000 }, (_, i) => i.toString(16));
  const slot = (/** @type {string} */ key) => hashed(0n, wordOf(key) | (BigInt(key.length) << 56n)) & 4_095n;
  return keys.filter((key) => slot(key) < 16n).slice(0, 900);
}

/** Keys of sixteen bytes with the same hash: the second half undoes what the first has brought. */
function sameHashes() {
  const after = (/** @type {string} */ first) => hashed(16n, wordOf(first));
  const wanted = after("abcdefgh") ^ wordOf("ijklmnop");
  const keys = [];
  for (let i = 0; keys.length < 60; i++) {
    const first = i.toString(16).padStart(8, "0");
    const second = new DataView(new ArrayBuffer(8));
    second.setBigUint64(0, after(first) ^ wanted, true);
    const text = String.fromCharCode(...new Uint8Array(second.buffer));
    if (/^[ !#-[\]-~]{8}$/.test(text)) keys.push(first + text);
  }
  return keys;
}

const slots = sameSlots();
const hashes = sameHashes();
const filled = (/** @type {string} */ part, /** @type {number} */ room) =>
  part.repeat(room / encoder.encode(part).length);
const keys = (/** @type {(i: number) => string} */ name) =>
  `{${Array.from({ length: 1_024 }, (_, i) => `"${name(i)}":0`).join(",")}}`;
const object = (/** @type {string[]} */ names) => `{${names.map((name) => `"${name}":0`).join(",")}}`;
const list = (/** @type {string} */ item) => (/** @type {number} */ room) => unknown(`[${filled(`${item},`, room)}0]`);
const long = (/** @type {string} */ text) => (/** @type {number} */ room) => unknown(`"${filled(text, room)}"`);
/** Valid, and the last thing read is what the short way is not sure about: everything is read twice. */
const late = (/** @type {(room: number) => string} */ made) => (/** @type {number} */ room) =>
  made(room).replace('"status":2', '"status":2.0');
const ordinary = list('{"sensor":"inverter-1","value":231.5,"ok":true,"note":"no fault seen"}');

/** Documents of about a size, by that size. @type {Record<string, (room: number) => string>} */
const documents = {
  ordinary,
  "deep, unknown key": (room) => unknown(filled("[", room)),
  "deep, known key": (room) => known(filled('{"a":', room)),
  "many deep": list(`${"[".repeat(60)}${"]".repeat(60)}`),
  "most keys": list(keys((i) => i.toString(36))),
  "keys alike": list(keys((i) => `${"k".repeat(24)}${i}`)),
  "small objects": list('{"a":0,"b":0}'),
  duplicates: list('{"a":0,"a":0}'),
  escapes: long("\\u00e9"),
  "short escapes": long("\\n"),
  Chinese: long("固"),
  "huge number": (room) => unknown(filled("9", room)),
  "long fraction": (room) => unknown(`0.${filled("3", room)}e-9`),
  numbers: list("1e308"),
  space: (room) => message + filled(" ", room),
  "trailing commas": list("[0,]"),
  "no JSON": (room) => filled("x", room),
  "same slots": list(object(slots)),
  "same hashes": list(object(hashes)),
  "nine keys": list(object([..."abcdefghi"])),
  "keys with escapes": list('{"\\n":0,"\\t":0}'),
  "late doubt": late(ordinary),
  "late, escapes": late(long("\\n")),
  "late, Chinese": late(long("固")),
  "late, numbers": late(list("1e308")),
  "late bad UTF-8": (room) => `${long("固")(room)}\xFF`,
  "late, many lines": (room) => `${message}${filled("\n", room)}x`,
  comments: (room) => unknown(`[${filled("/**/", room)}0]`),
  "long pointers": (room) => unknown(`{"${"\\u006b".repeat(1_000)}":[${filled("[0,],", room - 6_100)}0]}`),
  "long key": (room) => message.replace('"mid"', () => `"${filled("k", room)}"`),
  "long text": (room) => message.replace('"timestamp"', () => `"trace_id":"${filled("\\n", room)}","timestamp"`),
  "huge timestamp": (room) => message.replace("1763889600000", () => filled("9", room)),
};

/** A document as bytes; ÿ stands for a byte that is no UTF-8. */
function toPayload(/** @type {string} */ text) {
  const payload = encoder.encode(text);
  return text.endsWith("\xFF") ? payload.subarray(0, -1) : payload;
}

const median = (/** @type {number[]} */ list) => list.sort((a, b) => a - b)[list.length >> 1] ?? 0;

const maxBytes = 16 * 1_024 * 1_024;

/** How documents are read. */
const ways = {
  bytes: {
    payload: toPayload,
    read: (/** @type {Uint8Array | string} */ payload) => check(payload, { topic, maxBytes }),
  },
  string: {
    payload: (/** @type {string} */ text) => text,
    read: (/** @type {Uint8Array | string} */ payload) => check(payload, { topic, maxBytes }),
  },
  lenient: {
    payload: toPayload,
    read: (/** @type {Uint8Array | string} */ payload) => check(payload, { topic, maxBytes, lenient: true }),
  },
};

/** @typedef {{ time: number, ratio: number }} Cost */

/**
 * By way and document the nanoseconds that a byte takes, and how many times as long as one of the ordinary document,
 * which takes turns with it. Medians; the engine has been warmed up with all of them.
 * @param {number} bytes
 * @param {number} rounds
 * @returns {Record<string, Record<string, Cost>>}
 */
export function worst(bytes, rounds) {
  // Clocks of browsers tick slowly.
  const times = Math.ceil(1_000_000 / bytes);
  /** @type {Record<string, Record<string, Cost>>} */
  const found = {};
  for (const [way, { payload, read }] of Object.entries(ways)) {
    const time = (/** @type {Uint8Array | string} */ payload) => {
      const started = performance.now();
      for (let i = 0; i < times; i++) read(payload);
      return ((performance.now() - started) * 1e6) / (times * bytes);
    };
    const make = (/** @type {(room: number) => string} */ made, size = bytes) => payload(made(size - 400));
    for (let i = 0; i < 5; i++) for (const made of Object.values(documents)) time(make(made, Math.min(bytes, 65_536)));
    const usual = make(ordinary);
    found[way] = Object.fromEntries(
      Object.entries(documents).map(([name, made]) => {
        const own = make(made);
        const pairs = Array.from({ length: rounds }, () => [time(own), time(usual)]);
        const ratio = median(pairs.map(([own = 0, usual = 1]) => own / usual));
        return [name, { time: median(pairs.map(([own = 0]) => own)), ratio }];
      }),
    );
  }
  return found;
}
