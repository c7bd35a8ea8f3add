import type { ClientEvent } from "../../client/index.js";
import { type Decoded, type Diagnostic, decode, STATUSES } from "../../index.js";
import { addBrokerOptions, addClientIdOption, type BrokerOptions, narrate, readBroker } from "../broker.js";
import type { CliCommand } from "../command-line.js";
import { anyAborted, Interruption } from "../lifecycle.js";
import type { Output } from "../output.js";
import { redact, redactUrls } from "../secrets.js";
import { type Colour, printable } from "../terminal.js";

interface WatchOptions extends BrokerOptions {
  device?: string[];
}

type Delivery = Extract<ClientEvent, { type: "message" }>;

export function addWatchCommand(command: CliCommand): void {
  addClientIdOption(
    addBrokerOptions(
      command.summary({
        en: "show commands and results as they pass; sends nothing",
        zh: "实时显示经过的命令和结果；不发送任何内容",
      }),
    ),
  )
    .list("--device <uid>", {
      en: "only this gateway (repeatable; default: all)",
      zh: "只看该网关（可重复；默认全部）",
    })
    .more({
      en: "Messages are read leniently. Ctrl-C ends it.",
      zh: "以宽松方式读取消息。按 Ctrl-C 结束。",
    })
    .examples(
      "wudun-ota watch --broker wss://broker.example/mqtt --product-key KEY --username operator",
      "wudun-ota watch --broker mqtt://127.0.0.1 --tenant acme --device GW-1 --json | jq .status",
    )
    .action(async (output, options: WatchOptions) => {
      const broker = await readBroker(output, options);
      const { connect } = await import("../../client/index.js");
      const interruption = new Interruption();
      const client = await connect({
        ...broker.login,
        ...(options.device === undefined ? {} : { devices: options.device }),
        observeOnly: true,
        signal: interruption.signal,
      });
      const told = narrate(output, client, broker.shown, (event) => {
        if (event.type === "message") show(output, event);
      });
      const lost = await Promise.race([told, anyAborted(interruption.signal, output.closed)]);
      await client.close();
      await told;
      if (lost !== undefined) throw lost;
      return 0;
    });
}

function show(output: Output, { topic, payload, retained, at }: Delivery): void {
  const decoded = decode(payload, { topic, lenient: true, now: at });
  if (output.json) {
    const valid = decoded.message !== undefined;
    const raw = valid ? {} : { payload: new TextDecoder().decode(payload) };
    output.object(redactUrls({ at, ...decoded, topic, device: decoded.topic?.device, retained, valid, ...raw }));
    return;
  }
  const [colour, words] = describe(output, decoded);
  const device = decoded.topic?.device ?? topic;
  const marks = retained ? ` ${output.paint("yellow", output.say({ en: "[retained]", zh: "[保留消息]" }))}` : "";
  const time = output.paint("dim", new Date(at).toISOString());
  output.line(
    `${time} ${printable(device)}${marks} ${output.paint(colour, words[0] ?? "")} ${redact(printable(words.slice(1).join(" ")))}`,
  );
}

/** One message in a line: what it is first, then what it says. */
function describe(output: Output, decoded: Decoded): [Colour, string[]] {
  if (decoded.message === undefined) {
    const errors = decoded.diagnostics.filter(({ severity }) => severity === "error");
    return [
      "red",
      [output.say({ en: "invalid", zh: "无效消息" }), ...errors.slice(0, 1).map((error) => inWords(output, error))],
    ];
  }
  const { mid, trace_id: traceId, sub_device_uid: subDevice } = decoded.message;
  const common = [...field("sub", subDevice), ...field("mid", mid), ...field("trace", traceId)];
  if (decoded.kind === "command") {
    const { source, download_url: url, md5_code: md5 } = decoded.message.data;
    return [
      "cyan",
      [
        output.say({ en: "command", zh: "命令" }),
        ...field("source", source),
        ...field("url", url),
        ...field("md5", md5),
        ...common,
      ],
    ];
  }
  const { source, version, final_version: finalVersion, final_commit_sha: finalCommit } = decoded.message.data;
  const status = STATUSES.find(({ name }) => name === decoded.status);
  const label =
    status === undefined ? output.say({ en: "information", zh: "信息" }) : `${status.name} ${output.say(status.label)}`;
  const colour = status === undefined ? "dim" : status.name === "succeeded" ? "green" : status.done ? "red" : "yellow";
  return [
    colour,
    [
      label,
      ...field("source", source),
      ...field("version", version),
      ...field("final", finalVersion),
      ...field("commit", finalCommit),
      ...common,
    ],
  ];
}

function field(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`${name}=${value}`];
}

function inWords(output: Output, finding: Diagnostic): string {
  return `${finding.code}: ${output.say(finding.message)}`;
}
