import { buildCommand, encode, formatTopic } from "../../index.js";
import type { CliCommand } from "../command-line.js";
import {
  addNamespaceOptions,
  addTargetOptions,
  type NamespaceOptions,
  namespaceOf,
  type TargetOptions,
} from "../options.js";
import { asUsage, readTarget } from "../target.js";

export function addCommandCommand(command: CliCommand): void {
  command.summary({
    en: "build an upgrade command and print its topic and its payload, each on a line",
    zh: "构建升级命令，并分两行输出主题和消息内容",
  });
  addTargetOptions(addNamespaceOptions(command))
    .more({ en: "Nothing is sent. Warnings go to standard error.", zh: "不会发送任何内容。警告写到标准错误。" })
    .examples(
      "wudun-ota command --product-key KEY --device GW-1 --source ems_II \\",
      "    --url https://files.example/ems.bin --file ems.bin",
      { en: "the same as one JSON object, for another client", zh: "输出为一个 JSON 对象，供其他客户端使用" },
      "wudun-ota command --prefix site/a --device GW-1 --source ems_II \\",
      "    --url https://files.example/ems.bin --md5 0123456789abcdef0123456789abcdef --json",
    )
    .action(async (output, options: NamespaceOptions & TargetOptions) => {
      const namespace = namespaceOf(options);
      const target = await readTarget(output, options);
      try {
        const topic = formatTopic({ namespace, device: target.device, channel: "command" });
        const { message, diagnostics } = buildCommand(target);
        const payload = encode(message);
        if (output.json) {
          output.object({ topic, payload, message, diagnostics });
        } else {
          output.line(topic);
          output.line(payload);
        }
        output.findings(diagnostics);
        return 0;
      } catch (error) {
        throw asUsage(error);
      }
    });
}
