import type { Expected, Text } from "../index.js";
import type { Broker, BrokerOptions } from "./broker.js";
import { namespaceFlags } from "./options.js";
import type { Output } from "./output.js";
import { redact } from "./secrets.js";
import type { Target } from "./target.js";
import { pad, printable, shellWord, width } from "./terminal.js";
import { UPGRADE } from "./upgrade-text.js";

/** What is about to happen, before anybody is asked. */
export function introduce(
  output: Output,
  broker: Broker,
  topic: string,
  target: Target,
  file: string | undefined,
  expected: Expected | undefined,
): void {
  const rows: [Text, string | undefined][] = [
    [UPGRADE.device, target.subDevice === undefined ? target.device : `${target.device} / ${target.subDevice}`],
    [UPGRADE.target, target.source],
    [UPGRADE.file, file],
    [UPGRADE.url, target.downloadUrl],
    [UPGRADE.md5, target.md5],
    [UPGRADE.expected, expected && [expected.version, expected.commit].filter(Boolean).join(" ")],
    [UPGRADE.broker, broker.shown],
    [UPGRADE.topic, topic],
  ];
  const shown = rows.flatMap(([name, value]): [string, string][] => (value ? [[output.say(name), value]] : []));
  const columns = Math.max(...shown.map(([name]) => width(name)));
  for (const [name, value] of shown) output.note(`${output.paintNote("dim", pad(name, columns))}  ${printable(value)}`);
}

/** The options that a resumed run needs again. */
interface ResumeOptions extends BrokerOptions {
  acceptUnverified?: boolean;
  journal?: string;
}

/** The command line that goes on with this upgrade. */
export function resumeLine(broker: Broker, options: ResumeOptions, device: string): string {
  const words = [
    "wudun-ota",
    "upgrade",
    "--broker",
    broker.shown,
    ...namespaceFlags(broker.namespace),
    "--device",
    device,
  ];
  const { username } = broker.login;
  if (username !== undefined) words.push("--username", username);
  const repeated: [string, string | undefined][] = [
    ["--ca", options.ca],
    ["--cert", options.cert],
    ["--key", options.key],
    ["--protocol", options.protocol],
    ["--client-id", options.clientId],
    ["--journal", options.journal],
  ];
  for (const [flag, value] of repeated) if (value !== undefined) words.push(flag, value);
  if (options.acceptUnverified === true) words.push("--accept-unverified");
  return redact([...words, "--resume"].map((word) => shellWord(printable(word))).join(" "));
}
