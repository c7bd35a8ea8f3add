import type { CliCommand } from "../command-line.js";
import { Failure } from "../failure.js";
import { hashFile } from "../files.js";
import { redactAll } from "../secrets.js";

export function addMd5Command(command: CliCommand): void {
  command
    .summary({
      en: "print the MD5 of files, as md5sum does (- is standard input)",
      zh: "输出文件的 MD5，格式与 md5sum 相同（- 表示标准输入）",
    })
    .argument("<file...>", { en: "files to hash, or -", zh: "要计算的文件，或 -" })
    .more({
      en: "MD5 detects accidental damage only; it authenticates nobody. --json adds the size and the SHA-256.",
      zh: "MD5 只能发现意外损坏，不能证明来源。--json 会附加文件大小和 SHA-256。",
    })
    .examples(
      "wudun-ota md5 firmware.bin",
      "wudun-ota md5 *.bin > MD5SUMS && md5sum -c MD5SUMS",
      {
        en: "size, MD5 and SHA-256 of what a pipe delivers",
        zh: "管道内容的大小、MD5 和 SHA-256",
      },
      "curl -s https://files.example/ems.bin | wudun-ota md5 - --json",
    )
    .action(async (output, _options, files) => {
      let missing = false;
      for (const file of files) {
        try {
          const { md5, sha256, size } = await hashFile(output, file, output.json);
          if (output.json) output.object({ file, md5, sha256, size });
          else output.line(md5sumLine(md5, file));
        } catch (error) {
          // Like md5sum: the other files are still hashed.
          if (!(error instanceof Failure)) throw error;
          output.error(error.text);
          if (output.json) output.object(redactAll({ file, error: { code: error.code, message: error.text } }));
          missing = true;
        }
      }
      return missing ? 1 : 0;
    });
}

/** A line of `md5sum`, which marks a name that needs escapes by a leading backslash. */
function md5sumLine(md5: string, file: string): string {
  if (!/[\\\n\r]/.test(file)) return `${md5}  ${file}`;
  const escaped = file.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `\\${md5}  ${escaped}`;
}
