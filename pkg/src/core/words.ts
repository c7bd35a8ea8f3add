/**
 * What the core finds comes in numbers; here it gets its words. The core holds the texts, in one table
 * with placeholders (`src/diagnostic/texts.rs`), and hands them out once, when the first is needed.
 * A template names its arguments by number: `{0}`; `{ 0}` puts a space before what begins in ASCII, as
 * Chinese has it; `{0|byte|bytes}` is a number with its noun. `src/diagnostic/line.rs` renders the same way.
 */

import type { Code, Diagnostic, Severity, Text } from "./types.js";

interface Slot {
  index: number;
  spaced: boolean;
  one: string | undefined;
  many: string | undefined;
  /** The text after it. */
  rest: string;
}

/** A text of the table in one language, taken apart. */
interface Template {
  first: string;
  slots: readonly Slot[];
}

const severities: readonly Severity[] = ["error", "warning", "info"];
/** What else the number of the severity says. */
const HINT = 4;
const SPAN = 8;
/** What comes next in a line: its end, a line, a number, or a text, whose length is added. */
const END = 0;
const LINE = 1;
const NUMBER = 2;
const TEXT = 3;

let codes: Code[] = [];
/** By the number of the text. */
let templates: { en: Template; zh: Template }[] = [];

/** What is being read (`src/diagnostic/wire.rs`), and the place in it. */
let wire = "";
let at = 0;
/** What goes into the lines that are being read, by language, the innermost line's last; and the line read last. */
const args: { en: string[]; zh: string[] } = { en: [], zh: [] };
let top = 0;
let en = "";
let zh = "";

/** `load` gives the core's table. */
export function learnWords(load: () => string): void {
  if (templates.length > 0) return;
  const [names = "", lines = ""] = load().split("\n\n");
  codes = names.split("\n") as Code[];
  const texts = lines.trimEnd().split("\n").map(takeApart);
  const none = takeApart("");
  templates = Array.from({ length: texts.length / 2 }, (_, i) => ({
    en: texts[2 * i] ?? none,
    zh: texts[2 * i + 1] ?? none,
  }));
}

/** Findings in words. */
export function diagnosticsOf(found: string): Diagnostic[] {
  wire = found;
  at = 0;
  const diagnostics: Diagnostic[] = [];
  while (at < wire.length) diagnostics.push(readDiagnostic());
  return diagnostics;
}

function readDiagnostic(): Diagnostic {
  const code = codes[readNumber()] ?? "too-many-diagnostics";
  const bits = readNumber();
  const severity = severities[bits & 3] ?? "error";
  const path = readText(readNumber());
  readLine();
  const message = { en, zh };
  let hint: Text | undefined;
  if ((bits & HINT) !== 0) {
    readLine();
    hint = { en, zh };
    message.en += `. ${en}`;
    message.zh += `。${zh}`;
  }
  if ((bits & SPAN) === 0) {
    return hint === undefined ? { code, severity, path, message } : { code, severity, path, message, hint };
  }
  const start = readNumber();
  const end = readNumber();
  const line = readNumber();
  const column = readNumber();
  return hint === undefined
    ? { code, severity, path, start, end, line, column, message }
    : { code, severity, path, start, end, line, column, message, hint };
}

/** A code that is no finding's, and its text. */
export function codedOf(error: string): { code: string; text: Text } {
  wire = error;
  at = 0;
  const code = readText(readNumber());
  readLine();
  return { code, text: { en, zh } };
}

/** Lines that make one text. */
export function phraseOf(lines: string): Text {
  wire = lines;
  at = 0;
  const text = { en: "", zh: "" };
  while (at < wire.length) {
    readLine();
    text.en += en;
    text.zh += zh;
  }
  return text;
}

/** A text of the table that nothing goes into. */
export function textOf(words: number): Text {
  const template = templates[words];
  return { en: template?.en.first ?? "", zh: template?.zh.first ?? "" };
}

function readNumber(): number {
  let number = 0;
  let unit = 1;
  for (;;) {
    const digit = wire.charCodeAt(at++) - 0x30;
    // The last one, or the end of what there is.
    if (!(digit >= 0x30)) return number + unit * digit;
    number += unit * (digit - 0x30);
    unit *= 32;
  }
}

function readText(length: number): string {
  const start = at;
  at += length;
  return wire.slice(start, at);
}

/** Leaves the line in `en` and `zh`. */
function readLine(): void {
  const template = templates[readNumber()];
  const first = top;
  for (let next = readNumber(); next > END; next = readNumber()) {
    if (next === LINE) readLine();
    else en = zh = next === NUMBER ? String(readNumber()) : readText(next - TEXT);
    args.en[top] = en;
    args.zh[top] = zh;
    top++;
  }
  top = first;
  if (template === undefined) {
    en = zh = "";
    return;
  }
  en = filled(template.en, args.en, first);
  zh = filled(template.zh, args.zh, first);
}

function filled(template: Template, args: readonly string[], first: number): string {
  let text = template.first;
  for (const { index, spaced, one, many, rest } of template.slots) {
    const shown = args[first + index] ?? "";
    text += spaced && shown.charCodeAt(0) < 0x80 ? ` ${shown}` : shown;
    const noun = shown === "1" ? one : many;
    text += noun === undefined ? rest : ` ${noun}${rest}`;
  }
  return text;
}

function takeApart(template: string): Template {
  const [first = "", ...parts] = template.split("{");
  const slots = parts.map((part) => {
    const end = part.indexOf("}");
    const [place = "", one, many] = part.slice(0, end).split("|");
    return { index: Number(place), spaced: place.startsWith(" "), one, many, rest: part.slice(end + 1) };
  });
  return { first, slots };
}
