/**
 * What the core finds comes in numbers; here it gets its words. The core holds the texts, in one table
 * with placeholders (`src/diagnostic/texts.rs`), and hands them out once, when the first is needed.
 * A template names its arguments by number: `{0}`; `{ 0}`, in Chinese, puts a space before what begins in ASCII;
 * `{0|byte|bytes}`, in English, is a number with its noun. `src/diagnostic/line.rs` renders the same way.
 */

import type { Code, Diagnostic, Severity, Text } from "./types.js";

interface Slot {
  /** Which argument. */
  index: number;
  /** The text before it, and before what begins in ASCII. */
  before: string;
  beforeAscii: string;
  /** Of a number with its noun, behind it. */
  one: string | undefined;
  many: string | undefined;
}

/** A text of the table in one language, taken apart. */
interface Language {
  slots: readonly Slot[];
  /** Whether these are the arguments one by one, without nouns. */
  inOrder: boolean;
  /** The text after them. */
  last: string;
  /** The unit that it begins with, unless an argument does. */
  begin: number;
  /** As it stands behind a message, if nothing goes into it. */
  hint: string | undefined;
}

interface Template {
  en: Language;
  zh: Language;
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
let templates: Template[] = [];

/** What is being read (`src/diagnostic/wire.rs`), and the place in it. */
let wire = "";
let at = 0;
/** The line read last, and the unit that it begins with in Chinese. */
let en = "";
let zh = "";
let begin = 0;

export function knowsWords(): boolean {
  return templates.length > 0;
}

/** Takes the core's table. */
export function learnWords(table: string): void {
  const [names = "", lines = ""] = table.split("\n\n");
  codes = names.split("\n") as Code[];
  const texts = lines.trimEnd().split("\n");
  templates = Array.from({ length: texts.length / 2 }, (_, i) => ({
    en: takeApart(texts[2 * i] ?? "", ". "),
    zh: takeApart(texts[2 * i + 1] ?? "", "。"),
  }));
}

/** Findings in words: those that are written from the place `start` on. */
export function diagnosticsOf(found: string, start: number): Diagnostic[] {
  wire = found;
  at = start;
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
    const template = readLine();
    hint = { en, zh };
    message.en += template.en.hint ?? `. ${en}`;
    message.zh += template.zh.hint ?? `。${zh}`;
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
  const { en, zh } = templates[words] ?? nothing;
  return { en: en.last, zh: zh.last };
}

function readNumber(): number {
  let digit = wire.charCodeAt(at++) - 0x30;
  if (digit < 0x30) return digit;
  let number = 0;
  let unit = 1;
  // Up to the last one, or the end of what there is.
  for (; digit >= 0x30; digit = wire.charCodeAt(at++) - 0x30) {
    number += unit * (digit - 0x30);
    unit *= 32;
  }
  return number + unit * digit;
}

function readText(length: number): string {
  const start = at;
  at += length;
  return wire.slice(start, at);
}

/** Leaves the line in `en` and `zh`, and gives its template. No line has more than three arguments. */
function readLine(): Template {
  const template = templates[readNumber()] ?? nothing;
  let count = 0;
  let en0 = "";
  let en1 = "";
  let en2 = "";
  let zh0 = "";
  let zh1 = "";
  let zh2 = "";
  let begin0 = 0;
  let begin1 = 0;
  let begin2 = 0;
  for (let next = readNumber(); next > END; next = readNumber()) {
    if (next === LINE) {
      readLine();
    } else {
      en = zh = next === NUMBER ? String(readNumber()) : readText(next - TEXT);
      begin = zh.charCodeAt(0);
    }
    if (count === 0) {
      en0 = en;
      zh0 = zh;
      begin0 = begin;
    } else if (count === 1) {
      en1 = en;
      zh1 = zh;
      begin1 = begin;
    } else {
      en2 = en;
      zh2 = zh;
      begin2 = begin;
    }
    count++;
  }
  en = filled(template.en, en0, en1, en2, begin0, begin1, begin2);
  zh = filled(template.zh, zh0, zh1, zh2, begin0, begin1, begin2);
  begin = template.zh.begin || begin0;
  return template;
}

/** A line with its arguments, and what they begin with in Chinese. */
function filled(
  { slots, inOrder, last }: Language,
  a: string,
  b: string,
  c: string,
  beginA: number,
  beginB: number,
  beginC: number,
): string {
  const [first, second, third] = slots;
  if (first === undefined) return last;
  if (!inOrder) {
    let text = "";
    for (const { index, before, beforeAscii, one, many } of slots) {
      const shown = index === 0 ? a : index === 1 ? b : c;
      text += (index === 0 ? beginA : index === 1 ? beginB : beginC) < 0x80 ? beforeAscii : before;
      text += shown;
      if (many !== undefined) text += shown === "1" ? one : many;
    }
    return text + last;
  }
  let text = (beginA < 0x80 ? first.beforeAscii : first.before) + a;
  if (second !== undefined) text = text + (beginB < 0x80 ? second.beforeAscii : second.before) + b;
  if (third !== undefined) text = text + (beginC < 0x80 ? third.beforeAscii : third.before) + c;
  return last === "" ? text : text + last;
}

function takeApart(template: string, mark: string): Language {
  const [first = "", ...parts] = template.split("{");
  let last = first;
  const slots = parts.map((part) => {
    const before = last;
    const end = part.indexOf("}");
    const [place = "", one, many] = part.slice(0, end).split("|");
    last = part.slice(end + 1);
    return {
      index: Number(place),
      before,
      beforeAscii: place.startsWith(" ") ? `${before} ` : before,
      one: one && ` ${one}`,
      many: many && ` ${many}`,
    };
  });
  return {
    slots,
    inOrder: slots.length <= 3 && slots.every(({ index, many }, i) => index === i && many === undefined),
    last,
    begin: first.charCodeAt(0),
    hint: slots.length === 0 ? mark + first : undefined,
  };
}

const none: Language = { slots: [], inOrder: true, last: "", begin: Number.NaN, hint: "" };
const nothing: Template = { en: none, zh: none };
