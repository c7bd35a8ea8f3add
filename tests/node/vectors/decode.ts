/** What decode.json holds, and how a vector is checked. */

import { isDeepStrictEqual } from "node:util";
import { check, type Decoded, type DecodeOptions, type Diagnostic, type Kind, safeDecode, validate } from "wudun-ota";
import {
  bytesOf,
  type Document,
  differences,
  expand,
  type Finding,
  inShort,
  isWellFormed,
  only,
  type Patches,
  patch,
} from "./notation.js";

export interface DecodeFile {
  bases: Record<string, string>;
  vectors: DecodeVector[];
}

export interface DecodeVector {
  name: string;
  base?: string;
  patch?: Patches;
  text?: string;
  hex?: string;
  topic?: string;
  kind?: Kind;
  now?: number;
  maxBytes?: number;
  strict?: Expected;
  lenient?: Expected;
}

interface Expected {
  errors?: Finding[];
  warnings?: Finding[];
  infos?: Finding[];
  counts?: Record<string, number>;
  message?: "as-written" | Patches;
  valid?: boolean;
  leftOut?: number;
  kind?: Kind;
  status?: string;
  phase?: string;
}

const vectorKeys = "name base patch text hex topic kind now maxBytes strict lenient".split(" ");
const expectedKeys = "errors warnings infos counts message valid leftOut kind status phase".split(" ");

/** §5: what strict reading refuses although JSON.parse accepts it. */
const refusals = new Set(
  "json-duplicate-key json-too-deep json-too-large json-unpaired-surrogate json-too-many-keys".split(" "),
);

function baseOf(file: DecodeFile, name: string | undefined): string {
  const base = file.bases[name ?? ""];
  if (base === undefined) throw new Error(`no base ${name}`);
  return base;
}

function textOf(file: DecodeFile, vector: DecodeVector): string {
  if (vector.text !== undefined) return expand(vector.text);
  return expand(patch(baseOf(file, vector.base), vector.patch ?? []));
}

interface Read {
  decoded?: Decoded;
  diagnostics: Diagnostic[];
}

function reading(payload: Uint8Array | string, options: DecodeOptions): Read {
  const result = safeDecode(payload, options);
  return result.ok
    ? { decoded: result.value, diagnostics: result.value.diagnostics }
    : { diagnostics: result.error.diagnostics };
}

/** All that is wrong with how the package reads a vector; nothing when all is well. */
export function decodeFailures(file: DecodeFile, vector: DecodeVector): string[] {
  only(vector, vectorKeys);
  if (!vector.strict && !vector.lenient) throw new Error("expects nothing");
  const { topic, kind, now, maxBytes } = vector;
  const options: DecodeOptions = {
    ...(topic !== undefined && { topic }),
    ...(kind && { kind }),
    ...(now !== undefined && { now }),
    ...(maxBytes !== undefined && { maxBytes }),
  };
  const payloads: [payload: Uint8Array | string, document: Document][] = [];
  if (vector.hex !== undefined) payloads.push([Uint8Array.from(Buffer.from(vector.hex, "hex")), { units: "bytes" }]);
  else {
    const text = textOf(file, vector);
    if (isWellFormed(text)) payloads.push([bytesOf(text), { units: "bytes", text }]);
    payloads.push([text, { units: "utf-16", text }]);
  }
  const failures: string[] = [];
  for (const [payload, document] of payloads) {
    for (const mode of ["strict", "lenient"] as const) {
      const expected = vector[mode];
      if (!expected) continue;
      only(expected, expectedKeys);
      const all = { ...options, lenient: mode === "lenient" };
      const read = reading(payload, all);
      const wrong = wrongWith(file, vector, expected, read, document);
      if (check(payload, all) !== (read.decoded !== undefined)) wrong.push("check says otherwise");
      failures.push(...wrong.map((why) => `${mode}, ${document.units}: ${why}`));
    }
    failures.push(...sameAsJsonParse(payload, options).map((why) => `${document.units}: ${why}`));
  }
  return failures;
}

