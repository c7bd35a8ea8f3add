import { type Replay, replayJournal } from "../../client/replay.js";
import { rowsOf } from "../../client/rows.js";
import type { Attempt, Text, Tracker } from "../../index.js";
import { readFileJournal } from "../../node/file-journal.js";
import type { CliCommand } from "../command-line.js";
import { usage } from "../failure.js";
import { named } from "../files.js";
import { inWords, printEntry } from "../follow.js";
import type { Output } from "../output.js";
import { redact, redactUrls } from "../secrets.js";
import { printable } from "../terminal.js";

const REPLAY = {
  summary: {
    en: "read a journal again and print what became of every upgrade; connects to nothing",
    zh: "重新读取日志，输出每次升级的经过；不连接任何服务器",
  },
  file: { en: "a journal that upgrade has written", zh: "upgrade 写入的日志文件" },
  more: {
    en:
      "Each state is derived anew from what was sent and received, as of the last entry; the newest\n" +
      "upgrade comes first. The journal is only read, also while another process writes it.\n" +
      "Credentials inside URLs are hidden.",
    zh: "每个状态都根据收发记录重新推导，截至最后一条记录。只读取日志，另一个进程正在写入时也可以。\nURL 中的凭据会被隐藏。",
  },
  fileNeeded: { en: "name one journal", zh: "请指定一个日志文件" },
  torn: (bytes: number): Text => ({
    en: `the last ${bytes} bytes are not a whole entry (a write that was cut off) and are left out`,
    zh: `末尾 ${bytes} 字节不是完整的记录（写入被中断），已忽略`,
  }),
  total: (entries: number, attempts: number, open: number): Text => ({
    en: `${counted(entries, "entry", "entries")}, ${counted(attempts, "upgrade", "upgrades")}, ${open} still open`,
    zh: `${entries} 条记录，${attempts} 次升级，其中 ${open} 次未结束`,
  }),
} as const;

export function addReplayCommand(command: CliCommand): void {
  command
    .summary(REPLAY.summary)
    .argument("<journal>", REPLAY.file)
    .more(REPLAY.more)
    .examples(
      "wudun-ota replay GW-1.journal",
      "wudun-ota replay GW-1.journal --json | jq -r 'select(.type == \"attempt\") | .attempt.state'",
    )
    .action(async (output, _options: object, [file, ...more]) => {
      if (file === undefined || more.length > 0) throw usage(REPLAY.fileNeeded);
      const { entries, torn } = await named(file, () => readFileJournal(file));
      const replay = replayJournal(entries);
      if (torn > 0) output.warn(REPLAY.torn(torn));
      if (output.json) writeJson(output, replay, entries.length, torn);
      else print(output, replay, entries.length);
      return 0;
    });
}

function print(output: Output, { tracker }: Replay, entries: number): void {
  for (const attempt of attemptsOf(tracker)) {
    const { id, device, subDevice, command } = attempt;
    const who = [device, subDevice, command.data.source].filter(Boolean).join(" / ");
    output.line(`${output.paint("bold", redact(printable(who)))}  ${output.paint("dim", id)}`);
    for (const entry of attempt.timeline) printEntry(output, entry);
    output.line(`${redact(printable(output.say(inWords(attempt))))}\n`);
  }
  const { total, open } = tracker.counts();
  output.line(output.say(REPLAY.total(entries, total, open)));
}

function writeJson(output: Output, { tracker, client }: Replay, entries: number, torn: number): void {
  for (const attempt of attemptsOf(tracker)) {
    const explained = tracker.explain(attempt.id);
    output.object(redactUrls({ type: "attempt", attempt, explained, message: inWords(attempt) }));
  }
  output.object({ type: "journal", entries, torn, client, counts: tracker.counts() });
}

/** Every attempt, newest first. */
function* attemptsOf(tracker: Tracker): Generator<Attempt> {
  for (const { id } of rowsOf(tracker)) {
    const attempt = tracker.attempt(id);
    if (attempt !== undefined) yield attempt;
  }
}

function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}
