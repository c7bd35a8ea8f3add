import { type CommandMessage, type Decoded, type ResultMessage, STATUSES } from "../../index.js";
import type { CliCommand } from "../command-line.js";
import type { Output } from "../output.js";
import { addReadingOptions, type ReadingOptions, readMessage } from "../reading.js";
import { pad, printable, width } from "../terminal.js";

export function addDecodeCommand(command: CliCommand): void {
  addReadingOptions(
    command.summary({
      en: "read one message and print what it says; findings go to standard error",
      zh: "读取一条消息并输出其内容；发现的问题写到标准错误",
    }),
  )
    .examples(
      "wudun-ota decode message.json --lenient",
      { en: "from a broker, with the topic", zh: "来自服务器的消息，并给出主题" },
      "mosquitto_sub -C 1 -t 'v1/wudun/KEY/GW-1/ota/upgrade/result' | \\",
      "    wudun-ota decode --topic v1/wudun/KEY/GW-1/ota/upgrade/result --json",
    )
    .action(async (output, options: ReadingOptions, [file = "-"]) => {
      const { decoded, diagnostics, excerpt } = await readMessage(output, file, options);
      if (output.json) output.object(decoded ?? { diagnostics });
      else if (decoded !== undefined) printMessage(output, decoded);
      output.findings(diagnostics, excerpt);
      return decoded === undefined ? 1 : 0;
    });
}

/** The members of a message under their own names, a line each. */
function printMessage(output: Output, decoded: Decoded): void {
  const rows = members(decoded.message).map(([name, value]): [string, string] => [name, explain(output, name, value)]);
  const columns = Math.max(...rows.map(([name]) => width(name)));
  output.line(output.paint("bold", output.say(KINDS[decoded.kind])));
  for (const [name, value] of rows) output.line(`${output.paint("dim", pad(name, columns))}  ${value}`);
}

const KINDS = {
  command: { en: "upgrade command", zh: "升级命令" },
  result: { en: "upgrade result", zh: "升级结果" },
};

function members(message: CommandMessage | ResultMessage): [string, unknown][] {
  const { data, ...envelope } = message;
  return [
    ...Object.entries(envelope),
    ...Object.entries(data).map(([name, value]): [string, unknown] => [`data.${name}`, value]),
  ].map(([name, value]) => [printable(name), value]);
}

function explain(output: Output, name: string, value: unknown): string {
  const shown = printable(typeof value === "string" ? value : JSON.stringify(value));
  if (name === "timestamp" && typeof value === "number") return `${shown}  ${dateOf(value)}`;
  if (name !== "data.status") return shown;
  const status = STATUSES.find(({ code }) => code === value);
  return status === undefined ? shown : `${shown}  ${status.name}  ${output.say(status.label)}`;
}

/** The greatest timestamps of the protocol are beyond what a JavaScript date can hold. */
function dateOf(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
