/** The help texts. */

import type { Text } from "../index.js";
import type { CliCommand, Option } from "./command-line.js";
import type { Language } from "./output.js";
import { pad, width } from "./terminal.js";

const HELP = {
  usage: { en: "Usage:", zh: "用法：" },
  arguments: { en: "Arguments:", zh: "参数：" },
  options: { en: "Options:", zh: "选项：" },
  global: { en: "Global Options:", zh: "全局选项：" },
  commands: { en: "Commands:", zh: "命令：" },
} satisfies Record<string, Text>;

/** What there is to say about the program or a command. */
export interface Manual {
  /** As it is called: `wudun-ota md5`. */
  name: string;
  about: Text;
  /** Absent for the program itself. */
  command?: CliCommand;
  /** Those that every command takes. */
  global: readonly Option[];
  /** Names and what they do. */
  commands?: readonly (readonly [name: string, about: Text])[];
  /** Below all else. */
  end?: Text;
}

/** The help as it stands in a terminal of so many columns. */
export function helpText(manual: Manual, language: Language, columns: number): string {
  const { name, about, command, global, commands = [], end } = manual;
  const words = command?.arguments.map((argument) => argument.name) ?? ["<command>"];
  const rowsOf = (options: readonly Option[]) =>
    options.map(
      ({ short, long, value, text }): Row => [
        [short === undefined ? "" : `${short}, `, long, value === undefined ? "" : ` ${value}`].join(""),
        text[language],
      ],
    );
  const sections: [Text, Row[]][] = [
    [HELP.arguments, command?.arguments.map((argument) => [argument.name, argument.text[language]]) ?? []],
    [HELP.options, rowsOf(command?.options ?? global)],
    [HELP.global, command === undefined ? [] : rowsOf(global)],
    [HELP.commands, commands.map(([each, what]) => [each, what[language]])],
  ];
  const first = Math.max(...sections.flatMap(([, rows]) => rows.map(([term]) => width(term)))) + INDENT + GAP;
  const parts = [
    `${HELP.usage[language]} ${[name, "[options]", ...words].join(" ")}`,
    wrapped(about[language], columns).join("\n"),
    ...sections
      .filter(([, rows]) => rows.length > 0)
      .map(([title, rows]) => `${title[language]}\n${rows.map((row) => shown(row, first, columns)).join("\n")}`),
    ...(command?.paragraphs.map((text) => text[language]) ?? []),
    ...(end === undefined ? [] : [end[language]]),
  ];
  return parts.join("\n\n");
}

type Row = [term: string, meaning: string];

const INDENT = 2;
const GAP = 2;
/** A column narrower than this is not worth having. */
const LEAST = 20;

function shown([term, meaning]: Row, first: number, columns: number): string {
  const start = " ".repeat(INDENT) + pad(term, first - INDENT);
  return start + wrapped(meaning, Math.max(LEAST, columns - first)).join(`\n${" ".repeat(first)}`);
}

/** Breaks at blanks, and between any two characters that take two columns each. */
function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const piece of text.split(/(?<= )|(?<=[\u3000-\u9fff\uff00-\uffef])(?=[\u3400-\u9fff])/)) {
    if (line !== "" && width((line + piece).trimEnd()) > columns) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += piece;
  }
  return [...lines, line.trimEnd()];
}
