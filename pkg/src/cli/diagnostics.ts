import type { Diagnostic } from "../index.js";
import type { Language } from "./output.js";
import { maskUrls, redact } from "./secrets.js";
import { type Colour, type Paint, printable, width } from "./terminal.js";

/** The text that findings point into. */
export interface Excerpt {
  /** What the text is called, such as the file's name. */
  name: string;
  bytes: Uint8Array;
  lines: readonly string[];
}

const LINE_END = /\r\n|\n|\r/;

/** Splits `bytes` into the lines that findings count. */
export function excerptOf(name: string, bytes: Uint8Array): Excerpt {
  return { name, bytes, lines: maskUrls(textOf(bytes)).split(LINE_END) };
}

/** ignoreBOM keeps the mark as a character, as the columns count it. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

const COLOURS: Record<Diagnostic["severity"], Colour> = { error: "red", warning: "yellow", info: "cyan" };
const SEVERITIES: Record<Language, Record<Diagnostic["severity"], string>> = {
  en: { error: "error", warning: "warning", info: "note" },
  zh: { error: "错误", warning: "警告", info: "提示" },
};
const HELP: Record<Language, string> = { en: "help: ", zh: "建议：" };
/** Columns of the source line shown before and after the place. */
const BEFORE = 44;
const AFTER = 46;
const TAB = "    ";

/** Findings, with a line between them. */
export function renderDiagnostics(
  findings: readonly Diagnostic[],
  language: Language,
  paint: Paint,
  excerpt?: Excerpt,
): string {
  return findings.map((finding) => renderDiagnostic(finding, language, paint, excerpt)).join("\n\n");
}

/** A finding in words; with the source line, a caret under the place, and what to do, where these are known. */
export function renderDiagnostic(finding: Diagnostic, language: Language, paint: Paint, excerpt?: Excerpt): string {
  const severity = paint(COLOURS[finding.severity], `${SEVERITIES[language][finding.severity]}[${finding.code}]`);
  const { said, help } = parts(finding, language);
  const place = placeOf(finding, excerpt);
  const rows = excerpt === undefined ? [] : sourceRows(finding, excerpt);
  const margin = " ".repeat(Math.max(1, ...rows.map(({ number }) => String(number).length)));
  const bar = paint("dim", "|");
  const lines = [`${severity} ${said}`];
  if (place !== "") lines.push(`${margin}${paint("dim", "-->")} ${place}`);
  for (const [index, { number, shown, marker }] of rows.entries()) {
    const gap = index > 0 && number > (rows[index - 1]?.number ?? 0) + 1;
    lines.push(gap ? paint("dim", "...") : `${margin} ${bar}`);
    lines.push(`${paint("dim", String(number).padStart(margin.length))} ${bar} ${shown}`);
    lines.push(`${margin} ${bar} ${paint(COLOURS[finding.severity], marker)}`);
  }
  if (help !== undefined) lines.push(`${margin} ${paint("dim", "=")} ${HELP[language]}${help}`);
  return lines.map((line) => line.trimEnd()).join("\n");
}

/** What was found, and what to do; where a message says both, they come apart. */
function parts({ message, hint }: Diagnostic, language: Language): { said: string; help?: string } {
  const safe = (text: string) => redact(printable(text));
  const whole = message[language];
  const help = hint?.[language];
  if (help === undefined || !whole.endsWith(help)) return { said: safe(whole) };
  return { said: safe(whole.slice(0, -help.length).replace(/(?:\. |。)$/, "")), help: safe(help) };
}

function placeOf(finding: Diagnostic, excerpt: Excerpt | undefined): string {
  const field = printable(finding.path);
  if (excerpt === undefined || finding.line === undefined || finding.column === undefined) return field;
  const place = `${printable(excerpt.name)}:${finding.line}:${finding.column}`;
  return field === "" ? place : `${place}  ${field}`;
}

/** A line of the source and what marks the place below it. */
interface Row {
  number: number;
  shown: string;
  marker: string;
}

/** The line of the place; where it goes on over several, its first and its last. */
function sourceRows(finding: Diagnostic, excerpt: Excerpt): Row[] {
  if (finding.line === undefined || finding.column === undefined) return [];
  const spanned = textOf(excerpt.bytes.subarray(finding.start ?? 0, finding.end ?? 0)).split(LINE_END);
  const last = [...(spanned.at(-1) ?? "")];
  const from = finding.column - 1;
  const row = (number: number, start: number, length: number): Row[] => {
    const source = excerpt.lines[number - 1];
    return source === undefined ? [] : [{ number, ...underline([...source], start, length) }];
  };
  if (spanned.length === 1) return row(finding.line, from, last.length);
  const indent = last.findIndex((character) => character !== " " && character !== "\t");
  return [
    ...row(finding.line, from, [...(spanned[0] ?? "")].length),
    ...(indent < 0 ? [] : row(finding.line + spanned.length - 1, indent, last.length - indent)),
  ];
}

function underline(source: string[], from: number, length: number): Omit<Row, "number"> {
  const whole = width(source.map(visible).join("")) <= BEFORE + AFTER;
  const first = whole ? 0 : from - fitting(source.slice(0, from).reverse(), BEFORE);
  const last = whole ? source.length : from + fitting(source.slice(from), AFTER);
  const end = Math.min(last, from + Math.max(1, length));
  const before = (first > 0 ? "…" : "") + source.slice(first, from).map(visible).join("");
  const marked = source.slice(from, end).map(visible).join("");
  const after = source.slice(end, last).map(visible).join("") + (last < source.length ? "…" : "");
  return {
    shown: before + marked + after,
    marker: " ".repeat(width(before)) + "^".repeat(Math.max(1, width(marked))),
  };
}

/** How many of the characters fit into `columns`. */
function fitting(characters: string[], columns: number): number {
  let used = 0;
  for (const [index, character] of characters.entries()) {
    used += width(visible(character));
    if (used > columns) return index;
  }
  return characters.length;
}

function visible(character: string): string {
  return character === "\t" ? TAB : printable(character);
}
