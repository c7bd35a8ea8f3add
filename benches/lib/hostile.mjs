// What the worst documents cost, by the byte, beside an ordinary one of the same size.
import { check } from "wudun-ota";

const topic = "v1/wudun/plant-7/gw-1/ota/upgrade/result";
const message =
  '{"mid":"3f1c2b64-9d0e-4a57-8b21-6c0d5e7f8a90","type":"ota_upgrade","device_uid":"gw-1","timestamp":1763889600000,"data":{"status":2}}';
const unknown = (/** @type {string} */ value) => message.replace('"type"', () => `"x":${value},"type"`);
const known = (/** @type {string} */ value) => message.replace('{"status":2}', () => value);

const encoder = new TextEncoder();

/** @param {number} bytes */
function documents(bytes) {
  const repeat = (/** @type {string} */ part, room = bytes - 400) => part.repeat(room / encoder.encode(part).length);
  const list = (/** @type {string} */ item) => `[${repeat(`${item},`)}0]`;
  const keys = (/** @type {(i: number) => string} */ name) =>
    `{${Array.from({ length: 1_024 }, (_, i) => `"${name(i)}":0`).join(",")}}`;
  const long = (/** @type {string} */ text) => `"${repeat(text)}"`;
  const most = keys((i) => i.toString(36));
  return {
    ordinary: unknown(list('{"sensor":"inverter-1","value":231.5,"ok":true,"note":"no fault seen"}')),
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
  };
}

/** Nanoseconds a byte, by document. */
export function worst(/** @type {number} */ bytes, rounds = 7) {
  const maxBytes = 16 * 1_024 * 1_024;
  return Object.fromEntries(
    Object.entries(documents(bytes)).map(([name, text]) => {
      const payload = encoder.encode(text);
      const times = Array.from({ length: rounds }, () => {
        const started = performance.now();
        check(payload, { topic, maxBytes });
        return ((performance.now() - started) * 1e6) / payload.length;
      });
      return [name, times.sort((a, b) => a - b)[rounds >> 1] ?? 0];
    }),
  );
}
