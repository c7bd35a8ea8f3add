/**
 * Strict reading against `JSON.parse` (§5): it accepts the same documents and gives the same values, apart from
 * five refusals, each of which is found in the document by other means.
 */

import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { check, type DecodeOptions, type Kind, OtaError, safeDecode } from "wudun-ota";
import { Random } from "../support/random.js";
import { damaged, extremes, manyKeys, message } from "./json/documents.js";
import { misplaced } from "./json/places.js";
import { refusalsOf } from "./json/refusals.js";
import { sameMessage } from "./json/same.js";

/** Of each four, one is whole and three are damaged. */
const DOCUMENTS = 1_000_000;
const SEED = Number(process.env.SEED ?? 20261123);
const SMALL = 300;
const REFUSALS = [
  "json-duplicate-key",
  "json-too-deep",
  "json-too-large",
  "json-unpaired-surrogate",
  "json-too-many-keys",
];
/** With a topic the device is compared as well. */
const TOPICS = { command: "v1/wudun/KEY/GW-1/ota/upgrade/command", result: "v1/wudun/KEY/GW-1/ota/upgrade/result" };
const ENDS = ["/**/", "\0", " // the end"] as const;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const counts = new Map<string, number>();
const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);

// Neither reader is asked where it was called from.
const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 0;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

/** What `JSON.parse` says. */
function reference(payload: Uint8Array | string): { text: string; value: unknown } | undefined {
  try {
    const text = typeof payload === "string" ? payload : decoder.decode(payload);
    return { text, value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Why the core's answer is not explained; `undefined` when it is. */
function difference(payload: Uint8Array | string, options: DecodeOptions): string | undefined {
  const { maxBytes } = options;
  const expected = reference(payload);
  const read = safeDecode(payload, options);
  if (check(payload, options) !== read.ok) return "checked to be otherwise than decoded";
  if (read.ok) {
    count("valid");
    if (expected === undefined) return "accepted, JSON.parse refuses";
    const refusals = refusalsOf(expected.text);
    if (refusals.size > 0) return `accepted in spite of ${[...refusals]}`;
    return sameMessage(read.value, expected.value) ? undefined : "another value than that of JSON.parse";
  }
  if (misplaced(payload, read.error.diagnostics)) return "a finding in another line or column than it says";
  const codes = new Set(read.error.diagnostics.filter((d) => d.severity === "error").map((d) => d.code));
  const about = [...codes].filter((code) => code.startsWith("json-"));
  const refused = about.filter((code) => REFUSALS.includes(code));
  for (const code of about) count(code);
  const size = typeof payload === "string" ? Buffer.byteLength(payload) : payload.length;
  if (size > (maxBytes ?? 65_536) !== codes.has("json-too-large")) return `the size is ${size}: ${about}`;
  if (codes.has("json-too-large")) return undefined;
  if (expected === undefined) {
    count("not JSON");
    return about.length > 0 ? undefined : "not found to be no JSON";
  }
  const refusals = refusalsOf(expected.text);
  if (about.length === 0) {
    count("JSON, and no valid message");
    return refusals.size === 0 ? undefined : `not refused: ${[...refusals]}`;
  }
  if (refused.length !== about.length) return `JSON.parse accepts, and not so the core: ${about}`;
  return refused.every((code) => refusals.has(code)) ? undefined : `refused without reason: ${refused}`;
}

function explain(payload: Uint8Array | string, options: DecodeOptions = { kind: "result" }): void {
  const why = difference(payload, options);
  if (why === undefined) return;
  const shown = typeof payload === "string" ? JSON.stringify(payload) : Buffer.from(payload).toString("base64");
  throw new Error(`${why} (seed ${SEED}): ${shown}`);
}

/** What only lenient reading accepts goes the long way: there it means what the document means without it. */
function explainLeniently(text: string, end: string, known: DecodeOptions): void {
  const [strict, lenient] = [safeDecode(text, known), safeDecode(text + end, { ...known, lenient: true })];
  if (!strict.ok && !lenient.ok) return;
  const [a, b] = [strict, lenient].map((read) => (read.ok ? read.value.message : undefined));
  expect(JSON.stringify(b), `seed ${SEED}`).toBe(JSON.stringify(a));
  expect(lenient.ok ? lenient.value.diagnostics.length - (strict.ok ? strict.value.diagnostics.length : 0) : 0).toBe(1);
}

test("documents around the limits", () => {
  for (const document of extremes()) {
    explain(document);
    explain(Buffer.from(document), { kind: "result", maxBytes: 16 * 1024 * 1024 });
  }
  for (const size of [65_535, 65_536, 65_537]) explain(`"${"a".repeat(size - 2)}"`);
  for (const payload of [
    "",
    " ",
    "\ufeff{}",
    "{}\0",
    "{},",
    "[1,]",
    "//\n{}",
    '"\ud800"',
    '"\udc00\ud800"',
    '{"\ud83d\\ude00":1}',
  ])
    explain(payload);
});

test("what fuzzing has kept", () => {
  const folder = new URL("../../fuzz/corpus/message/", import.meta.url);
  for (const name of readdirSync(folder)) {
    // The first byte says how the fuzz targets read the rest.
    const payload = readFileSync(new URL(name, folder)).subarray(1);
    for (const options of [{ kind: "command" }, { kind: "result" }, { topic: TOPICS.result }] as const) {
      explain(payload, options);
      explain(payload.toString("utf8"), options);
    }
  }
});

test("objects of many keys", { timeout: 60_000 }, () => {
  const random = new Random(SEED);
  for (let done = 0; done < 400; done++) {
    const text = manyKeys(random);
    explain(random.one(2) ? text : Buffer.from(text));
  }
  for (const code of ["valid", "json-duplicate-key", "json-too-many-keys"]) {
    expect(counts.get(code) ?? 0, code).toBeGreaterThan(20);
  }
});

test(`${DOCUMENTS} generated and damaged documents`, { timeout: 600_000 }, () => {
  const random = new Random(SEED);
  for (let done = 0; done < DOCUMENTS; done += 4) {
    const kind: Kind = random.one(4) ? "command" : "result";
    const known = random.one(2) ? { topic: TOPICS[kind] } : { kind };
    const text = message(random, kind);
    const bytes = Buffer.from(text);
    const payload = random.one(4) ? text : bytes;
    explain(payload, random.one(4) ? { ...known, maxBytes: SMALL } : known);
    if (random.one(8)) explainLeniently(text, random.pick(ENDS), known);
    for (let damages = 0; damages < 3; damages++) {
      const wrong = damaged(random, bytes);
      // As a string: what is no UTF-8 becomes an unpaired surrogate or U+FFFD.
      if (random.one(4))
        explain(wrong.toString("utf8").replaceAll("\ufffd", random.one(2) ? "\ud800" : "\ufffd"), known);
      else explain(wrong, known);
    }
  }
  // Every way to end was taken often.
  for (const code of [
    ...REFUSALS.filter((code) => code !== "json-too-many-keys" && code !== "json-too-deep"),
    "valid",
    "not JSON",
    "JSON, and no valid message",
    "json-syntax",
    "json-utf8",
    "json-trailing-comma",
    "json-comment",
    "json-byte-order-mark",
    "json-trailing-nul",
  ]) {
    expect(counts.get(code) ?? 0, `${code} of ${JSON.stringify(Object.fromEntries(counts))}`).toBeGreaterThan(
      DOCUMENTS / 20_000,
    );
  }
});

test("errors are OtaErrors", () => {
  const read = safeDecode("{");
  expect(read.ok ? undefined : OtaError.is(read.error)).toBe(true);
});
