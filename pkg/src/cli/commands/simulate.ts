import { BEHAVIOURS, type Behaviour } from "../../simulator/behaviours.js";
import type { Gateway, GatewayOptions } from "../../simulator/index.js";
import { addBrokerOptions, type BrokerOptions, readBroker } from "../broker.js";
import type { CliCommand } from "../command-line.js";
import { anyAborted, Interruption } from "../lifecycle.js";
import { parseChoice, parseInteger, required } from "../options.js";
import type { Language, Output } from "../output.js";
import { redact, redactUrls } from "../secrets.js";
import { pad, printable } from "../terminal.js";
import { TEXT } from "../text.js";

interface SimulateOptions extends BrokerOptions {
  device?: string;
  count?: number;
  behaviour?: Behaviour[];
  correlation?: (typeof CORRELATIONS)[number];
  seed?: number;
  runningVersion?: string;
  newVersion?: string;
  newCommit?: string;
}

const CORRELATIONS = ["none", "reply", "mid", "trace-id"] as const;
const MOST_GATEWAYS = 1000;
const MOST_SEED = 2 ** 31;

export function addSimulateCommand(command: CliCommand): void {
  addBrokerOptions(
    command.summary({
      en: "run simulated gateways that answer upgrade commands",
      zh: "运行模拟网关，应答升级命令",
    }),
  )
    .value("--device <uid>", {
      en: "name of the gateway; with --count, -1, -2 … are appended",
      zh: "网关名称；使用 --count 时会附加 -1、-2 …",
    })
    .value(
      "--count <n>",
      { en: "how many gateways (default 1)", zh: "网关数量（默认 1）" },
      parseInteger(1, MOST_GATEWAYS),
    )
    .list(
      "--behaviour <name>",
      {
        en: "how a gateway behaves (default ok); repeat it and the gateways take turns",
        zh: "网关的行为（默认 ok）；可重复，各网关依次采用",
      },
      parseChoice(BEHAVIOURS.map(({ name }) => name)),
    )
    .value(
      "--correlation <how>",
      {
        en: `what its results carry: ${CORRELATIONS.join(", ")}`,
        zh: `结果中携带的关联信息：${CORRELATIONS.join("、")}`,
      },
      parseChoice(CORRELATIONS),
    )
    .value("--seed <n>", { en: "repeat a run exactly", zh: "随机种子，用于重现运行" }, parseInteger(0, MOST_SEED))
    .value("--running-version <text>", { en: "version before the upgrade", zh: "升级前运行的版本" })
    .value("--new-version <text>", { en: "version that it reports after a success", zh: "成功后报告的版本" })
    .value("--new-commit <sha>", { en: "commit that it reports after a success", zh: "成功后报告的提交 SHA" })
    .more({ en: `Behaviours:\n${behavioursIn("en")}`, zh: `行为：\n${behavioursIn("zh")}` })
    .more({ en: "The gateways download for real. Ctrl-C ends them.", zh: "模拟网关会真实下载文件。按 Ctrl-C 结束。" })
    .examples(
      "wudun-ota simulate --broker ws://127.0.0.1:9001 --product-key demo --device GW --new-version 2.4.0",
      { en: "nine gateways with three behaviours", zh: "九台网关，三种行为" },
      "wudun-ota simulate --broker ws://127.0.0.1:9001 --product-key demo --device GW --count 9 \\",
      "    --behaviour ok --behaviour rolls-back --behaviour silent --seed 7 --json",
    )
    .action(async (output, options: SimulateOptions) => {
      const { startGateway } = await import("../lazy.js");
      const behaviours = options.behaviour ?? ["ok"];
      const devices = devicesOf(required(options.device, "--device"), options.count);
      const broker = await readBroker(output, options);
      const gateways: Gateway[] = [];
      const logs: Promise<void>[] = [];
      try {
        for (const [index, device] of devices.entries()) {
          const gateway = await startGateway(settings(options, broker.login, device, behaviours, index));
          gateways.push(gateway);
          logs.push(report(output, gateway));
        }
        output.note(TEXT.gatewaysRunning(gateways.length, broker.shown));
        const interruption = new Interruption();
        await anyAborted(interruption.signal, output.closed);
      } finally {
        await Promise.all(gateways.map((gateway) => gateway.close()));
      }
      await Promise.all(logs);
      return 0;
    });
}

function behavioursIn(language: Language): string {
  return BEHAVIOURS.map(({ name, description }) => `  ${pad(name, 22)} ${description[language]}`).join("\n");
}

function devicesOf(name: string, count: number | undefined): string[] {
  if (count === undefined) return [name];
  return Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
}

function settings(
  options: SimulateOptions,
  login: Awaited<ReturnType<typeof readBroker>>["login"],
  device: string,
  behaviours: readonly Behaviour[],
  index: number,
): GatewayOptions {
  const { correlation, seed, runningVersion: version, newVersion, newCommit } = options;
  return {
    ...login,
    device,
    behaviour: behaviours[index % behaviours.length] ?? "ok",
    ...(correlation === undefined ? {} : { correlation }),
    ...(seed === undefined ? {} : { seed }),
    ...(version === undefined ? {} : { version }),
    ...(newVersion === undefined ? {} : { newVersion }),
    ...(newCommit === undefined ? {} : { newCommit }),
  };
}

/** Prints what a gateway does, a line each. */
async function report(output: Output, gateway: Gateway): Promise<void> {
  const { device, behaviour } = gateway;
  for await (const event of gateway.log()) {
    if (output.json) {
      output.object(redactUrls({ device, behaviour, ...event }));
    } else {
      const time = output.paint("dim", new Date(event.at).toISOString());
      output.line(`${time} ${printable(device)} ${redact(printable(output.say(event.text)))}`);
    }
  }
}
