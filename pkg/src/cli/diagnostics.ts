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

/** Splits `bytes` into the lines that findings count. */
export function excerptOf(name: string, bytes: Uint8Array): Excerpt {
  return { name, bytes, lines: maskUrls(textOf(bytes)).split("\n") };
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
/** Characters of the source line shown before and after the place. */
const BEFORE = 50;
const AFTER = 40;

/** A finding in words; with the source line and a caret under the place, where the place is known. */
export function renderDiagnostic(finding: Diagnostic, language: Language, paint: Paint, excerpt?: Excerpt): string {
  const severity = paint(COLOURS[finding.severity], `${SEVERITIES[language][finding.severity]}[${finding.code}]`);
  const head = `${severity} ${redact(printable(finding.message[language]))}`;
  const field = finding.path === "" ? "" : printable(finding.path);
  if (excerpt === undefined || finding.line === undefined || finding.column === undefined) {
    return field === "" ? head : `${head}\n  --> ${field}`;
  }
  const place = `${printable(excerpt.name)}:${finding.line}:${finding.column}`;
  const lines = [head, `  --> ${place}${field === "" ? "" : `  ${field}`}`];
  const source = excerpt.lines[finding.line - 1];
  if (source !== undefined) {
    const number = String(finding.line);
    const span = textOf(excerpt.bytes.subarray(finding.start ?? 0, finding.end ?? 0)).split("\n", 1)[0] ?? "";
    const { shown, marker } = underline([...source.replace(/\r$/, "")], finding.column - 1, [...span].length);
    lines.push(`${paint("dim", `${number} |`)} ${shown}`);
    lines.push(`${paint("dim", `${" ".repeat(number.length)} |`)} ${paint(COLOURS[finding.severity], marker)}`);
  }
  return lines.join("\n");
}

function underline(source: string[], from: number, length: number): { shown: string; marker: string } {
  const first = Math.max(0, from - BEFORE);
  const last = Math.min(source.length, from + AFTER);
  const before = (first > 0 ? "…" : "") + source.slice(first, from).map(printable).join("");
  const marked = source.slice(from, Math.min(last, from + Math.max(1, length)));
  const after =
    source
      .slice(from + marked.length, last)
      .map(printable)
      .join("") + (last < source.length ? "…" : "");
  const middle = marked.map(printable).join("");
  return {
    shown: before + middle + after,
    marker: " ".repeat(width(before)) + "^".repeat(Math.max(1, width(middle))),
  };
}
