import { type Command, Option } from "commander";
import type { Text } from "../index.js";
import type { ExitCode } from "./failure.js";
import { type Language, Output } from "./output.js";

/** Reads one option's text; throws commander's `InvalidArgumentError`, in the language that `say` speaks. */
export type OptionParser<T> = (text: string, say: (text: Text) => string) => T;

/** What every command accepts. */
interface GlobalOptions {
  json?: boolean;
}

/** A subcommand in the making: commander, with texts in two languages and a result that is an exit code. */
export class CliCommand {
  readonly #command: Command;
  readonly #language: Language;
  readonly #finished: (work: Promise<ExitCode>, output: Output) => Promise<void>;

  /** `finished` takes what the command is doing and turns its end into the exit code of the process. */
  constructor(
    command: Command,
    language: Language,
    finished: (work: Promise<ExitCode>, output: Output) => Promise<void>,
  ) {
    this.#command = command;
    this.#language = language;
    this.#finished = finished;
  }

  summary(text: Text): this {
    this.#command.description(text[this.#language]);
    return this;
  }

  argument(name: string, text: Text): this {
    this.#command.argument(name, text[this.#language]);
    return this;
  }

  /** An option without a value. */
  flag(flags: string, text: Text): this {
    this.#command.option(flags, text[this.#language]);
    return this;
  }

  /** An option with a value. */
  value(flags: string, text: Text, parse?: OptionParser<unknown>, conflicts: string[] = []): this {
    const option = new Option(flags, text[this.#language]).conflicts(conflicts);
    if (parse !== undefined) option.argParser((value) => parse(value, (said) => said[this.#language]));
    this.#command.addOption(option);
    return this;
  }

  /** An option that may be given several times; its values come as an array. */
  list(flags: string, text: Text, parse: OptionParser<unknown> = (value) => value): this {
    const option = new Option(flags, text[this.#language]);
    option.argParser((value, before: unknown) => [
      ...(Array.isArray(before) ? before : []),
      parse(value, (said) => said[this.#language]),
    ]);
    this.#command.addOption(option);
    return this;
  }

  /** Command lines to learn from, shown by `--help`. */
  examples(...lines: (string | Text)[]): this {
    const title = this.#language === "zh" ? "示例：" : "Examples:";
    const shown = lines.map((line) => `  ${typeof line === "string" ? line : `# ${line[this.#language]}`}`);
    this.#command.addHelpText("after", `\n${title}\n${shown.join("\n")}`);
    return this;
  }

  /** A paragraph below the options. */
  more(text: Text): this {
    this.#command.addHelpText("after", `\n${text[this.#language]}`);
    return this;
  }

  /** What the command does. `Options` names the options declared above, as commander gives them. */
  action<Options extends object>(
    work: (output: Output, options: Options, args: readonly string[]) => Promise<ExitCode>,
  ): void {
    this.#command.action(async () => {
      const { json } = this.#command.optsWithGlobals<GlobalOptions>();
      const output = new Output(this.#language, json === true);
      await this.#finished(work(output, this.#command.opts<Options>(), this.#command.args), output);
    });
  }
}
