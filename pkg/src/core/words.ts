/**
 * What the core finds comes in numbers; here it gets its words. The core holds the texts, in one table
 * with placeholders (`src/diagnostic/texts.rs`), and hands them out once, when the first is needed.
 * A template names its arguments by number: `{0}`; `{ 0}` puts a space before what begins in ASCII, as
 * Chinese has it; `{0|byte|bytes}` is a number with its noun. `src/diagnostic/line.rs` renders the same way.
 */

import type { Code, Diagnostic, Severity, Text } from "./types.js";

/** A text of the table with what goes into it. */
export type Line = [words: number, ...arguments: Argument[]];
type Argument = string | number | Line;

/** A finding as the core gives it: numbers of code and severity; `0` where there is no hint. */
export type Found = [
  code: number,
  severity: number,
  path: string,
  finding: Line,
  hint: Line | 0,
  start?: number,
  end?: number,
  line?: number,
  column?: number,
];

interface Slot {
  index: number;
  spaced: boolean;
  one: string | undefined;
  many: string | undefined;
}

const severities: readonly Severity[] = ["error", "warning", "info"];
const english = 0;
const chinese = 1;

let codes: Code[] = [];
/** English and Chinese in turn. */
let texts: string[] = [];
/** The same, taken apart when first used. */
const templates: (string | Slot)[][] = [];

/** `load` gives the core's table. */
export function learnWords(load: () => string): void {
  if (texts.length > 0) return;
  const [names = "", lines = ""] = load().split("\n\n");
  codes = names.split("\n") as Code[];
  texts = lines.split("\n");
}

/** Findings in words. */
export function diagnosticsOf(found: readonly Found[]): Diagnostic[] {
  return found.map(diagnosticOf);
}

function diagnosticOf([number, severity, path, finding, hint, start, end, line, column]: Found): Diagnostic {
  const said = textOf(finding);
  const advice = hint === 0 ? undefined : textOf(hint);
  const code = codes[number] ?? "too-many-diagnostics";
  const how = severities[severity] ?? "error";
  const message = advice === undefined ? said : { en: `${said.en}. ${advice.en}`, zh: `${said.zh}。${advice.zh}` };
  const diagnostic: Diagnostic =
    line === undefined
      ? { code, severity: how, path, message }
      : { code, severity: how, path, start, end, line, column, message };
  if (advice !== undefined) diagnostic.hint = advice;
  return diagnostic;
}

/** A line in both languages. */
export function textOf(line: Line): Text {
  return { en: render(line, english), zh: render(line, chinese) };
}

/** Lines that make one text. */
export function phraseOf(lines: readonly Line[]): Text {
  const said = (language: number) => lines.map((line) => render(line, language)).join("");
  return { en: said(english), zh: said(chinese) };
}

function render(line: Line, language: number): string {
  const number = 2 * line[0] + language;
  let template = templates[number];
  if (template === undefined) {
    template = takeApart(texts[number] ?? "");
    templates[number] = template;
  }
  let text = "";
  for (const part of template) text += typeof part === "string" ? part : filled(part, line, language);
  return text;
}

function filled({ index, spaced, one, many }: Slot, line: Line, language: number): string {
  const argument = line[index + 1] ?? "";
  const shown = typeof argument === "object" ? render(argument, language) : String(argument);
  if (spaced) return shown.charCodeAt(0) < 0x80 ? ` ${shown}` : shown;
  const noun = argument === 1 ? one : many;
  return noun === undefined ? shown : `${shown} ${noun}`;
}

function takeApart(template: string): (string | Slot)[] {
  const [first = "", ...rest] = template.split("{");
  return [
    first,
    ...rest.flatMap((part) => {
      const end = part.indexOf("}");
      const [place = "", one, many] = part.slice(0, end).split("|");
      return [{ index: Number(place), spaced: place.startsWith(" "), one, many }, part.slice(end + 1)];
    }),
  ];
}
