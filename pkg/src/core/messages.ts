import { commandOrResult, optionalNumber, optionalTopic, payloadOf, toJson } from "./arguments.js";
import { invalidArgument, OtaError, safely, withoutStack } from "./errors.js";
import { checkFast, decodeFast } from "./fast.js";
import { call, errorOf, inWords, parse } from "./instance.js";
import { sizeBeyondLimit } from "./limit.js";
import { STATUSES } from "./statuses.gen.js";
import { toBytes } from "./text.js";
import { copyOf, knownTopic } from "./topic-cache.js";
import type { CommandMessage, Decoded, DecodeOptions, Diagnostic, Kind, Message, Result } from "./types.js";

/**
 * Compact JSON, fields in the protocol's order. Throws `OtaError` when the message is not valid.
 *
 * @example
 * ```ts
 * import { buildResult, encode } from "wudun-ota";
 *
 * const { message } = buildResult({ device: "gw-0001", status: "prepared", timestamp: 1800000000000 });
 * console.log(encode({ ...message, mid: "9b2d7c10-5f6e-4d3c-a1b0-2e4f6a8c0d1e" }));
 * // {"mid":"9b2d7c10-5f6e-4d3c-a1b0-2e4f6a8c0d1e","type":"ota_upgrade","device_uid":"gw-0001","timestamp":1800000000000,"data":{"status":2}}
 * ```
 */
export function encode(message: Message): string {
  const json = toJson(message, "message");
  const size = sizeBeyondLimit(json);
  const text = call((core) =>
    size === undefined ? core.encode(toBytes(json)) : core.refuseSize(size, undefined, undefined, undefined),
  );
  if (!text.startsWith("{")) throw errorOf(text);
  return text;
}

/**
 * Reads a payload (§5, §6). Throws `OtaError` with every finding when the message is not valid.
 *
 * @example
 * ```ts
 * import { decode } from "wudun-ota";
 *
 * const payload = `{"mid":"9b2d7c10-5f6e-4d3c-a1b0-2e4f6a8c0d1e","type":"ota_upgrade","device_uid":"gw-0001",
 *   "timestamp":1800000000000,"data":{"status":4}}`;
 * const decoded = decode(payload, { topic: "v1/wudun/pk01/gw-0001/ota/upgrade/result" });
 * if (decoded.kind === "result") console.log(decoded.status, decoded.phase);
 * // succeeded final
 * ```
 */
export function decode(payload: Uint8Array | string, options: DecodeOptions = {}): Decoded {
  const read = readPayload(payload, options);
  if (Array.isArray(read)) throw OtaError.of(read);
  return read;
}

/** What the core answers: a valid message with what else was found, or findings alone. */
export type Answer<M extends Message> = Read<M> | string;

interface Read<M extends Message> {
  kind: Kind;
  message: M;
  found: string;
}

function answerOf<M extends Message>(answer: string): Answer<M> {
  return answer.startsWith("{") ? parse<Read<M>>(answer) : answer;
}

/** The message, or findings. */
function readPayload(payload: Uint8Array | string, options: DecodeOptions): Decoded | Diagnostic[] {
  const read = decodeFast(payload, options) ?? decodeSlowly(payload, options);
  if (typeof read !== "string") return read;
  const answer = answerOf(read);
  return typeof answer === "string" ? inWords(answer) : decoded(answer, options.topic);
}

function decodeSlowly(payload: Uint8Array | string, options: DecodeOptions): string {
  const { topic, command, lenient, now, maxBytes } = checked(options);
  const size = sizeBeyondLimit(payload, maxBytes);
  return call((core) => {
    if (size !== undefined) return core.refuseSize(size, topic, command, maxBytes);
    const { bytes, text } = payloadOf(payload);
    return core.decode(bytes, text, topic, command, lenient, now, maxBytes);
  });
}

function decoded({ kind, message, found }: Read<Message>, topic: string | undefined): Decoded {
  const diagnostics = inWords(found);
  const known = topic === undefined ? undefined : knownTopic(topic);
  const on = known === undefined ? undefined : { topic: copyOf(known) };
  // The core gives the kind of message that it says.
  if (kind === "command") return { kind, message: message as CommandMessage, ...on, diagnostics };
  const info = STATUSES.find(({ code }) => code === message.data.status);
  const status = info && { status: info.name, phase: info.phase };
  return { kind, message, ...status, ...on, diagnostics };
}

/** Reads what `JSON.stringify` wrote; the findings have no places. */
export function read<M extends Message>(
  json: string,
  kind: Kind,
  { topic, now, maxBytes }: Pick<DecodeOptions, "topic" | "now" | "maxBytes"> = {},
): Answer<M> {
  const command = kind === "command";
  const size = sizeBeyondLimit(json, maxBytes);
  const answer = call((core) =>
    size === undefined
      ? core.read(toBytes(json), command, topic, now, maxBytes)
      : core.refuseSize(size, topic, command, maxBytes),
  );
  return answerOf(answer);
}

