import { inputObject, optionalNumber, optionalTopic, payloadOf, string, toJson } from "./arguments.js";
import { invalidArgument, OtaError, safely } from "./errors.js";
import { checkFast, decodeFast } from "./fast.js";
import { call, parse } from "./instance.js";
import { STATUSES } from "./statuses.gen.js";
import { sizeOf, toBytes } from "./text.js";
import type {
  Built,
  CommandInput,
  CommandMessage,
  Decoded,
  DecodeOptions,
  Diagnostic,
  Kind,
  Message,
  ResultInput,
  ResultMessage,
} from "./types.js";

/** A command (§3), with the warnings that it gives rise to. Throws `OtaError` with every finding. */
export function buildCommand(input: CommandInput): Built<CommandMessage> {
  const complete = completed(input, ["device", "source", "downloadUrl", "md5"]);
  return call((core) => parse<Built<CommandMessage>>(core.buildCommand(complete)));
}

/** A result (§4), as a gateway sends it. Throws `OtaError` with every finding. */
export function buildResult(input: ResultInput): Built<ResultMessage> {
  const complete = completed(input, ["device"]);
  return call((core) => parse<Built<ResultMessage>>(core.buildResult(complete)));
}

/** Where each member of a builder's input goes in the message. */
const paths = {
  mid: "/mid",
  device: "/device_uid",
  subDevice: "/sub_device_uid",
  traceId: "/trace_id",
  reply: "/reply",
  source: "/data/source",
  downloadUrl: "/data/download_url",
  md5: "/data/md5_code",
  version: "/data/version",
  targetVersion: "/data/target_version",
  targetCommitSha: "/data/target_commit_sha",
  finalVersion: "/data/final_version",
  finalCommitSha: "/data/final_commit_sha",
};

/** The input as the core takes it. What is required and missing goes as empty text, so that it is one finding among all. */
function completed<I extends CommandInput | ResultInput>(input: I, required: (keyof I & string)[]): object {
  const members: Record<string, unknown> = { ...input };
  members.mid ??= call((core) => core.randomMid());
  members.timestamp ??= Date.now();
  for (const name of required) members[name] ??= "";
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined || value === null) continue;
    if (name === "timestamp" && typeof value !== "number") {
      throw invalidArgument(name, { en: "a number", zh: "数字" });
    }
    if (name === "status" && !STATUSES.some((status) => status.name === value)) {
      const names = STATUSES.map((status) => status.name).join(", ");
      throw invalidArgument(name, { en: `one of ${names}`, zh: `以下之一：${names}` });
    }
    if (Object.hasOwn(paths, name)) string(value, name);
  }
  return inputObject(members, "input", "json-unpaired-surrogate", paths);
}

/** Compact JSON, fields in the protocol's order. Throws `OtaError` when the message is not valid. */
export function encode(message: Message): string {
  const bytes = toBytes(toJson(message, "message"));
  return call((core) => core.encode(bytes));
}

/** Reads a payload (§5, §6). Throws `OtaError` with every finding when the message is not valid. */
export function decode(payload: Uint8Array | string, options: DecodeOptions = {}): Decoded {
  return decodeFast(payload, options) ?? decodeSlowly(payload, options);
}

function decodeSlowly(payload: Uint8Array | string, options: DecodeOptions): Decoded {
  const { topic, kind, lenient, now, maxBytes } = checked(options);
  const size = sizeBeyondLimit(payload, maxBytes);
  if (size !== undefined) call((core) => core.refuseSize(size, topic, kind, maxBytes));
  const { bytes, text } = payloadOf(payload);
  return call((core) => parse<Decoded>(core.decode(bytes, text, topic, kind, lenient, now, maxBytes)));
}

/** Whether `decode` would find no error. */
export function check(payload: Uint8Array | string, options: DecodeOptions = {}): boolean {
  return checkFast(payload, options) ?? checkSlowly(payload, options);
}

function checkSlowly(payload: Uint8Array | string, options: DecodeOptions): boolean {
  const { topic, kind, lenient, now, maxBytes } = checked(options);
  if (sizeBeyondLimit(payload, maxBytes) !== undefined) return false;
  const { bytes, text } = payloadOf(payload);
  return call((core) => core.check(bytes, text, topic, kind, lenient, now, maxBytes));
}

/** The size of a payload that is too large (§5): it is refused before anything is made of it. */
function sizeBeyondLimit(payload: Uint8Array | string, maxBytes: number | undefined): number | undefined {
  const isText = typeof payload === "string";
  if (!isText && !(payload instanceof Uint8Array)) return undefined;
  const limit = call((core) => core.payloadLimit(maxBytes));
  // A UTF-16 unit takes at most three bytes.
  if (payload.length * (isText ? 3 : 1) <= limit) return undefined;
  const size = isText ? sizeOf(payload) : payload.length;
  return size > limit ? size : undefined;
}

/** Checks a JavaScript object, from a form for instance, by the rules of `decode`; the findings have no places. */
export function validate(kind: Kind, value: unknown, options: Pick<DecodeOptions, "topic" | "now"> = {}): Diagnostic[] {
  const { topic, now } = checked({ ...options, kind });
  let json: string;
  try {
    json = toJson(value, "value");
  } catch (error) {
    if (!OtaError.is(error)) throw error;
    return [{ code: "json-syntax", severity: "error", path: "", message: error.text }];
  }
  const bytes = toBytes(json);
  return call((core) => parse<Diagnostic[]>(core.validate(bytes, kind, topic, now)));
}

function checked(options: DecodeOptions) {
  const { kind } = options;
  if (kind !== undefined && kind !== "command" && kind !== "result") {
    throw invalidArgument("kind", { en: '"command" or "result"', zh: ' "command" 或 "result"' });
  }
  return {
    kind,
    topic: optionalTopic(options.topic),
    lenient: options.lenient === true,
    now: optionalNumber(options.now, "now"),
    maxBytes: optionalNumber(options.maxBytes, "maxBytes"),
  };
}

/** `buildCommand`, with the error returned instead of thrown. */
export const safeBuildCommand = (input: CommandInput) => safely(() => buildCommand(input));
/** `buildResult`, with the error returned instead of thrown. */
export const safeBuildResult = (input: ResultInput) => safely(() => buildResult(input));
/** `encode`, with the error returned instead of thrown. */
export const safeEncode = (message: Message) => safely(() => encode(message));
/** `decode`, with the error returned instead of thrown. */
export const safeDecode = (payload: Uint8Array | string, options?: DecodeOptions) =>
  safely(() => decode(payload, options));
/** `check`, with the error returned instead of thrown. */
export const safeCheck = (payload: Uint8Array | string, options?: DecodeOptions) =>
  safely(() => check(payload, options));
/** `validate`, with the error returned instead of thrown. */
export const safeValidate = (kind: Kind, value: unknown, options?: Pick<DecodeOptions, "topic" | "now">) =>
  safely(() => validate(kind, value, options));