function wrongWith(
  file: DecodeFile,
  vector: DecodeVector,
  expected: Expected,
  { decoded, diagnostics }: Read,
  document: Document,
): string[] {
  const wrong: string[] = [];
  if (expected.counts) {
    const counts: Record<string, number> = {};
    for (const { code } of diagnostics) counts[code] = (counts[code] ?? 0) + 1;
    if (!isDeepStrictEqual(counts, expected.counts)) wrong.push(`found ${JSON.stringify(counts)}`);
  } else if (expected.valid !== false) {
    wrong.push(
      ...differences("error", expected.errors ?? [], diagnostics, document),
      ...differences("warning", expected.warnings ?? [], diagnostics, document),
      ...differences("info", expected.infos ?? [], diagnostics, document),
    );
  }
  if (diagnostics.length > 100) wrong.push("more than 100 diagnostics");
  if (diagnostics.some((d) => d.message.en === "" || d.message.zh === "")) wrong.push("a diagnostic without words");
  if (expected.leftOut !== undefined) {
    const { code, message } = diagnostics.at(-1) ?? { code: "", message: { en: "", zh: "" } };
    const says = [message.en, message.zh].every((text) => text.includes(String(expected.leftOut)));
    if (code !== "too-many-diagnostics" || !says) wrong.push(`does not say that ${expected.leftOut} were left out`);
  }
  const valid = expected.valid ?? expected.message !== undefined;
  if (valid !== (decoded !== undefined)) wrong.push(`expected a message: ${valid}`);
  if (valid === diagnostics.some((d) => d.severity === "error")) wrong.push("valid means: no error");
  if (expected.message !== undefined && decoded) {
    const text =
      expected.message === "as-written" ? document.text : expand(patch(baseOf(file, vector.base), expected.message));
    const message: unknown = JSON.parse(text ?? "");
    if (!isDeepStrictEqual(decoded.message, message))
      wrong.push(`found the message ${JSON.stringify(decoded.message)}`);
  }
  if (!decoded) return wrong;
  if (expected.kind && decoded.kind !== expected.kind) wrong.push(`found the kind ${decoded.kind}`);
  const [status, phase] = decoded.kind === "result" ? [decoded.status, decoded.phase] : [];
  if (expected.status && status !== expected.status) wrong.push(`found the status ${status}`);
  if (expected.phase && phase !== expected.phase) wrong.push(`found the phase ${phase}`);
  return wrong;
}

/**
 * §5: strict reading accepts what JSON.parse accepts but for the refusals, and lenient reading does
 * not change what it means. Then `validate` finds in the value what `decode` finds in the text.
 */
function sameAsJsonParse(payload: Uint8Array | string, options: DecodeOptions): string[] {
  const strict = reading(payload, options);
  const json = strict.diagnostics.filter((d) => d.severity === "error" && d.code.startsWith("json-"));
  if (json.some((d) => refusals.has(d.code))) return [];
  let value: unknown;
  try {
    const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    value = JSON.parse(typeof payload === "string" ? payload : utf8.decode(payload));
  } catch {
    return json.length > 0 ? [] : ["accepted, although JSON.parse does not"];
  }
  if (json.length > 0) return ["refused, although JSON.parse accepts it"];
  const wrong: string[] = [];
  const lenient = reading(payload, { ...options, lenient: true });
  if (!isDeepStrictEqual(lenient, strict)) wrong.push("lenient reading differs");
  const kind = strict.decoded?.kind ?? options.kind;
  // `validate` knows no limit but the default one, and no kind but the stated one.
  const comparable = options.maxBytes === undefined && (options.topic?.endsWith(kind ?? "") ?? true);
  if (!kind || !comparable) return wrong;
  const { topic, now } = options;
  const found = validate(kind, value, { ...(topic !== undefined && { topic }), ...(now !== undefined && { now }) });
  if (found.some((d) => d.start !== undefined)) wrong.push("validate tells a place in a text that is not there");
  const spoken = (d: Diagnostic) => inShort({ ...d, start: 0, end: 0, line: 0, column: 0 });
  const expected = strict.diagnostics.filter((d) => !d.code.startsWith("kind-")).map(spoken);
  if (!isDeepStrictEqual(found.map(spoken).sort(), expected.sort())) {
    wrong.push(`validate finds ${JSON.stringify(found.map(spoken))} instead of ${JSON.stringify(expected)}`);
  }
  return wrong;
}