/**
 * Whether `decode` would find no error.
 *
 * @example
 * ```ts
 * import { check } from "wudun-ota";
 *
 * console.log(check("{}", { kind: "result" }));
 * // false
 * ```
 */
export function check(payload: Uint8Array | string, options: DecodeOptions = {}): boolean {
  return checkFast(payload, options) ?? checkSlowly(payload, options);
}

function checkSlowly(payload: Uint8Array | string, options: DecodeOptions): boolean {
  const { topic, command, lenient, now, maxBytes } = checked(options);
  if (sizeBeyondLimit(payload, maxBytes) !== undefined) return false;
  const { bytes, text } = payloadOf(payload);
  return call((core) => core.check(bytes, text, topic, command, lenient, now, maxBytes));
}

/**
 * Checks a JavaScript object, from a form for instance, by the rules of `decode`; the findings have no places.
 *
 * @example
 * ```ts
 * import { validate } from "wudun-ota";
 *
 * const [first] = validate("command", { mid: "", type: "ota_upgrade" });
 * console.log(first.code, first.path);
 * // field-missing /device_uid
 * ```
 */
export function validate(kind: Kind, value: unknown, options: Pick<DecodeOptions, "topic" | "now"> = {}): Diagnostic[] {
  const { topic, now } = checked({ ...options, kind });
  let json: string;
  try {
    json = toJson(value, "value");
  } catch (error) {
    if (!OtaError.is(error)) throw error;
    return [{ code: "json-syntax", severity: "error", path: "", message: error.text }];
  }
  const answer = read(json, kind, { topic, now });
  return inWords(typeof answer === "string" ? answer : answer.found);
}

function checked(options: DecodeOptions) {
  const { kind } = options;
  if (kind !== undefined && kind !== "command" && kind !== "result") {
    throw invalidArgument("kind", commandOrResult);
  }
  return {
    command: kind && kind === "command",
    topic: optionalTopic(options.topic),
    lenient: options.lenient === true,
    now: optionalNumber(options.now, "now"),
    maxBytes: optionalNumber(options.maxBytes, "maxBytes"),
  };
}

/**
 * `encode`, with the error returned instead of thrown.
 *
 * @example
 * ```ts
 * import { safeEncode } from "wudun-ota";
 *
 * const encoded = safeEncode({ mid: "1", type: "ota_upgrade", device_uid: "gw-0001", timestamp: -1, data: {} });
 * console.log(encoded.ok ? encoded.value : encoded.error.code);
 * // mid-form
 * ```
 */
export const safeEncode = (message: Message) => safely(() => encode(message));
/**
 * `decode`, with the error returned instead of thrown: it has no stack, and costs a fraction of a thrown one.
 *
 * @example
 * ```ts
 * import { safeDecode } from "wudun-ota";
 *
 * const read = safeDecode(new TextEncoder().encode('{"mid":'), { kind: "result" });
 * if (!read.ok) for (const { code, line, column } of read.error.diagnostics) console.log(code, line, column);
 * // json-syntax 1 8
 * ```
 */
export function safeDecode(payload: Uint8Array | string, options: DecodeOptions = {}): Result<Decoded, OtaError> {
  try {
    const read = readPayload(payload, options);
    if (!Array.isArray(read)) return { ok: true, value: read };
    return { ok: false, error: withoutStack(() => OtaError.of(read)) };
  } catch (error) {
    if (OtaError.is(error)) return { ok: false, error };
    throw error;
  }
}
/**
 * `check`, with the error returned instead of thrown.
 *
 * @example
 * ```ts
 * import { safeCheck } from "wudun-ota";
 *
 * const checked = safeCheck("{}", JSON.parse('{"maxBytes":"1"}'));
 * console.log(checked.ok ? checked.value : checked.error.code);
 * // invalid-argument
 * ```
 */
export const safeCheck = (payload: Uint8Array | string, options?: DecodeOptions) =>
  safely(() => check(payload, options));
/**
 * `validate`, with the error returned instead of thrown.
 *
 * @example
 * ```ts
 * import { safeValidate } from "wudun-ota";
 *
 * const validated = safeValidate(JSON.parse('"status"'), {});
 * console.log(validated.ok ? validated.value : validated.error.message);
 * // `kind` must be "command" or "result"
 * ```
 */
export const safeValidate = (kind: Kind, value: unknown, options?: Pick<DecodeOptions, "topic" | "now">) =>
  safely(() => validate(kind, value, options));
