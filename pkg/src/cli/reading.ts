import { type Decoded, type Diagnostic, type Kind, safeDecode } from "../index.js";
import type { CliCommand } from "./command-line.js";
import { type Excerpt, excerptOf } from "./diagnostics.js";
import { readAtMost } from "./files.js";
import { parseChoice } from "./options.js";
import type { Output } from "./output.js";
import { TEXT } from "./text.js";

const KINDS = ["command", "result"] as const;
/** The protocol's own limit; one byte more is read so that the core can say what is wrong. */
const MAX_BYTES = 65_536;

export interface ReadingOptions {
  topic?: string;
  kind?: Kind;
  lenient?: boolean;
}

/** What `decode` and `validate` share. */
export function addReadingOptions(command: CliCommand): CliCommand {
  return command
    .argument("[file]", {
      en: "file with one message (default: standard input)",
      zh: "含一条消息的文件（默认：标准输入）",
    })
    .value("--topic <topic>", {
      en: "the topic it came on; decides the kind and is checked against device_uid",
      zh: "消息所在的主题；决定消息种类，并与 device_uid 核对",
    })
    .value("--kind <kind>", { en: "command or result", zh: "command（命令）或 result（结果）" }, parseChoice(KINDS))
    .flag("--lenient", {
      en: "accept trailing commas, comments, a byte order mark and trailing NUL bytes",
      zh: "容许尾随逗号、注释、字节顺序标记和末尾的 NUL 字节",
    });
}

/** Reads and decodes one message; `decoded` is there when it is valid. */
export async function readMessage(
  output: Output,
  file: string,
  options: ReadingOptions,
): Promise<{ decoded?: Decoded; diagnostics: Diagnostic[]; excerpt: Excerpt }> {
  const bytes = await readAtMost(file, MAX_BYTES);
  const read = safeDecode(bytes, { ...options, now: Date.now() });
  const excerpt = excerptOf(file === "-" ? output.say(TEXT.stdinName) : file, bytes);
  if (!read.ok) return { diagnostics: read.error.diagnostics, excerpt };
  return { decoded: read.value, diagnostics: read.value.diagnostics, excerpt };
}
