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
  /** The text after them. */
  last: string;
}

interface Template {
  en: Language;
  zh: Language;
}

/** What is the same in findings that differ in their arguments alone: a step through the numbers that they cross in. */
interface Shape {
  /** What the step is: one of the four below, or a text of the table. */
  step: number;
  /** The first of the steps that may come next, and the next one that may come instead. */
  next: Shape | undefined;
  other: Shape | undefined;
  /** Behind the last step. */
  words: Words | undefined;
}

/** The end of a line, the number one, and arguments that begin in ASCII, or do not. Texts are counted from here on. */
const LINE_END = 0;
const ONE = 1;
const ASCII_ARGUMENT = 2;
const ARGUMENT = 3;
const LINE_BEGIN = 4;

/** Findings of one shape in words. */
interface Words {
  en: Parts;
  zh: Parts;
  hint: { en: Parts; zh: Parts } | undefined;
}

/** A text around arguments. */
interface Parts {
  first: string;
  /** Each argument, by its number in the finding, and the text behind it. */
  rest: readonly { argument: number; text: string }[];
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
/** Where findings with a hint begin, and those without. */
const hinted = /* @__PURE__ */ newShape(LINE_END);
const unhinted = /* @__PURE__ */ newShape(LINE_END);

/** What is being read (`src/diagnostic/wire.rs`), and the place in it. */
let wire = "";
let at = 0;
/** The line read last. */
let en = "";
let zh = "";
/** What goes into the finding read last. */
const shown: string[] = [];
let count = 0;
/** How many signs have been put for arguments; negative where they stand for themselves. */
let signs = -1;
/** The units that are signs: for arguments that begin in ASCII from 0 on, for others from here on. */
const SIGN = 0xe000;
/** How many of each there are: more than any finding has arguments. */
const SIGNS = 0x20;

export function knowsWords(): boolean {
  return templates.length > 0;
}

/** Takes the core's table. */
export function learnWords(table: string): void {
  const [names = "", lines = ""] = table.split("\n\n");
  codes = names.split("\n") as Code[];
  const texts = lines.trimEnd().split("\n");
  templates = Array.from({ length: texts.length / 2 }, (_, i) => ({
    en: takeApart(texts[2 * i] ?? ""),
    zh: takeApart(texts[2 * i + 1] ?? ""),
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
  const words = readWords((bits & HINT) !== 0);
  const message = { en: put(words.en), zh: put(words.zh) };
  const hint: Text | undefined = words.hint && { en: put(words.hint.en), zh: put(words.hint.zh) };
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

/** Leaves the arguments of a finding, with a hint or without, in `shown`, and gives what is around them. */
function readWords(withHint: boolean): Words {
  const start = at;
  count = 0;
  let shape = walk(withHint ? hinted : unhinted);
  if (withHint) shape = walk(shape);
  shape.words ??= wordsAt(start, withHint);
  return shape.words;
}

/** Walks through a line, gathering arguments. */
function walk(from: Shape): Shape {
  let shape = stepTo(from, LINE_BEGIN + readNumber());
  for (let depth = 1; depth > 0; ) {
    const next = readNumber();
    if (!(next > END)) {
      depth--;
      shape = stepTo(shape, LINE_END);
    } else if (next === LINE) {
      depth++;
      shape = stepTo(shape, LINE_BEGIN + readNumber());
    } else {
      const text = next === NUMBER ? String(readNumber()) : readText(next - TEXT);
      const isOne = next === NUMBER && text === "1";
      if (!isOne) shown[count++] = text;
      shape = stepTo(shape, isOne ? ONE : text.charCodeAt(0) < 0x80 ? ASCII_ARGUMENT : ARGUMENT);
    }
  }
  return shape;
}

function newShape(step: number): Shape {
  return { step, next: undefined, other: undefined, words: undefined };
}

function stepTo(from: Shape, step: number): Shape {
  let next = from.next;
  while (next !== undefined && next.step !== step) next = next.other;
  return next ?? addStep(from, step);
}

function addStep(from: Shape, step: number): Shape {
  const added = newShape(step);
  added.other = from.next;
  from.next = added;
  return added;
}

/** The words of the finding whose lines begin at `start`, around its arguments. Goes behind them. */
function wordsAt(start: number, withHint: boolean): Words {
  at = start;
  signs = 0;
  readLine();
  let words: Words = { en: partsOf(en), zh: partsOf(zh), hint: undefined };
  if (withHint) {
    const finding = { en, zh };
    readLine();
    words = {
      en: partsOf(`${finding.en}. ${en}`),
      zh: partsOf(`${finding.zh}。${zh}`),
      hint: { en: partsOf(en), zh: partsOf(zh) },
    };
  }
  signs = -1;
  return words;
}

/** Takes a text with signs apart. */
function partsOf(text: string): Parts {
  const rest: { argument: number; text: string }[] = [];
  const start = { argument: 0, text: "" };
  let part = start;
  for (const c of text) {
    const unit = c.charCodeAt(0);
    const argument = unit < SIGN ? unit : unit - SIGN;
    if (argument < SIGNS) {
      part = { argument, text: "" };
      rest.push(part);
    } else part.text += c;
  }
  return { first: start.text, rest };
}

/** A text with what is shown in it. */
function put({ first, rest }: Parts): string {
  let text = first;
  for (let i = 0; i < rest.length; i++) {
    const part = rest[i];
    if (part !== undefined) text = text + (shown[part.argument] ?? "") + part.text;
  }
  return text;
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
  const first = wire.charCodeAt(at++) - 0x30;
  if (first < 0x30) return first;
  let digit = wire.charCodeAt(at++) - 0x30;
  let number = first - 0x30;
  if (digit < 0x30) return number + 32 * digit;
  let unit = 32;
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

/** Leaves the line in `en` and `zh`. */
function readLine(): void {
  const template = templates[readNumber()] ?? nothing;
  const english: string[] = [];
  const chinese: string[] = [];
  for (let next = readNumber(); next > END; next = readNumber()) {
    if (next === LINE) {
      readLine();
    } else {
      const text = next === NUMBER ? String(readNumber()) : readText(next - TEXT);
      en = zh = signs < 0 || (next === NUMBER && text === "1") ? text : signFor(text);
    }
    english.push(en);
    chinese.push(zh);
  }
  en = filled(template.en, english);
  zh = filled(template.zh, chinese);
}

/** What stands for an argument until there is one. */
function signFor(text: string): string {
  return String.fromCharCode((text.charCodeAt(0) < 0x80 ? 0 : SIGN) + signs++);
}

/** A line with its arguments. */
function filled({ slots, last }: Language, texts: readonly string[]): string {
  let text = "";
  for (const { index, before, beforeAscii, one, many } of slots) {
    const shown = texts[index] ?? "";
    text += (shown.charCodeAt(0) < 0x80 ? beforeAscii : before) + shown;
    if (many !== undefined) text += shown === "1" ? one : many;
  }
  return text + last;
}

function takeApart(template: string): Language {
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
  return { slots, last };
}

const nothing: Template = { en: { slots: [], last: "" }, zh: { slots: [], last: "" } };
