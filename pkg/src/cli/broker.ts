import { readFile } from "node:fs/promises";
import type { Client, ClientEvent, ConnectOptions } from "../client/index.js";
import type { Namespace, OtaError } from "../index.js";
import type { CliCommand } from "./command-line.js";
import { usage } from "./failure.js";
import { named } from "./files.js";
import { addNamespaceOptions, type NamespaceOptions, namespaceOf, parseChoice, required } from "./options.js";
import type { Output } from "./output.js";
import { askPassword, canAsk } from "./prompt.js";
import { addSecret, type BrokerAddress, readBrokerUrl } from "./secrets.js";
import { TEXT } from "./text.js";

/** The options of everything that talks to a broker. */
export interface BrokerOptions extends NamespaceOptions {
  broker?: string;
  username?: string;
  passwordPrompt?: boolean;
  ca?: string;
  cert?: string;
  key?: string;
  protocol?: "5" | "4";
  clientId?: string;
}

const PASSWORD_VARIABLE = "WUDUN_OTA_PASSWORD";

export function addBrokerOptions(command: CliCommand): CliCommand {
  return addNamespaceOptions(
    command.value("--broker <url>", {
      en: "broker address: ws, wss, mqtt or mqtts",
      zh: "服务器地址：ws、wss、mqtt 或 mqtts",
    }),
  )
    .value("--username <name>", { en: "user name for the broker", zh: "服务器的用户名" })
    .flag("--password-prompt", {
      en: `ask for the password (otherwise: ${PASSWORD_VARIABLE}, or asked when a user name is given on a terminal)`,
      zh: `提示输入密码（否则取自 ${PASSWORD_VARIABLE}；在终端给出用户名时也会提示）`,
    })
    .value("--ca <file>", { en: "certificate authorities to trust (PEM)", zh: "信任的 CA 证书（PEM）" })
    .value("--cert <file>", { en: "client certificate (PEM)", zh: "客户端证书（PEM）" })
    .value("--key <file>", { en: "key of the client certificate (PEM)", zh: "客户端证书的私钥（PEM）" })
    .value(
      "--protocol <version>",
      { en: "MQTT 5, or 4 for 3.1.1 (default: 5, then 4)", zh: "MQTT 5，或 4 表示 3.1.1（默认先 5 后 4）" },
      parseChoice(["5", "4"]),
    );
}

/** For those that have one client id to themselves. */
export function addClientIdOption(command: CliCommand): CliCommand {
  return command.value("--client-id <id>", { en: "MQTT client id", zh: "MQTT 客户端标识" });
}

/** A broker as the options describe it. */
export interface Broker {
  namespace: Namespace;
  /** The address as it may be printed. */
  shown: string;
  /** What both client and simulator need to connect. */
  login: Pick<ConnectOptions, "url" | "username" | "password" | "namespace" | "protocolVersion" | "tls" | "clientId">;
}

/** Reads the broker options; asks for the password where one is due. */
export async function readBroker(output: Output, options: BrokerOptions): Promise<Broker> {
  const namespace = namespaceOf(options);
  const address = readBrokerUrl(required(options.broker, "--broker"));
  if (address === undefined || !/^(?:ws|mqtt)s?:$/.test(new URL(address.url).protocol)) {
    throw usage(TEXT.brokerMalformed);
  }
  // Part of a password would otherwise be taken for the path, and shown.
  if (address.url.includes("@")) throw usage(TEXT.brokerOddAt);
  if ((options.cert === undefined) !== (options.key === undefined)) throw usage(TEXT.keyNeedsCert);
  const tls = await readTls(options);
  if (address.password !== undefined) output.warn(TEXT.passwordInUrl);
  const username = options.username ?? address.username;
  const password = await findPassword(output, options, address);
  if (password !== undefined && travelsInClear(address.url)) output.warn(TEXT.passwordInClear);
  return {
    namespace,
    shown: address.shown,
    login: {
      url: address.url,
      namespace,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(options.clientId === undefined ? {} : { clientId: options.clientId }),
      ...(options.protocol === undefined ? {} : { protocolVersion: options.protocol === "5" ? 5 : 4 }),
      ...(tls === undefined ? {} : { tls }),
    },
  };
}

async function findPassword(
  output: Output,
  options: BrokerOptions,
  address: BrokerAddress,
): Promise<string | undefined> {
  const fromEnvironment = process.env[PASSWORD_VARIABLE] || undefined;
  addSecret(fromEnvironment);
  if (options.passwordPrompt === true) {
    if (!canAsk()) throw usage(TEXT.promptNeedsTerminal);
    return askPassword(output, TEXT.passwordPrompt(address.shown));
  }
  const known = fromEnvironment ?? address.password;
  if (known !== undefined) return known;
  const named = options.username ?? address.username;
  if (named === undefined || !canAsk()) return undefined;
  return askPassword(output, TEXT.passwordPrompt(address.shown));
}

async function readTls(options: BrokerOptions): Promise<ConnectOptions["tls"]> {
  const { ca, cert, key } = options;
  if (ca === undefined && cert === undefined) return undefined;
  const pem = async (file: string | undefined): Promise<string | undefined> =>
    file === undefined ? undefined : named(file, () => readFile(file, "utf8"));
  return { ca: await pem(ca), cert: await pem(cert), key: await pem(key) };
}

function travelsInClear(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  if (protocol === "wss:" || protocol === "mqtts:") return false;
  return !/^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/** Says on standard error what becomes of the connection, until the client is closed; then why, if not by us. */
export async function narrate(
  output: Output,
  client: Client,
  shown: string,
  onEvent: (event: ClientEvent) => void = () => undefined,
): Promise<OtaError | undefined> {
  for await (const event of client.events()) {
    switch (event.type) {
      case "connected":
        output.note(TEXT.connected(shown, event.protocolVersion));
        break;
      case "reconnecting":
        output.warn(event.error ?? TEXT.reconnecting);
        break;
      case "session-lost":
      case "warning":
        output.warn(event.message);
        break;
      case "closed":
        return event.error;
    }
    onEvent(event);
  }
  return undefined;
}
