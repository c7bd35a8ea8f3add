import type { Namespace } from "../index.js";
import { BadValue, type CliCommand, type OptionParser } from "./command-line.js";
import { usage } from "./failure.js";
import { TEXT } from "./text.js";

/** The namespace flags, of which exactly one is given. */
export interface NamespaceOptions {
  productKey?: string;
  tenant?: string;
  prefix?: string;
}

export function addNamespaceOptions(command: CliCommand): CliCommand {
  return command
    .value("--product-key <key>", {
      en: "namespace v1/wudun/KEY (user-defined MQTT)",
      zh: "命名空间 v1/wudun/KEY（用户自定义MQTT）",
    })
    .value("--tenant <name>", {
      en: "namespace v1/user/NAME (platform-default MQTT)",
      zh: "命名空间 v1/user/NAME（平台默认MQTT）",
    })
    .value("--prefix <prefix>", { en: "namespace PREFIX (custom prefix)", zh: "命名空间 PREFIX（自定义前缀）" });
}

export function namespaceOf(options: NamespaceOptions): Namespace {
  const { productKey, tenant, prefix } = options;
  const given = [productKey, tenant, prefix].filter((value) => value !== undefined);
  if (given.length > 1) throw usage(TEXT.namespaceOnce);
  if (productKey !== undefined) return { kind: "wudun", productKey };
  if (tenant !== undefined) return { kind: "user", tenant };
  if (prefix !== undefined) return { kind: "prefix", prefix };
  throw usage(TEXT.namespaceNeeded);
}

/** The flags that repeat `namespace` on another command line. */
export function namespaceFlags(namespace: Namespace): string[] {
  switch (namespace.kind) {
    case "wudun":
      return ["--product-key", namespace.productKey];
    case "user":
      return ["--tenant", namespace.tenant];
    case "prefix":
      return ["--prefix", namespace.prefix];
  }
}

/** What an upgrade command says, of which `md5` or `file` is given. */
export interface TargetOptions {
  device?: string;
  subDevice?: string;
  source?: string;
  url?: string;
  md5?: string;
  file?: string;
  traceId?: string;
}

export function addTargetOptions(command: CliCommand): CliCommand {
  return command
    .value("--device <uid>", { en: "the gateway to upgrade", zh: "要升级的网关" })
    .value("--sub-device <uid>", {
      en: "the first-level device, when a second-level device acts for it",
      zh: "一级设备（仅当由二级设备代为执行时）",
    })
    .value("--source <name>", { en: "the update target, such as ems_II", zh: "更新目标，例如 ems_II" })
    .value("--url <url>", { en: "where the device downloads the file", zh: "设备下载文件的地址" })
    .value("--md5 <hex>", { en: "MD5 of the file", zh: "文件的 MD5" }, parseMd5)
    .value("--file <path>", { en: "the file itself, to compute its MD5", zh: "文件本身，用于计算 MD5" }, undefined, [
      "--md5",
    ])
    .value("--trace-id <text>", { en: "trace id to send along", zh: "随命令发送的 trace_id" });
}

/** The value of an option that this use of the command needs. */
export function required(value: string | undefined, flag: string): string {
  if (value === undefined) throw usage(TEXT.optionNeeded(flag));
  return value;
}

export const parseMd5: OptionParser<string> = (text) => {
  if (!/^[0-9a-f]{32}$/i.test(text)) throw new BadValue(TEXT.md5Malformed);
  return text.toLowerCase();
};

const UNITS: Partial<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A duration such as `90s`, in milliseconds. */
export const parseDuration: OptionParser<number> = (text) => {
  const [, digits, unit] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text) ?? [];
  const factor = UNITS[unit ?? ""];
  const milliseconds = Math.round(Number(digits) * (factor ?? Number.NaN));
  if (!(milliseconds > 0)) throw new BadValue(TEXT.durationMalformed);
  return milliseconds;
};

export function parseInteger(from: number, to: number): OptionParser<number> {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,10}$/.test(text) || value < from || value > to) {
      throw new BadValue(TEXT.numberMalformed(from, to));
    }
    return value;
  };
}

/** One of a fixed list of words. */
export function parseChoice<T extends string>(choices: readonly T[]): OptionParser<T> {
  return (text) => {
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw new BadValue(TEXT.choice(choices.join(", ")));
    return found;
  };
}
