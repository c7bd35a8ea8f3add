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
  /** What the step is: the kind of an argument, or a line's number. */
  step: number;
  /** The first of the steps that may come next, and the next one that may come instead. */
  next: Shape | undefined;
  other: Shape | undefined;
  /** Behind the last step. */
  words: Words | undefined;
}

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
/** How many numbers a row has: what it is, where path and words begin, the span. */
const ROW = 7;
/** What else the number of the severity says. */
const HINT = 4;
const SPAN = 8;
/** What a number is, in its lowest bits: 0 is a text, its length above; this is one that begins in ASCII. */
const ASCII_TEXT = 1;
/** The number one. */
const ONE = 2;
/** A text of the table: its number above, and below that how many arguments follow. */
const LINE = 3;

let codes: Code[] = [];
/** Of the fields, each in two places: in the message, in its `data`. */
let paths: string[] = [];
/** By the number of the text. */
let templates: Template[] = [];
/** Where findings begin. */
const first = /* @__PURE__ */ newShape(LINE);

/** What is being read (`src/diagnostic/wire.rs`): numbers, and the text that they cut, each with the place in it. */
let numbers: Int32Array = /* @__PURE__ */ new Int32Array(0);
let at = 0;
let texts = "";
let cut = 0;
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
  const [names = "", fields = "", lines = ""] = table.split("\n\n");
  paths = fields.split("\n").flatMap((name) => [`/${name}`, `/data/${name}`]);
  codes = names.split("\n") as Code[];
  const texts = lines.trimEnd().split("\n");
  templates = Array.from({ length: texts.length / 2 }, (_, i) => ({
    en: takeApart(texts[2 * i] ?? ""),
    zh: takeApart(texts[2 * i + 1] ?? ""),
  }));
}

/**
 * Findings in words that lie open in `memory`: rows of so many numbers in all from one place on, the numbers that they
 * refer to from another, and the text that these cut.
 */
export function diagnosticsAt(
  memory: Int32Array,
  rows: number,
  rowNumbers: number,
  start: number,
  text: string,
): Diagnostic[] {
  numbers = memory;
  texts = text;
  return readDiagnostics(rows, rows + rowNumbers, start, 0);
}

/** Findings in words: those that are packed from the place `start` on. */
export function diagnosticsOf(found: string, start: number): Diagnostic[] {
  unpack(found, start);
  const end = 1 + ROW * readNumber();
  return readDiagnostics(1, end, end, cut);
}

/** Takes numbers out of the text that they were packed into. What they cut follows. */
function unpack(packed: string, start: number): void {
  texts = packed;
  cut = start;
  numbers = new Int32Array(packedNumber());
  for (let i = 0; i < numbers.length; i++) numbers[i] = packedNumber();
  at = 0;
}

/** Its lowest bits come first; all but the last of its characters are beyond `O`. */
function packedNumber(): number {
  let number = 0;
  let unit = 1;
  for (;;) {
    const digit = texts.charCodeAt(cut++) - 0x30;
    if (!(digit >= 0x30)) return number + unit * digit;
    number += unit * (digit - 0x30);
    unit *= 32;
  }
}

/** By rows, from where numbers and text begin. */
function readDiagnostics(rows: number, rowsEnd: number, start: number, textsStart: number): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (let row = rows; row < rowsEnd; row += ROW) {
    at = start + (numbers[row + 1] ?? 0);
    cut = textsStart + (numbers[row + 2] ?? 0);
    diagnostics.push(readDiagnostic(row));
  }
  return diagnostics;
}

function readDiagnostic(row: number): Diagnostic {
  const head = numbers[row] ?? 0;
  const code = codes[head >> 4] ?? "too-many-diagnostics";
  const severity = severities[head & 3] ?? "error";
  const path = readPath();
  const words = readWords((head & HINT) !== 0);
  const message = { en: put(words.en), zh: put(words.zh) };
  const hint: Text | undefined = words.hint && { en: put(words.hint.en), zh: put(words.hint.zh) };
  if ((head & SPAN) === 0) {
    return hint === undefined ? { code, severity, path, message } : { code, severity, path, message, hint };
  }
  const start = numbers[row + 3] ?? 0;
  const end = numbers[row + 4] ?? 0;
  const line = numbers[row + 5] ?? 0;
  const column = numbers[row + 6] ?? 0;
  return hint === undefined
    ? { code, severity, path, start, end, line, column, message }
    : { code, severity, path, start, end, line, column, message, hint };
}

/** A text, or the number of a field. */
function readPath(): string {
  const number = readNumber();
  return (number & 3) === LINE ? (paths[number >> 2] ?? "") : readText(number);
}

/** Leaves the arguments of a finding, with a hint or without, in `shown`, and gives what is around them. */
function readWords(withHint: boolean): Words {
  const [numbersStart, textsStart] = [at, cut];
  count = 0;
  let shape = first;
  for (let left = withHint ? 2 : 1; left > 0; left--) {
    const number = readNumber();
    let step = number & 3;
    if (step === LINE) {
      step = number;
      left += argumentsOf(number);
    } else if (step !== ONE) shown[count++] = readText(number);
    shape = stepTo(shape, step);
  }
  if (shape.words === undefined) {
    at = numbersStart;
    cut = textsStart;
    shape.words = newWords(withHint);
  }
  return shape.words;
}

/** How many arguments a line has. */
function argumentsOf(line: number): number {
  return (line >> 2) & 3;
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

/** The words of the finding whose lines come next, around its arguments. */
function newWords(withHint: boolean): Words {
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

/** A code that is no finding's, and its text, packed from the place `start` on. */
export function codedOf(error: string, start: number): { code: string; text: Text } {
  unpack(error, start);
  const code = readText(readNumber());
  readLine();
  return { code, text: { en, zh } };
}

/** Lines that make one text. */
export function phraseOf(lines: string): Text {
  unpack(lines, 0);
  const text = { en: "", zh: "" };
  while (at < numbers.length) {
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
  return numbers[at++] ?? 0;
}

/** The text whose length a number has. */
function readText(number: number): string {
  const start = cut;
  cut += number >> 2;
  return texts.slice(start, cut);
}

/** Leaves the line in `en` and `zh`. */
function readLine(): void {
  const head = readNumber();
  const template = templates[head >> 4] ?? nothing;
  const english: string[] = [];
  const chinese: string[] = [];
  for (let left = argumentsOf(head); left > 0; left--) {
    const number = readNumber();
    const kind = number & 3;
    if (kind === LINE) {
      at--;
      readLine();
    } else if (kind === ONE) {
      en = zh = "1";
    } else {
      const text = readText(number);
      en = zh = signs < 0 ? text : signFor(kind);
    }
    english.push(en);
    chinese.push(zh);
  }
  en = filled(template.en, english);
  zh = filled(template.zh, chinese);
}

/** What stands for an argument until there is one. */
function signFor(kind: number): string {
  return String.fromCharCode((kind === ASCII_TEXT ? 0 : SIGN) + signs++);
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
