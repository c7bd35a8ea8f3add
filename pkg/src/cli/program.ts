import { readFileSync } from "node:fs";
import { OtaError } from "../core/errors.js";
import type { Text } from "../index.js";
import { checkWords, readArguments, unknownCommand } from "./arguments.js";
import { CliCommand, optionOf } from "./command-line.js";
import { COMMANDS } from "./commands/index.js";
import { loadCore } from "./core.js";
import { type ExitCode, Failure } from "./failure.js";
import { helpText } from "./help.js";
import { parseChoice } from "./options.js";
import { type Language, Output } from "./output.js";
import { fileProblem, TEXT } from "./text.js";

const NAME = "wudun-ota";
const LANGUAGES: readonly Language[] = ["en", "zh"];
const ABOUT: Text = {
  en: "Build, check, send and follow OTA upgrades of Wudun energy-management gateways over MQTT.",
  zh: "通过 MQTT 构建、检查、下发并跟踪 Wudun 能源管理网关的 OTA 升级。",
};
const EXITS: Text = {
  en: "Exit codes: 0 success, 1 the answer is no or not to be had, 2 wrong usage.",
  zh: "退出码：0 成功，1 结果为否或未能完成，2 用法错误。",
};
const HELP_COMMAND: Text = { en: "show help for a command", zh: "显示某个命令的帮助" };
/** What every command takes. */
const GLOBAL = [
  optionOf("--json", {
    en: "write JSON: one object, or one object a line",
    zh: "以 JSON 输出：一个对象，或每行一个对象",
  }),
  optionOf(
    "--lang <language>",
    { en: "language of messages: en or zh (default: from LANG)", zh: "消息的语言：en 或 zh（默认取自 LANG）" },
    { parse: parseChoice(LANGUAGES) },
  ),
  optionOf("--version", { en: "show the version", zh: "显示版本" }),
  optionOf("-h, --help", { en: "show help", zh: "显示帮助" }),
];

/** Runs one command line (without the program's name) to its end. Never rejects. */
export async function run(args: readonly string[]): Promise<ExitCode> {
  const output = new Output(languageOf(args, process.env), optionsIn(args).includes("--json"));
  process.on("uncaughtException", (error) => {
    output.error(TEXT.internal(error.stack ?? error.message));
    process.exit(1);
  });
  const exitCode = await obey(args, output).catch((error: unknown) => report(error, output));
  await output.flush();
  return exitCode;
}

async function obey(args: readonly string[], output: Output): Promise<ExitCode> {
  const {
    options: first,
    words: [word, ...rest],
  } = readArguments(args, GLOBAL, true);
  const helps = first.help === true || word === "help" || optionsIn(rest).some((arg) => /^(-h|--help)$/.test(arg));
  const name = word === "help" ? readArguments(rest, GLOBAL).words[0] : word;
  if (first.version === true) return tellVersion(output);
  if (name === undefined) return help(output, undefined, helps);
  const add = COMMANDS.get(name);
  if (add === undefined) throw unknownCommand(name, [...COMMANDS.keys(), "help"]);

  const command = new CliCommand();
  add(command);
  if (helps) return help(output, { name, command }, true);
  const core = command.core === "never" ? undefined : loadCore();
  const { options, words } = readArguments(rest, [...command.options, ...GLOBAL]);
  if (options.version === true) return tellVersion(output);
  checkWords(words, command.arguments);
  if (command.core === "before") await core;
  return command.work(output, options, words);
}

/** Prints the help where it was asked for; where nothing was, it is what has gone wrong. */
function help(output: Output, one: { name: string; command: CliCommand } | undefined, wanted: boolean): ExitCode {
  const manual =
    one === undefined
      ? { name: NAME, about: ABOUT, commands: [...summaries(), ["help", HELP_COMMAND] as const], end: EXITS }
      : { name: `${NAME} ${one.name}`, about: one.command.about, command: one.command };
  const text = helpText({ ...manual, global: GLOBAL }, output.language, output.columns);
  if (wanted) output.line(text);
  else output.note(text);
  return wanted ? 0 : 2;
}

function summaries(): (readonly [name: string, about: Text])[] {
  return [...COMMANDS].map(([name, add]) => {
    const command = new CliCommand();
    add(command);
    return [name, command.about];
  });
}

function tellVersion(output: Output): ExitCode {
  output.line(version());
  return 0;
}

/** Says what went wrong, and gives the exit code for it. */
function report(error: unknown, output: Output): ExitCode {
  if (error instanceof Failure || OtaError.is(error)) {
    // An error over a single finding says the same as the finding.
    if (!error.diagnostics.some(({ message }) => message.en === error.text.en)) output.error(error.text);
    output.findings(error.diagnostics);
    output.failure(error.code, error.text, error.diagnostics);
    const exitCode = error instanceof Failure ? error.exitCode : 1;
    if (exitCode === 2) output.note(TEXT.help);
    return exitCode;
  }
  const problem = fileProblem(error);
  if (problem !== undefined) {
    output.error(problem);
    output.failure("system", problem, []);
    return 1;
  }
  output.error(TEXT.internal(error instanceof Error ? (error.stack ?? error.message) : String(error)));
  return 1;
}

/** What of `args` can be options. */
function optionsIn(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  return end < 0 ? args : args.slice(0, end);
}

/** The language asked for, before anything else is read: what is wrong with the rest is told in it. */
function languageOf(args: readonly string[], env: NodeJS.ProcessEnv): Language {
  let asked: string | undefined;
  for (const [index, arg] of optionsIn(args).entries()) {
    if (arg === "--lang") asked = args[index + 1];
    else if (arg.startsWith("--lang=")) asked = arg.slice("--lang=".length);
  }
  if (asked === "en" || asked === "zh") return asked;
  return /^zh\b|^zh_/i.test(env.LC_ALL || env.LC_MESSAGES || env.LANG || "") ? "zh" : "en";
}

/** The version of the package; the program is `dist/cli.js` inside it. */
function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const found =
    typeof manifest === "object" && manifest !== null && "version" in manifest ? manifest.version : undefined;
  return typeof found === "string" ? found : "unknown";
}
