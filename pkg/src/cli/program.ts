import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { OtaError, type Text } from "../index.js";
import { CliCommand } from "./command-line.js";
import { addCommandCommand } from "./commands/command.js";
import { addConsoleCommand } from "./commands/console.js";
import { addDecodeCommand } from "./commands/decode.js";
import { addMd5Command } from "./commands/md5.js";
import { addPreflightCommand } from "./commands/preflight.js";
import { addReplayCommand } from "./commands/replay.js";
import { addSimulateCommand } from "./commands/simulate.js";
import { addUpgradeCommand } from "./commands/upgrade.js";
import { addValidateCommand } from "./commands/validate.js";
import { addWatchCommand } from "./commands/watch.js";
import { type ExitCode, Failure } from "./failure.js";
import { parseChoice } from "./options.js";
import { type Language, Output } from "./output.js";
import { fileProblem, TEXT, USAGE_ZH } from "./text.js";

const LANGUAGES: readonly Language[] = ["en", "zh"];
const ABOUT: Text = {
  en: "Build, check, send and follow OTA upgrades of Wudun energy-management gateways over MQTT.",
  zh: "通过 MQTT 构建、检查、下发并跟踪 Wudun 能源管理网关的 OTA 升级。",
};
const GLOBAL = {
  json: { en: "write JSON: one object, or one object a line", zh: "以 JSON 输出：一个对象，或每行一个对象" },
  lang: { en: "language of messages: en or zh (default: from LANG)", zh: "消息的语言：en 或 zh（默认取自 LANG）" },
  help: { en: "show help", zh: "显示帮助" },
  helpCommand: { en: "show help for a command", zh: "显示某个命令的帮助" },
  version: { en: "show the version", zh: "显示版本" },
  exits: {
    en: "Exit codes: 0 success, 1 the answer is no, 2 wrong usage.",
    zh: "退出码：0 成功，1 结果为否，2 用法错误。",
  },
} satisfies Record<string, Text>;
const TITLES_ZH: Partial<Record<string, string>> = {
  "Usage:": "用法：",
  "Arguments:": "参数：",
  "Options:": "选项：",
  "Global Options:": "全局选项：",
  "Commands:": "命令：",
};

/** Runs one command line (without the program's name) to its end. Never rejects. */
export async function run(args: readonly string[]): Promise<ExitCode> {
  const language = languageOf(args, process.env);
  const output = new Output(language, false);
  process.on("uncaughtException", (error) => {
    output.error(TEXT.internal(error.stack ?? error.message));
    process.exit(1);
  });
  let exitCode: ExitCode = 0;
  try {
    const program = build(language, (code) => {
      exitCode = code;
    });
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    exitCode = report(error, output);
  }
  await output.flush();
  return exitCode;
}

function build(language: Language, finish: (code: ExitCode) => void): Command {
  const program = new Command("wudun-ota");
  program
    .description(ABOUT[language])
    .option("--json", GLOBAL.json[language])
    .option("--lang <language>", GLOBAL.lang[language], (text) =>
      parseChoice(LANGUAGES)(text, (said) => said[language]),
    )
    .version(version(), "--version", GLOBAL.version[language])
    .helpOption("-h, --help", GLOBAL.help[language])
    .helpCommand("help [command]", GLOBAL.helpCommand[language])
    .addHelpText("after", `\n${GLOBAL.exits[language]}`)
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (title) => (language === "zh" ? (TITLES_ZH[title] ?? title) : title),
    })
    // Errors are worded in report().
    .configureOutput({ outputError: () => undefined })
    .exitOverride();
  const command = (name: string): CliCommand =>
    new CliCommand(
      program.command(name).helpOption("-h, --help", GLOBAL.help[language]),
      language,
      async (work, output) => {
        finish(await work.catch((error: unknown) => report(error, output)));
        await output.flush();
      },
    );
  addMd5Command(command("md5"));
  addCommandCommand(command("command"));
  addDecodeCommand(command("decode"));
  addValidateCommand(command("validate"));
  addPreflightCommand(command("preflight"));
  addUpgradeCommand(command("upgrade"));
  addReplayCommand(command("replay"));
  addWatchCommand(command("watch"));
  addSimulateCommand(command("simulate"));
  addConsoleCommand(command("console"));
  return program;
}

/** Says what went wrong, and gives the exit code for it. */
function report(error: unknown, output: Output): ExitCode {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    if (error.code !== "commander.help") {
      output.error(usageText(error));
      output.note(TEXT.help);
    }
    return 2;
  }
  if (error instanceof Failure || OtaError.is(error)) {
    // An error over a single finding says the same as the finding.
    if (!error.diagnostics.some(({ message }) => message.en === error.text.en)) output.error(error.text);
    output.findings(error.diagnostics);
    output.failure(error.code, error.text, error.diagnostics);
    return error instanceof Failure ? error.exitCode : 1;
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

/** Commander words its findings in English only. */
function usageText(error: CommanderError): Text {
  const en = error.message.replace(/^error: /, "");
  const known = USAGE_ZH[error.code];
  if (known === undefined) return { en, zh: en };
  const quoted = [...en.matchAll(/'[^']*'/g)].join(" ");
  const reason = /is invalid\. (.*)$/s.exec(en)?.[1];
  const similar = /\(Did you mean (.*)\?\)/.exec(en)?.[1];
  return {
    en,
    zh: `${known}：${quoted}${reason === undefined ? "" : `：${reason}`}${similar === undefined ? "" : `（是否想用 ${similar}？）`}`,
  };
}

/** The language asked for, before anything else is read: the help needs it. */
function languageOf(args: readonly string[], env: NodeJS.ProcessEnv): Language {
  let asked: string | undefined;
  for (const [index, arg] of args.entries()) {
    if (arg === "--") break;
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
