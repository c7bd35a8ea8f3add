/** Reads a command line: options, wherever they stand, and the words between them. */

import type { Text } from "../index.js";
import { type Argument, BadValue, memberOf, type Option } from "./command-line.js";
import { type Failure, usage } from "./failure.js";

export interface Given {
  /** By their names in camelCase; `true` for an option that takes no value. */
  options: Record<string, unknown>;
  words: string[];
}

/**
 * Reads `args` by the options there are. As everywhere, `--file x` is `--file=x`, `-yh` is `-y -h`, `-cx` is `-c x`,
 * and after `--` there are no options. With `firstWord`, it ends before the first word, and `words` has all the rest.
 */
export function readArguments(args: readonly string[], known: readonly Option[], firstWord = false): Given {
  const options: Record<string, unknown> = {};
  const given = new Map<string, Option>();
  const words: string[] = [];
  const take = (option: Option, value: string | undefined) => {
    for (const other of given.values()) {
      if (option.conflicts.includes(other.long) || other.conflicts.includes(option.long)) {
        throw usage(USAGE.conflict(shown(option), shown(other)));
      }
    }
    given.set(option.long, option);
    const member = memberOf(option);
    const read = value === undefined ? true : parsed(option, value);
    const before = options[member];
    options[member] = option.repeats ? [...(Array.isArray(before) ? before : []), read] : read;
  };

  const left = [...args];
  for (let arg = left.shift(); arg !== undefined; arg = left.shift()) {
    if (arg === "--") {
      words.push(...left.splice(0));
    } else if (!/^-./.test(arg)) {
      words.push(arg);
      if (firstWord) words.push(...left.splice(0));
    } else {
      const [name, attached] = arg.startsWith("--") ? splitAtEquals(arg) : [arg.slice(0, 2), arg.slice(2) || undefined];
      const option = known.find(({ long, short }) => name === long || name === short);
      if (option === undefined) throw unknownOption(name, known);
      if (option.value === undefined) {
        if (attached !== undefined && name === option.long) throw usage(USAGE.noValue(name));
        if (attached !== undefined) left.unshift(`-${attached}`);
        take(option, undefined);
      } else {
        const value = attached ?? left.shift();
        if (value === undefined) throw usage(USAGE.valueMissing(shown(option)));
        take(option, value);
      }
    }
  }
  return { options, words };
}

/** Compares the words with what a command takes. */
export function checkWords(words: readonly string[], expected: readonly Argument[]): void {
  const missing = expected[words.length];
  if (missing?.name.startsWith("<")) throw usage(USAGE.argumentMissing(missing.name));
  const any = expected.some(({ name }) => name.includes("..."));
  if (!any && words.length > expected.length) throw usage(USAGE.tooMany(expected.length, words.length));
}

function unknownOption(name: string, known: readonly Option[]): Failure {
  const candidates = known.map(({ long }) => long);
  return usage(USAGE.unknownOption(name, similar(name, candidates)));
}

export function unknownCommand(name: string, commands: readonly string[]): Failure {
  return usage(USAGE.unknownCommand(name, similar(name, commands)));
}

function parsed(option: Option, value: string): unknown {
  try {
    return option.parse(value);
  } catch (error) {
    if (error instanceof BadValue) throw usage(USAGE.badValue(option.long, value, error.text));
    throw error;
  }
}

/** As the help shows it. */
const shown = ({ long, value }: Option) => (value === undefined ? long : `${long} ${value}`);

function splitAtEquals(text: string): [string, string | undefined] {
  const at = text.indexOf("=");
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** More than this share of its letters make another word. */
const MOST_CHANGED = 0.4;

/** What was probably meant. */
function similar(name: string, candidates: readonly string[]): string | undefined {
  const [best] = candidates
    .map((candidate) => ({ candidate, changed: distance(name, candidate) }))
    .filter(({ candidate, changed }) => changed <= Math.ceil(MOST_CHANGED * candidate.replace(/^-+/, "").length))
    .sort((a, b) => a.changed - b.changed);
  return best?.candidate;
}

/** How many letters have to be put in, taken out or replaced to make one word of the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [above, letter] of [...a].entries()) {
    const next = [above + 1];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (letter === b[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

const meant = (word: string | undefined): Text =>
  word === undefined ? { en: "", zh: "" } : { en: `\n(Did you mean ${word}?)`, zh: `（是否想用 ${word}？）` };

const USAGE = {
  unknownCommand: (name: string, similar: string | undefined): Text => ({
    en: `unknown command '${name}'${meant(similar).en}`,
    zh: `未知命令：'${name}'${meant(similar).zh}`,
  }),
  unknownOption: (name: string, similar: string | undefined): Text => ({
    en: `unknown option '${name}'${meant(similar).en}`,
    zh: `未知选项：'${name}'${meant(similar).zh}`,
  }),
  noValue: (name: string): Text => ({ en: `option '${name}' takes no value`, zh: `选项 '${name}' 不带值` }),
  valueMissing: (option: string): Text => ({ en: `option '${option}' lacks its value`, zh: `选项缺少值：'${option}'` }),
  badValue: (name: string, value: string, why: Text): Text => ({
    en: `option '${name}' cannot be '${value}': ${why.en}`,
    zh: `选项 '${name}' 的值 '${value}' 无效：${why.zh}`,
  }),
  conflict: (one: string, other: string): Text => ({
    en: `option '${one}' cannot be used with option '${other}'`,
    zh: `选项互相冲突：'${one}' 和 '${other}'`,
  }),
  argumentMissing: (name: string): Text => ({ en: `missing argument ${name}`, zh: `缺少必需的参数 ${name}` }),
  tooMany: (most: number, count: number): Text => ({
    en: `too many arguments: ${count} are given, ${most} ${most === 1 ? "is" : "are"} expected`,
    zh: `参数过多：给出 ${count} 个，最多 ${most} 个`,
  }),
} as const;
