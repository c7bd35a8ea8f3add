/** The notation of the vectors: see tests/vectors/README.md. */

import { readFileSync } from "node:fs";
import type { Diagnostic, Severity } from "wudun-ota";

/** Reads a file of vectors; what it holds is checked by `only`. */
export function read(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../vectors/${file}`, import.meta.url), "utf8"));
}

/** Fails on a key that no check knows, so that a typo cannot disable one. */
export function only(value: object, keys: readonly string[]): void {
  const unknown = Object.keys(value).filter((key) => !keys.includes(key));
  if (unknown.length > 0) throw new Error(`unknown keys ${unknown.join(", ")} in ${JSON.stringify(value)}`);
}

/** `'` to `"`, then `⟨hhhh⟩` (a UTF-16 unit), `⟨text×N⟩` (repeated), `⟨#N⟩` (N members). */
export function expand(text: string): string {
  return text.replaceAll("'", '"').replace(/⟨([^⟩]*)⟩/g, (_, token: string) => {
    if (token.startsWith("#")) {
      return Array.from({ length: Number(token.slice(1)) }, (_, i) => `"k${i}":${i}`).join(",");
    }
    const times = token.lastIndexOf("×");
    if (times >= 0) return token.slice(0, times).repeat(Number(token.slice(times + 1)));
    if (!/^[0-9A-F]{4}$/.test(token)) throw new Error(`token ${token}`);
    return String.fromCharCode(Number.parseInt(token, 16));
  });
}

export type Patches = [find: string, put: string][];

/** Replaces each `find`, which must occur exactly once. */
export function patch(text: string, patches: Patches): string {
  return patches.reduce((text, [find, put]) => {
    const parts = text.split(find);
    if (parts.length !== 2) throw new Error(`${JSON.stringify(find)} occurs ${parts.length - 1} times in ${text}`);
    return parts.join(put);
  }, text);
}

const encoder = new TextEncoder();
export const bytesOf = (text: string): Uint8Array => encoder.encode(text);
export const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text);

/** Start, end, line, column. */
type Place = [number, number, number, number];
export type Finding = [code: string, path?: string, at?: string | Place | [bytes: Place, units: Place]];

/** What was read, and in which units its spans count. */
export interface Document {
  units: "bytes" | "utf-16";
  /** Not there when it is no UTF-8: then only numbers can tell a place. */
  text?: string;
}

function placeOf(at: string | Place | [Place, Place], { units, text }: Document): Place {
  if (typeof at === "string") {
    if (text === undefined) throw new Error("only numbers can tell a place in bytes that are no UTF-8");
    const [start, end] = find(text, at);
    const count = (part: string) => (units === "bytes" ? bytesOf(part).length : part.length);
    const before = text.slice(0, start).replaceAll("\r\n", "\n").replaceAll("\r", "\n").split("\n");
    return [
      count(text.slice(0, start)),
      count(text.slice(0, end)),
      before.length,
      [...(before.at(-1) ?? "")].length + 1,
    ];
  }
  if (at.length === 2) return units === "bytes" ? at[0] : at[1];
  const same = units === "bytes" || (text !== undefined && bytesOf(text).length === text.length);
  if (!same) throw new Error("the place in UTF-16 units is not told");
  return at;
}

function find(text: string, at: string): [start: number, end: number] {
  const [, before = "", inside = at, after = ""] = /^(.*)‹(.*)›(.*)$/su.exec(at) ?? [];
  const [head, body, tail] = [expand(before), expand(inside), expand(after)];
  const start = text.indexOf(head + body + tail);
  if (start < 0) throw new Error(`${at} does not occur`);
  if (text.indexOf(head + body + tail, start + 1) >= 0) throw new Error(`${at} occurs twice`);
  return [start + head.length, start + head.length + body.length];
}

/** What of the expectation was not found and what was found without being expected, whatever the order. */
export function differences(
  severity: Severity,
  expected: Finding[],
  found: Diagnostic[],
  document: Document,
): string[] {
  const left = found.filter((diagnostic) => diagnostic.severity === severity);
  const missing: string[] = [];
  for (const [code, path, at] of expected) {
    const place = at === undefined ? undefined : placeOf(at, document);
    const index = left.findIndex(
      (d) =>
        d.code === code &&
        (path === undefined || d.path === expand(path)) &&
        (place === undefined || String([d.start, d.end, d.line, d.column]) === String(place)),
    );
    if (index < 0) missing.push(`${severity} ${code} at ${path} ${place} was expected`);
    else left.splice(index, 1);
  }
  return [...missing, ...left.map((d) => `${inShort(d)} was not expected`)];
}

export const inShort = (d: Diagnostic): string =>
  `${d.severity} ${d.code} at ${JSON.stringify(d.path)} ${d.start},${d.end},${d.line},${d.column}`;
