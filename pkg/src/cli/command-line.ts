import type { Text } from "../index.js";
import type { ExitCode } from "./failure.js";
import type { Output } from "./output.js";

/** Reads one option's text; throws a `BadValue`. */
export type OptionParser<T> = (text: string) => T;

/** Why an option's text is not what the option takes. */
export class BadValue extends Error {
  readonly text: Text;

  constructor(text: Text) {
    super(text.en);
    this.text = text;
  }
}

export interface Option {
  /** `--dry-run` */
  long: string;
  /** `-n` */
  short?: string;
  /** What the value is called, `<file>`; there is none where it is missing. */
  value?: string;
  text: Text;
  parse: OptionParser<unknown>;
  /** It may be given several times; its values are an array. */
  repeats: boolean;
  /** Long names of options that are not given together with this one. */
  conflicts: readonly string[];
}

export interface Argument {
  /** `<file>` for one that is needed, `[file]` for one that is not, `[file...]` for any number. */
  name: string;
  text: Text;
}

/** What a command does: its options by their names in camelCase, and its arguments. */
export type Work = (output: Output, options: object, args: readonly string[]) => Promise<ExitCode>;

/** A command in the making: what it takes, its help, what it does. */
export class CliCommand {
  about: Text = { en: "", zh: "" };
  /** Whether the core has to be there before it runs, or is waited for where it is needed, or never is. */
  core: "before" | "meanwhile" | "never" = "before";
  readonly arguments: Argument[] = [];
  readonly options: Option[] = [];
  /** Paragraphs below the options in the help. */
  readonly paragraphs: Text[] = [];
  work: Work = () => Promise.reject(new Error("a command without an action"));

  summary(text: Text): this {
    this.about = text;
    return this;
  }

  waitsForCore(when: "meanwhile" | "never"): this {
    this.core = when;
    return this;
  }

  argument(name: string, text: Text): this {
    this.arguments.push({ name, text });
    return this;
  }

  /** An option without a value. */
  flag(flags: string, text: Text): this {
    return this.#option(flags, text);
  }

  /** An option with a value. */
  value(flags: string, text: Text, parse?: OptionParser<unknown>, conflicts?: readonly string[]): this {
    return this.#option(flags, text, { parse, conflicts });
  }

  /** An option that may be given several times; its values come as an array. */
  list(flags: string, text: Text, parse?: OptionParser<unknown>): this {
    return this.#option(flags, text, { parse, repeats: true });
  }

  /** Command lines to learn from, shown by `--help`. */
  examples(...lines: (string | Text)[]): this {
    const shown = (language: "en" | "zh") =>
      lines.map((line) => `\n  ${typeof line === "string" ? line : `# ${line[language]}`}`).join("");
    return this.more({ en: `Examples:${shown("en")}`, zh: `示例：${shown("zh")}` });
  }

  /** A paragraph below the options. */
  more(text: Text): this {
    this.paragraphs.push(text);
    return this;
  }

  /** `Options` names the options declared above. */
  action<Options extends object>(
    work: (output: Output, options: Options, args: readonly string[]) => Promise<ExitCode>,
  ): void {
    this.work = (output, options, args) => work(output, options as Options, args);
  }

  #option(
    flags: string,
    text: Text,
    more: {
      parse?: OptionParser<unknown> | undefined;
      repeats?: boolean;
      conflicts?: readonly string[] | undefined;
    } = {},
  ): this {
    this.options.push(optionOf(flags, text, more));
    return this;
  }
}

/** An option written as its help shows it: `-c, --check <LIST>`. */
export function optionOf(
  flags: string,
  text: Text,
  {
    parse = (value) => value,
    repeats = false,
    conflicts = [],
  }: { [member in "parse" | "repeats" | "conflicts"]?: Option[member] | undefined } = {},
): Option {
  const [, short, long = flags, value] = /^(?:(-\w), )?(--[\w-]+)(?: (<.+>))?$/.exec(flags) ?? [];
  return {
    long,
    ...(short === undefined ? {} : { short }),
    ...(value === undefined ? {} : { value }),
    text,
    parse,
    repeats,
    conflicts,
  };
}

/** The name of an option among those that a command is given: `--dry-run` is `dryRun`. */
export function memberOf({ long }: Option): string {
  return long.slice(2).replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
