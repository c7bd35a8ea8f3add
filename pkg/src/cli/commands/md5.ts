import type { CliCommand } from "../command-line.js";
import { type ExitCode, failed, usage } from "../failure.js";
import { readAtMost } from "../files.js";
import { filesBelow, hashMany, type Told } from "../hash-many.js";
import { md5sumLine, readMd5List } from "../md5-list.js";
import type { Output } from "../output.js";
import { redactAll } from "../secrets.js";
import { printable } from "../terminal.js";
import { TEXT } from "../text.js";

/** Of a list to check: more is no list. */
const LIST_BYTES = 64 << 20;

export function addMd5Command(command: CliCommand): void {
  command
    .summary({
      en: "print the MD5 of files as md5sum does, or check a list of them",
      zh: "输出文件的 MD5（格式与 md5sum 相同），或校验 MD5 列表",
    })
    .waitsForCore("meanwhile")
    .argument("[file...]", {
      en: "files, folders (all files in them and below), or - for standard input",
      zh: "文件、文件夹（包括其中所有文件）或 -（标准输入）",
    })
    .value("-c, --check <LIST>", {
      en: "check the files named in a list that md5sum or this command has written",
      zh: "校验 md5sum 或本命令生成的列表中的文件",
    })
    .more({
      en: "MD5 detects accidental damage only; it authenticates nobody. --json adds the size and the SHA-256.",
      zh: "MD5 只能发现意外损坏，不能证明来源。--json 会附加文件大小和 SHA-256。",
    })
    .examples(
      "wudun-ota md5 firmware.bin",
      "wudun-ota md5 images/ > MD5SUMS && wudun-ota md5 --check MD5SUMS",
      {
        en: "size, MD5 and SHA-256 of what a pipe delivers",
        zh: "管道内容的大小、MD5 和 SHA-256",
      },
      "curl -s https://files.example/ems.bin | wudun-ota md5 - --json",
    )
    .action<{ check?: string }>(async (output, { check }, files) => {
      if (check === undefined && files.length === 0) throw usage(TEXT.md5Nothing);
      if (check === undefined) return print(output, files);
      if (files.length > 0) throw usage(TEXT.md5CheckAlone);
      return checkList(output, check);
    });
}

async function print(output: Output, paths: readonly string[]): Promise<ExitCode> {
  let missing = false;
  await hashMany(output, await filesBelow(paths), output.json, (told) => {
    if ("failure" in told) {
      tellFailure(output, told);
      missing = true;
    } else if (output.json) {
      const { file, md5, sha256, size } = told;
      output.object({ file, md5, sha256, size });
    } else {
      output.line(md5sumLine(told.md5, told.file));
    }
  });
  return missing ? 1 : 0;
}

/** Says what md5sum says, with its exit codes. */
async function checkList(output: Output, list: string): Promise<ExitCode> {
  const bytes = await readAtMost(list, LIST_BYTES);
  const { listed, bad } = readMd5List(new TextDecoder().decode(bytes));
  if (listed.length === 0) throw failed("md5-list", TEXT.md5ListEmpty(printable(list)));
  let differ = 0;
  let unreadable = 0;
  let place = 0;
  const files = listed.map(({ file }) => file);
  await hashMany(output, files, false, (told) => {
    const expected = listed[place]?.md5;
    place += 1;
    if ("failure" in told) {
      unreadable += 1;
      tellFailure(output, told);
      if (!output.json) output.line(`${printable(told.file)}: FAILED open or read`);
      return;
    }
    const ok = told.md5 === expected;
    if (!ok) differ += 1;
    if (output.json) output.object({ file: told.file, ok, md5: told.md5, expected });
    else output.line(`${printable(told.file)}: ${ok ? "OK" : "FAILED"}`);
  });
  if (bad > 0) output.warn(TEXT.md5ListBad(bad));
  if (unreadable > 0) output.warn(TEXT.md5ListUnreadable(unreadable));
  if (differ > 0) output.warn(TEXT.md5ListDiffer(differ));
  return differ + unreadable > 0 ? 1 : 0;
}

function tellFailure(output: Output, { file, failure }: Extract<Told, { failure: unknown }>): void {
  output.error(failure.text);
  if (output.json) output.object(redactAll({ file, error: { code: failure.code, message: failure.text } }));
}
