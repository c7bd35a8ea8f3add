/** Untrusted payloads cannot make the core grow (§5), nor differ between its two ways. */

import { afterAll, describe, expect, it } from "vitest";
import {
  check,
  createTracker,
  type DecodeOptions,
  decode,
  type Message,
  safeBuildResult,
  safeDecode,
  safeEncode,
  validate,
} from "wudun-ota";
import { watchMemories } from "../support/memories.js";

const topic = "v1/wudun/pk/gw-1/ota/upgrade/result";
const message = {
  mid: "3f1c2b64-9d0e-4a57-8b21-6c0d5e7f8a90",
  type: "ota_upgrade",
  device_uid: "gw-1",
  timestamp: 1_763_889_600_000,
  data: { source: "ems_II", version: "1", status: 2 },
};
const json = JSON.stringify(message);
const bytes = (text: string) => new TextEncoder().encode(text);

const { count, size, stop } = watchMemories();
const tracker = createTracker({ sendTimeoutMs: 1_000, firstResultTimeoutMs: 1_000, finalResultTimeoutMs: 1_000 });
const commandTopic = topic.replace("result", "command");
afterAll(stop);

/** Documents that are meant to cost more than they should. */
function hostile(length: number): string[] {
  const fill = (part: string, around: (inside: string) => string) =>
    around(part.repeat(Math.max(0, Math.floor((length - json.length - 16) / part.length))));
  const unknown = (inside: string) => json.replace('"type"', `"x":${inside},"type"`);
  const keys = (name: (i: number) => string) =>
    unknown(`{${Array.from({ length: Math.min(1_024, length / 40) }, (_, i) => `"${name(i)}":0`).join(",")}}`);
  return [
    fill("[", (s) => s),
    fill("[", unknown),
    fill('{"a":', unknown),
    fill("[]", (s) => unknown(`[${s.replaceAll("][", "],[")}]`)),
    fill("\\u00e9", (s) => unknown(`"${s}"`)),
    fill("固", (s) => unknown(`"${s}"`)),
    fill("9", (s) => unknown(`1${s}`)),
    fill(" ", (s) => json + s),
    fill('{"a":1,"a":1}', (s) => unknown(`[${s.replaceAll("}{", "},{")}]`)),
    fill("1,", (s) => unknown(`[${s}]`)),
    keys((i) => `k${i}`),
    keys((i) => `${"k".repeat(20)}${i}`),
    json.repeat(2),
    json.slice(0, -1),
    fill("x", (s) => s),
  ];
}

