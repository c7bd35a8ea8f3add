import type { CliCommand } from "../command-line.js";
import { renderDiagnostics } from "../diagnostics.js";
import { addReadingOptions, type ReadingOptions, readMessage } from "../reading.js";

export function addValidateCommand(command: CliCommand): void {
  addReadingOptions(
    command.summary({
      en: "check one message and print only what was found; exit 1 when it is not valid",
      zh: "检查一条消息，只输出发现的问题；消息无效时退出码为 1",
    }),
  )
    .examples(
      "wudun-ota validate message.json",
      { en: "every sample in a folder", zh: "检查目录中的所有样例" },
      'for f in samples/*.json; do wudun-ota validate --lenient "$f" || echo "$f is not valid"; done',
    )
    .action(async (output, options: ReadingOptions, [file = "-"]) => {
      const { decoded, diagnostics, excerpt } = await readMessage(output, file, options);
      const valid = decoded !== undefined;
      if (output.json) {
        output.object({ file: excerpt.name, valid, kind: decoded?.kind, diagnostics });
      } else if (diagnostics.length > 0) {
        output.line(renderDiagnostics(diagnostics, output.language, output.paint, excerpt));
      }
      return valid ? 0 : 1;
    });
}
