// What the worst documents cost, by the byte, beside an ordinary one of the same size: a message with an unknown
// member that is a list of readings, each an object of four members.
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
  return Buffer.from(text.padEnd(8, "\0")).readBigUInt64LE();
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
    const second = Buffer.alloc(8);
    second.writeBigUInt64LE(after(first) ^ wanted);
    const text = second.toString("latin1");
    if (/^[ !#-[\]-~]{8}$/.test(text)) keys.push(first + text);
  }
  return keys;
}

/** @param {number} bytes */
function documents(bytes) {
  const repeat = (/** @type {string} */ part, room = bytes - 400) => part.repeat(room / encoder.encode(part).length);
  const list = (/** @type {string} */ item) => `[${repeat(`${item},`)}0]`;
  const keys = (/** @type {(i: number) => string} */ name) =>
    `{${Array.from({ length: 1_024 }, (_, i) => `"${name(i)}":0`).join(",")}}`;
  const long = (/** @type {string} */ text) => `"${repeat(text)}"`;
  const object = (/** @type {string[]} */ names) => `{${names.map((name) => `"${name}":0`).join(",")}}`;
  // Valid, and the last thing read is what the short way is not sure about: everything is read twice.
  const late = (/** @type {string} */ text) => text.replace('"status":2', '"status":2.0');
  const readings = unknown(list('{"sensor":"inverter-1","value":231.5,"ok":true,"note":"no fault seen"}'));
  const most = keys((i) => i.toString(36));
  return {
    ordinary: readings,
    "deep, unknown key": unknown(repeat("[")),
    "deep, known key": known(repeat('{"a":')),
    "many deep": unknown(list(`${"[".repeat(60)}${"]".repeat(60)}`)),
    "most keys": unknown(list(most)),
    "keys alike": unknown(list(keys((i) => `${"k".repeat(24)}${i}`))),
    "small objects": unknown(list('{"a":0,"b":0}')),
    duplicates: unknown(list('{"a":0,"a":0}')),
    escapes: unknown(long("\\u00e9")),
    "short escapes": unknown(long("\\n")),
    Chinese: unknown(long("固")),
    "huge number": unknown(repeat("9")),
    "long fraction": unknown(`0.${repeat("3")}e-9`),
    numbers: unknown(list("1e308")),
    space: message + repeat(" "),
    "trailing commas": unknown(`[${repeat("[0,],")}0]`),
    "no JSON": repeat("x"),
    "same slots": unknown(list(object(sameSlots()))),
    "same hashes": unknown(list(object(sameHashes()))),
    "nine keys": unknown(list(object([..."abcdefghi"]))),
    "keys with escapes": unknown(list('{"\\n":0,"\\t":0}')),
    "late doubt": late(readings),
    "late, escapes": late(unknown(long("\\n"))),
    "late, Chinese": late(unknown(long("固"))),
    "late, numbers": late(unknown(list("1e308"))),
    "late bad UTF-8": `${unknown(long("固"))}\xFF`,
    "late, many lines": `${message}${repeat("\n")}x`,
    comments: unknown(`[${repeat("/**/")}0]`),
    "long pointers": unknown(`{"${"\\u006b".repeat(1_000)}":[${repeat("[0,],", bytes - 6_500)}0]}`),
    "long key": message.replace('"mid"', () => `"${repeat("k")}"`),
    "long text": message.replace('"timestamp"', () => `"trace_id":"${repeat("\\n")}","timestamp"`),
    "huge timestamp": message.replace("1763889600000", () => repeat("9")),
  };
}

/** A document as bytes; ÿ stands for a byte that is no UTF-8. */
function toPayload(/** @type {string} */ text) {
  const payload = encoder.encode(text);
  return text.endsWith("\xFF") ? payload.subarray(0, -1) : payload;
}

const median = (/** @type {number[]} */ list) => list.sort((a, b) => a - b)[list.length >> 1] ?? 0;

/**
 * By document the nanoseconds that a byte takes, and how many times as long as one of the ordinary document, which
 * takes turns with it. Medians; the engine has been warmed up with all of them.
 */
export function worst(/** @type {number} */ bytes, rounds = 7) {
  const maxBytes = 16 * 1_024 * 1_024;
  const payloads = Object.entries(documents(bytes)).map(
    ([name, text]) => /** @type {const} */ ([name, toPayload(text)]),
  );
  const time = (/** @type {Uint8Array} */ payload) => {
    const started = performance.now();
    check(payload, { topic, maxBytes });
    return ((performance.now() - started) * 1e6) / payload.length;
  };
  for (const [, payload] of payloads) for (let i = 0; i < rounds; i++) time(payload);
  const ordinary = payloads[0]?.[1] ?? new Uint8Array();
  return Object.fromEntries(
    payloads.map(([name, payload]) => {
      const pairs = Array.from({ length: rounds }, () => [time(payload), time(ordinary)]);
      const ratio = median(pairs.map(([own = 0, usual = 1]) => own / usual));
      return [name, { time: median(pairs.map(([own = 0]) => own)), ratio }];
    }),
  );
}