describe("bounds", () => {
  it("keeps the memory at its plateau", () => {
    const texts = [json, ...hostile(65_536), json.replace("ota_upgrade", "é")];
    const payloads = texts.flatMap((text) => [text, bytes(text)]);
    const all = () => {
      for (const payload of payloads) {
        safeDecode(payload, { topic });
        check(payload, { topic, lenient: true });
      }
    };
    for (let i = 0; i < 3; i++) all();
    const plateau = size();
    for (let i = 0; i < 30; i++) all();
    for (let i = 0; i < 10_000; i++) decode(json, { topic });
    expect(size()).toBe(plateau);
    expect(count()).toBe(2);
  });

  it("refuses what is too large before it takes memory for it", () => {
    decode(json, { topic });
    const before = size();
    const huge = new Uint8Array(32 * 1_024 * 1_024);
    expect(check(huge, { topic, maxBytes: 2 ** 31 })).toBe(false);
    const result = safeDecode(huge, { topic });
    expect(result.ok || result.error.code).toBe("json-too-large");
    expect(size()).toBe(before);
  });

  it.each<[string, (huge: string) => unknown]>([
    ["decode", (huge) => safeDecode(huge, { topic })],
    ["check", (huge) => check(huge, { topic })],
    ["validate", (huge) => validate("result", { huge })],
    ["encode", (huge) => safeEncode({ ...message, huge } as Message)],
    ["buildResult", (huge) => safeBuildResult({ device: "gw-1", version: huge })],
    ["tracker.ingest", (huge) => tracker.ingest(topic, huge, { now: 1 })],
    ["tracker.ingest, on a long topic", (huge) => tracker.ingest(`${"p/".repeat(9_000)}${topic}`, huge, { now: 1 })],
    ["tracker.ingestBatch", (huge) => tracker.ingestBatch([{ topic, payload: bytes(huge) }], { now: 1 })],
    ["tracker.open", (huge) => expect(() => tracker.open({ topic: commandTopic, command: huge }, 1)).toThrow()],
  ])("lets nothing in that is beyond the limit: %s", (_, call) => {
    // What is made only once.
    for (const small of ["x", "x".repeat(70_000)]) call(small);
    const before = size();
    call("x".repeat(64 * 1_024 * 1_024));
    expect(size()).toBe(before);
  });

  it("tells texts and bytes beyond the limit apart by their beginnings and sizes", () => {
    const huge = `${"é".repeat(2_047)}x😀${"z".repeat(70_000)}`;
    const first = tracker.ingest(topic, huge, { now: 2 });
    expect(first.diagnostics.map(({ code }) => code)).toEqual(["json-too-large"]);
    expect(tracker.ingest(topic, bytes(huge), { now: 2 }).disposition).toBe("duplicate");
    expect(tracker.ingest(topic, bytes(`${huge}z`), { now: 2 }).disposition).toBe("invalid");
  });

  it("reads on after memory has grown under the short way", () => {
    const { message: small } = decode(json, { topic });
    const before = size();
    const large = json.replace('"type"', `"x":"${"a".repeat(8_000_000)}","type"`);
    expect(check(large, { topic, maxBytes: 16 * 1_024 * 1_024 })).toBe(true);
    expect(size()).toBeGreaterThan(before);
    expect(decode(json, { topic }).message).toEqual(small);
  });

  it("takes a small multiple of a large payload", () => {
    const maxBytes = 16 * 1_024 * 1_024;
    const before = size();
    for (const text of hostile(maxBytes)) safeDecode(text, { topic, maxBytes, lenient: true });
    expect((size() - before) / maxBytes).toBeLessThan(6);
  });
});

describe("the short way", () => {
  const cases: [string, string][] = [
    ["as it is", json],
    ["unknown members", json.replace('"type"', '"__proto__":{"a":1},"1":"é","n":-1.5e3,"s":"x","type"')],
    ["unknown members of data", json.replace('"source"', '"a":[1,{"b":null}],"z":"\\n","source"')],
    ["escapes", json.replace("ems_II", 'a\\"\\u00e9\\ud83d\\ude00')],
    ["text", json.replace("ems_II", "固件 😀 é").replace('"1"', '"é"')],
    ["null", json.replace('"ems_II"', "null")],
    ["no data", json.replace(/"data":\{.*?\}/, '"data":{}')],
    ["space", JSON.stringify(message, null, 3)],
    [
      "all",
      json.replace("}}", '},"sub_device_uid":"s","trace_id":"t","reply":"3f1c2b64-9d0e-4a57-8b21-6c0d5e7f8a90"}'),
    ],
  ];
  // A payload of more than 64 KiB goes the long way.
  const padding = " ".repeat(65_536);
  it.each(cases)("gives what the long way gives: %s", (_, text) => {
    const kinds: DecodeOptions[] = [{ topic }, { kind: "result" }, { kind: "result", now: message.timestamp }];
    for (const options of kinds) {
      for (const read of [(t: string) => t, bytes]) {
        const short = decode(read(text), options);
        const long = decode(read(text + padding), { ...options, maxBytes: 1_000_000 });
        expect(short).toStrictEqual(long);
        expect(JSON.stringify(short)).toBe(JSON.stringify(long));
        expect(check(read(text), options)).toBe(true);
      }
    }
  });

  it("gives every caller objects of their own", () => {
    const first = decode(json, { topic });
    const second = decode(json, { topic });
    expect(first.topic).toEqual(second.topic);
    expect(first.topic).not.toBe(second.topic);
    expect(first.topic?.namespace).not.toBe(second.topic?.namespace);
  });

  it("does not take an unpaired surrogate for a character", () => {
    const result = safeDecode(json.replace("ems_II", "\ud800"), { topic });
    expect(result.ok || result.error.code).toBe("json-unpaired-surrogate");
  });
});
