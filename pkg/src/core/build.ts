/** Builders: naming and defaults are ours, the rules are the core's. */

import { inputObject, placeIn, string } from "./arguments.js";
import { engineTooOld, invalidArgument, OtaError, safely } from "./errors.js";
import { call, errorOf, inWords } from "./instance.js";
import { read } from "./messages.js";
import { STATUSES } from "./statuses.gen.js";
import type { Built, CommandInput, CommandMessage, Kind, Message, ResultInput, ResultMessage } from "./types.js";

/**
 * A command (§3), with the warnings that it gives rise to. Throws `OtaError` with every finding.
 *
 * @example
 * ```ts
 * import { buildCommand } from "wudun-ota";
 *
 * const { message, diagnostics } = buildCommand({
 *   device: "gw-0001",
 *   source: "ems_II",
 *   downloadUrl: "https://firmware.example.com/ems_II-2.4.0.bin",
 *   md5: "9E107D9D372BB6826BD81D3542A419D6",
 * });
 * console.log(message.type, message.data.md5_code, diagnostics.length);
 * // ota_upgrade 9e107d9d372bb6826bd81d3542a419d6 0
 * ```
 */
export function buildCommand(input: CommandInput): Built<CommandMessage> {
  return build(input, "command");
}

/**
 * A result (§4), as a gateway sends it. Throws `OtaError` with every finding.
 *
 * @example
 * ```ts
 * import { buildResult } from "wudun-ota";
 *
 * const { message } = buildResult({ device: "gw-0001", status: "succeeded", finalVersion: "2.4.0" });
 * console.log(message.data.status, message.data.final_version);
 * // 4 2.4.0
 * ```
 */
export function buildResult(input: ResultInput): Built<ResultMessage> {
  return build(input, "result");
}

/** Members of both builders' inputs, in the order of the message, each with its place in it. */
const envelope = {
  mid: "/mid",
  device: "/device_uid",
  subDevice: "/sub_device_uid",
  timestamp: "/timestamp",
};
const ending = { traceId: "/trace_id" };
const members: Record<Kind, Record<string, string>> = {
  command: {
    ...envelope,
    source: "/data/source",
    downloadUrl: "/data/download_url",
    md5: "/data/md5_code",
    ...ending,
  },
  result: {
    ...envelope,
    source: "/data/source",
    version: "/data/version",
    targetVersion: "/data/target_version",
    targetCommitSha: "/data/target_commit_sha",
    finalVersion: "/data/final_version",
    finalCommitSha: "/data/final_commit_sha",
    status: "/data/status",
    ...ending,
    reply: "/reply",
  },
};

const required: Record<Kind, readonly string[]> = {
  command: ["device", "source", "downloadUrl", "md5"],
  result: ["device"],
};

/** The greatest message that is read at all, in bytes (§5). */
const greatest = 16 * 1024 * 1024;

/** Writes a message as the caller wants it and reads it by the rules: there is only one set of them. */
function build<M extends Message>(input: CommandInput | ResultInput, kind: Kind): Built<M> {
  const data: Record<string, unknown> = {};
  const message: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(completed(input, kind))) {
    const path = members[kind][name]?.split("/") ?? [];
    if (path.length === 3) data[path[2] ?? ""] = value;
    else message[path[1] ?? ""] = value;
    // Its place is behind the timestamp.
    if (name === "timestamp") {
      message.type = "ota_upgrade";
      message.data = data;
    }
  }
  const answer = read<M>(JSON.stringify(message), kind, { maxBytes: greatest });
  if (typeof answer === "string") throw errorOf(answer);
  return { message: answer.message, diagnostics: inWords(answer.found) };
}

/** The input by the message's order. What is required and missing is empty text, so that it is one finding among all. */
function completed(input: CommandInput | ResultInput, kind: Kind): Readonly<Record<string, unknown>> {
  const given = inputObject(input, "input", "json-unpaired-surrogate", members[kind]);
  const names = Object.keys(members[kind]);
  const stranger = Object.keys(given).find((name) => !names.includes(name));
  if (stranger !== undefined) {
    const known = names.map((name) => `\`${name}\``).join(", ");
    throw new OtaError("invalid-argument", {
      en: `\`input\` is not as expected: unknown field \`${stranger}\`, expected one of ${known}`,
      zh: `\`input\` 不符合要求：未知字段 \`${stranger}\`，应为以下之一：${known}`,
    });
  }
  const complete: Record<string, unknown> = {};
  for (const name of names) {
    const value = given[name] ?? substitute(name, kind);
    if (value !== undefined) complete[name] = checkedMember(name, value);
  }
  return complete;
}

function substitute(name: string, kind: Kind): string | number | undefined {
  if (name === "mid") {
    // Node 18 has none. Not `typeof`, which would have Node load it.
    if (!("crypto" in globalThis)) throw engineTooOld();
    return call((core) => core.randomMid());
  }
  if (name === "timestamp") return Date.now();
  return required[kind].includes(name) ? "" : undefined;
}

function checkedMember(name: string, value: unknown): string | number {
  if (name === "timestamp") {
    if (typeof value !== "number") throw invalidArgument(name, { en: "a number", zh: "数字" });
    return value;
  }
  if (name === "status") {
    const names = STATUSES.map((status) => status.name);
    return STATUSES[placeIn(names, value, name)]?.code ?? 0;
  }
  const text = string(value, name);
  return name === "md5" ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
}

/**
 * `buildCommand`, with the error returned instead of thrown.
 *
 * @example
 * ```ts
 * import { safeBuildCommand } from "wudun-ota";
 *
 * const built = safeBuildCommand({ device: "gw-0001", source: "ems_II", downloadUrl: "ftp://host/image", md5: "none" });
 * console.log(built.ok ? built.value.message : built.error.diagnostics.map(({ code }) => code).join(" "));
 * // url-scheme md5-form
 * ```
 */
export const safeBuildCommand = (input: CommandInput) => safely(() => buildCommand(input));
/**
 * `buildResult`, with the error returned instead of thrown.
 *
 * @example
 * ```ts
 * import { safeBuildResult } from "wudun-ota";
 *
 * const built = safeBuildResult({ device: "gw/0001", status: "prepared" });
 * console.log(built.ok ? built.value.message : built.error.code);
 * // level-character
 * ```
 */
export const safeBuildResult = (input: ResultInput) => safely(() => buildResult(input));
