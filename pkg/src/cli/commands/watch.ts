import type { ClientEvent } from "../../client/index.js";
import { type Decoded, type OtaError, STATUSES, safeDecode, safeParseTopic } from "../../index.js";
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
      en: "Messages are read leniently. Credentials inside URLs are hidden. Ctrl-C ends it.",
      zh: "以宽松方式读取消息。URL 中的凭据会被隐藏。按 Ctrl-C 结束。",
    })
    .examples(
      "wudun-ota watch --broker wss://broker.example/mqtt --product-key KEY --username operator",
      "wudun-ota watch --broker mqtt://127.0.0.1 --tenant acme --device GW-1 --json | jq .status",
    )
    .action(async (output, options: WatchOptions) => {
      const broker = await readBroker(output, options);
      const { connect } = await import("../lazy.js");
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
  const read = safeDecode(payload, { topic, lenient: true, now: at });
  const parsed = safeParseTopic(topic);
  const device = parsed.ok ? parsed.value.device : topic;
  if (output.json) {
    const said = read.ok
      ? { valid: true, ...read.value }
      : { valid: false, diagnostics: read.error.diagnostics, payload: new TextDecoder().decode(payload) };
    output.object(redactUrls({ at, ...said, topic, device, retained }));
    return;
  }
  const [colour, what, ...words] = read.ok ? describe(output, read.value) : describeInvalid(output, read.error);
  const marks = retained ? ` ${output.paint("yellow", output.say({ en: "[retained]", zh: "[保留消息]" }))}` : "";
  const time = output.paint("dim", new Date(at).toISOString());
  const said = redact(printable(words.join(" ")));
  output.line(`${time} ${printable(device)}${marks} ${output.paint(colour, what)} ${said}`);
}

/** What is wrong with a message, as far as a line holds. */
function describeInvalid(output: Output, { diagnostics, text }: OtaError): Described {
  const first = diagnostics.find(({ severity }) => severity === "error");
  const words = first === undefined ? output.say(text) : `${first.code}: ${output.say(first.message)}`;
  return ["red", output.say({ en: "invalid", zh: "无效消息" }), words];
}

/** Colour, what it is, and what it says. */
type Described = [Colour, string, ...string[]];

/** One message in a line. */
function describe(output: Output, decoded: Decoded): Described {
  const { mid, trace_id, sub_device_uid } = decoded.message;
  const common = { sub: sub_device_uid, mid, trace: trace_id };
  if (decoded.kind === "command") {
    const { source, download_url, md5_code } = decoded.message.data;
    const words = fields({ source, url: download_url, md5: md5_code, ...common });
    return ["cyan", output.say({ en: "command", zh: "命令" }), ...words];
  }
  const { source, version, final_version, final_commit_sha } = decoded.message.data;
  const words = fields({ source, version, final: final_version, commit: final_commit_sha, ...common });
  const status = STATUSES.find(({ name }) => name === decoded.status);
  if (status === undefined) return ["dim", output.say({ en: "information", zh: "信息" }), ...words];
  const colour = status.name === "succeeded" ? "green" : status.done ? "red" : "yellow";
  // In English the name says it all.
  const label = output.language === "en" ? status.name : `${status.name} ${output.say(status.label)}`;
  return [colour, label, ...words];
}

/** What is there, as `name=value`; quoted where a blank would make two words of it. */
function fields(values: Record<string, string | undefined>): string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${/[\s"=]/.test(value) && name !== "url" ? JSON.stringify(value) : value}`],
  );
}
