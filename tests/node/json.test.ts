/**
 * Strict reading against `JSON.parse` (§5): it accepts the same documents and gives the same values, apart from
 * five refusals, each of which is found in the document by other means.
 */

import { afterAll, beforeAll, expect, test } from "vitest";
import { type Decoded, OtaError, safeDecode } from "wudun-ota";
import { Random } from "../support/random.js";
import { damaged, extremes, message } from "./json/documents.js";
import { refusalsOf } from "./json/refusals.js";

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
const OPTIONAL = ["sub_device_uid", "trace_id", "reply"];
const OPTIONAL_DATA = ["source", "version", "target_version", "target_commit_sha", "final_version", "final_commit_sha"];

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
function difference(payload: Uint8Array | string, maxBytes?: number): string | undefined {
  const expected = reference(payload);
  const read = safeDecode(payload, { kind: "result", maxBytes });
  if (read.ok) {
    count("valid");
    if (expected === undefined) return "accepted, JSON.parse refuses";
    const refusals = refusalsOf(expected.text);
    if (refusals.size > 0) return `accepted in spite of ${[...refusals]}`;
    return sameMessage(read.value, expected.value) ? undefined : "another value than that of JSON.parse";
  }
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

/** The message is the document less the optional fields that count as absent (§2). */
function sameMessage({ message }: Decoded, value: unknown): boolean {
  return sameMembers(message, value, OPTIONAL, (key, a, b) =>
    key === "data" ? sameMembers(a, b, OPTIONAL_DATA, (_, a, b) => same(a, b)) : same(a, b),
  );
}

function sameMembers(
  read: unknown,
  parsed: unknown,
  optional: string[],
  equal: (key: string, a: unknown, b: unknown) => boolean,
): boolean {
  if (!isObject(read) || !isObject(parsed)) return false;
  const keys = Object.keys(parsed).filter(
    (key) => !(optional.includes(key) && (parsed[key] === null || parsed[key] === "")),
  );
  return (
    keys.length === Object.keys(read).length &&
    keys.every((key) => Object.hasOwn(read, key) && equal(key, read[key], parsed[key]))
  );
}

function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, at) => same(item, b[at]));
  if (!isObject(a)) return Object.is(a, b);
  if (!isObject(b) || Array.isArray(b) || Object.getPrototypeOf(a) !== Object.prototype) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function explain(payload: Uint8Array | string, maxBytes?: number): void {
  const why = difference(payload, maxBytes);
  if (why === undefined) return;
  const shown = typeof payload === "string" ? JSON.stringify(payload) : Buffer.from(payload).toString("base64");
  throw new Error(`${why} (seed ${SEED}): ${shown}`);
}

test("documents around the limits", () => {
  for (const document of extremes()) {
    explain(document);
    explain(Buffer.from(document), 16 * 1024 * 1024);
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

test(`${DOCUMENTS} generated and damaged documents`, { timeout: 600_000 }, () => {
  const random = new Random(SEED);
  for (let done = 0; done < DOCUMENTS; done += 4) {
    const text = message(random);
    const bytes = Buffer.from(text);
    if (random.one(4)) explain(text, random.one(4) ? SMALL : undefined);
    else explain(bytes, random.one(4) ? SMALL : undefined);
    for (let damages = 0; damages < 3; damages++) {
      const wrong = damaged(random, bytes);
      // As a string: what is no UTF-8 becomes an unpaired surrogate or U+FFFD.
      if (random.one(4)) explain(wrong.toString("utf8").replaceAll("\ufffd", random.one(2) ? "\ud800" : "\ufffd"));
      else explain(wrong);
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
