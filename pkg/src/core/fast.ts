/**
 * The short way into the core for ordinary messages: the payload is copied to a fixed place in its
 * memory, the core tells where each field lies, and strings are cut from the payload's text. Whatever
 * the core is not sure about, or has something to say about, goes the long way (`undefined` here).
 */

import { type Bindings, current } from "./instance.js";
import { STATUSES } from "./statuses.gen.js";
import { isWellFormed } from "./text.js";
import { copyOf, knownTopic } from "./topic-cache.js";
import type { CommandMessage, Decoded, DecodeOptions, Kind, ResultData, ResultMessage, Topic } from "./types.js";

/** String fields by the number that the core gives them. */
const MID = 0;
const DEVICE_UID = 1;
const SUB_DEVICE_UID = 2;
const TRACE_ID = 3;
const REPLY = 4;
const SOURCE = 5;
const VERSION = 6;
const TARGET_VERSION = 7;
const TARGET_COMMIT_SHA = 8;
const FINAL_VERSION = 9;
const FINAL_COMMIT_SHA = 10;
const DOWNLOAD_URL = 11;
const MD5_CODE = 12;
/** Every field that a result's data can have. */
const ALL_RESULT_DATA =
  (1 << SOURCE) |
  (1 << VERSION) |
  (1 << TARGET_VERSION) |
  (1 << TARGET_COMMIT_SHA) |
  (1 << FINAL_VERSION) |
  (1 << FINAL_COMMIT_SHA);

/** What the core's record holds, by place. */
const PRESENT = 0;
const ESCAPED = 1;
const TIMESTAMP_LOW = 2;
const TIMESTAMP_HIGH = 3;
const STATUS = 4;
const UNKNOWN_COUNT = 5;
const STRINGS = 6;
const UNKNOWN = STRINGS + 2 * (MD5_CODE + 1);
const UNKNOWN_LENGTH = 5;
/** Flags of an unknown member. */
const IN_DATA = 1;
const PLAIN = 2;

/** What `scanPayload` answers. */
const NOT_SURE = 0;
const ASCII = 1;

/** Payloads are limited to this unless the caller sets another limit (§5). */
const DEFAULT_MAX_BYTES = 65_536;

/** The places in memory where payload and record are, and the payload's text. */
interface Exchange {
  core: Bindings;
  payload: Uint8Array;
  record: Uint32Array;
  /** The first bytes of the payload as text. */
  text(length: number, ascii: boolean): string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
let exchange: Exchange | undefined;
/** Set by `scan`. */
let length = 0;

/** Reads a payload, if the short way is sure about it. */
export function decodeFast(payload: Uint8Array | string, options: DecodeOptions): Decoded | undefined {
  const topic = options.topic === undefined ? undefined : knownTopic(options.topic);
  const kind = kindOf(options, topic);
  if (kind === undefined) return undefined;
  const verdict = scan(payload, kind, options);
  if (verdict === NOT_SURE || exchange === undefined) return undefined;
  const { record } = exchange;
  const text = typeof payload === "string" ? payload : exchange.text(length, verdict === ASCII);
  const device = string(text, record, DEVICE_UID);
  if (topic !== undefined && topic.device !== device) return undefined;
  return kind === "result" ? result(text, record, device, topic) : command(text, record, device, topic);
}

/** Whether a payload is valid, if the short way is sure that it is. */
export function checkFast(payload: Uint8Array | string, options: DecodeOptions): true | undefined {
  const topic = options.topic === undefined ? undefined : knownTopic(options.topic);
  const kind = kindOf(options, topic);
  if (kind === undefined) return undefined;
  const verdict = scan(payload, kind, options);
  if (verdict === NOT_SURE || exchange === undefined) return undefined;
  return topic === undefined || isDevice(exchange, verdict === ASCII, topic.device) ? true : undefined;
}

/** The kind, if there is nothing to say about how it is known. */
function kindOf(options: DecodeOptions, topic: Topic | undefined): Kind | undefined {
  const { kind } = options;
  if (topic !== undefined) return kind === undefined || kind === topic.channel ? topic.channel : undefined;
  return options.topic === undefined && (kind === "command" || kind === "result") ? kind : undefined;
}

function scan(payload: Uint8Array | string, kind: Kind, { now, maxBytes }: DecodeOptions): number {
  if (now !== undefined && !(typeof now === "number" && now >= 0 && now <= Number.MAX_SAFE_INTEGER)) return NOT_SURE;
  if (maxBytes !== undefined && typeof maxBytes !== "number") return NOT_SURE;
  const core = current();
  // Memory that grew is a new buffer; views of the old one are empty.
  if (exchange === undefined || exchange.core !== core || exchange.payload.length === 0) exchange = open(core);
  const limit = Math.min(maxBytes ?? DEFAULT_MAX_BYTES, exchange.payload.length);
  const written = write(payload, exchange.payload, limit);
  if (written === undefined) return NOT_SURE;
  length = written;
  return core.scanPayload(length, kind === "command", now === undefined ? -1 : now);
}

/** Copies a payload and tells its length; `undefined` if it is too long or not what it should be. */
function write(payload: Uint8Array | string, to: Uint8Array, limit: number): number | undefined {
  if (typeof payload !== "string") {
    if (!(payload instanceof Uint8Array) || !(payload.length <= limit)) return undefined;
    to.set(payload);
    return payload.length;
  }
  if (payload.length > limit) return undefined;
  const { read, written } = encoder.encodeInto(payload, to);
  // The encoder would replace an unpaired surrogate.
  const whole = read === payload.length && written <= limit && (written === read || isWellFormed(payload));
  return whole ? written : undefined;
}

function open(core: Bindings): Exchange {
  const memory = core.coreMemory();
  const [payloadAt = 0, payloadLength = 0, recordAt = 0, recordLength = 0] = core.exchangePlaces();
  const payload = new Uint8Array(memory.buffer, payloadAt, payloadLength);
  const record = new Uint32Array(memory.buffer, recordAt, recordLength);
  const decode = (length: number) => decoder.decode(payload.subarray(0, length));
  // In Node and its like, a Buffer is cut into strings faster than a TextDecoder starts.
  if (globalThis.process?.versions?.node === undefined) return { core, payload, record, text: decode };
  const buffer = globalThis.Buffer.from(memory.buffer, payloadAt, payloadLength);
  const text = (length: number, ascii: boolean) => buffer.toString(ascii ? "latin1" : "utf8", 0, length);
  return { core, payload, record, text };
}

function isDevice({ payload, record, text }: Exchange, ascii: boolean, device: string): boolean {
  if (!ascii || has(record, ESCAPED, DEVICE_UID)) {
    return string(text(length, ascii), record, DEVICE_UID) === device;
  }
  const start = record[STRINGS + 2 * DEVICE_UID] ?? 0;
  const end = record[STRINGS + 2 * DEVICE_UID + 1] ?? 0;
  if (end - start !== device.length) return false;
  for (let i = 0; i < device.length; i++) {
    if (payload[start + i] !== device.charCodeAt(i)) return false;
  }
  return true;
}

function has(record: Uint32Array, set: number, field: number): boolean {
  return ((record[set] ?? 0) & (1 << field)) !== 0;
}

function string(text: string, record: Uint32Array, field: number): string {
  const start = record[STRINGS + 2 * field] ?? 0;
  const end = record[STRINGS + 2 * field + 1] ?? 0;
  return has(record, ESCAPED, field) ? JSON.parse(text.slice(start - 1, end + 1)) : text.slice(start, end);
}

function command(text: string, record: Uint32Array, device_uid: string, topic: Topic | undefined): Decoded {
  const data = {
    source: string(text, record, SOURCE),
    download_url: string(text, record, DOWNLOAD_URL),
    md5_code: string(text, record, MD5_CODE),
  };
  const message = envelope(text, record, device_uid, data);
  if (topic === undefined) return { kind: "command", message, diagnostics: [] };
  return { kind: "command", message, topic: copyOf(topic), diagnostics: [] };
}

function result(text: string, record: Uint32Array, device_uid: string, topic: Topic | undefined): Decoded {
  const info = STATUSES[(record[STATUS] ?? 0) - 1];
  const data = resultData(text, record, info?.code);
  const message: ResultMessage = envelope(text, record, device_uid, data);
  if (info === undefined) {
    if (topic === undefined) return { kind: "result", message, diagnostics: [] };
    return { kind: "result", message, topic: copyOf(topic), diagnostics: [] };
  }
  const { name: status, phase } = info;
  if (topic === undefined) return { kind: "result", message, status, phase, diagnostics: [] };
  return { kind: "result", message, status, phase, topic: copyOf(topic), diagnostics: [] };
}

/** Members in the protocol's order; the fullest shape, which is the most frequent, at once. */
function resultData(text: string, record: Uint32Array, status: ResultData["status"]): ResultData {
  if (status !== undefined && ((record[PRESENT] ?? 0) & ALL_RESULT_DATA) === ALL_RESULT_DATA) {
    return {
      source: string(text, record, SOURCE),
      version: string(text, record, VERSION),
      target_version: string(text, record, TARGET_VERSION),
      target_commit_sha: string(text, record, TARGET_COMMIT_SHA),
      final_version: string(text, record, FINAL_VERSION),
      final_commit_sha: string(text, record, FINAL_COMMIT_SHA),
      status,
    };
  }
  const data: ResultData = {};
  if (has(record, PRESENT, SOURCE)) data.source = string(text, record, SOURCE);
  if (has(record, PRESENT, VERSION)) data.version = string(text, record, VERSION);
  if (has(record, PRESENT, TARGET_VERSION)) data.target_version = string(text, record, TARGET_VERSION);
  if (has(record, PRESENT, TARGET_COMMIT_SHA)) data.target_commit_sha = string(text, record, TARGET_COMMIT_SHA);
  if (has(record, PRESENT, FINAL_VERSION)) data.final_version = string(text, record, FINAL_VERSION);
  if (has(record, PRESENT, FINAL_COMMIT_SHA)) data.final_commit_sha = string(text, record, FINAL_COMMIT_SHA);
  if (status !== undefined) data.status = status;
  return data;
}

function envelope<D extends CommandMessage["data"] | ResultData>(
  text: string,
  record: Uint32Array,
  device_uid: string,
  data: D,
): ResultMessage & { data: D } {
  const mid = string(text, record, MID);
  const type = "ota_upgrade";
  const timestamp = (record[TIMESTAMP_HIGH] ?? 0) * 2 ** 32 + (record[TIMESTAMP_LOW] ?? 0);
  const sub = has(record, PRESENT, SUB_DEVICE_UID) ? string(text, record, SUB_DEVICE_UID) : undefined;
  const trace = has(record, PRESENT, TRACE_ID) ? string(text, record, TRACE_ID) : undefined;
  const message: ResultMessage & { data: D } =
    sub === undefined
      ? trace === undefined
        ? { mid, type, device_uid, timestamp, data }
        : { mid, type, device_uid, timestamp, data, trace_id: trace }
      : trace === undefined
        ? { mid, type, device_uid, sub_device_uid: sub, timestamp, data }
        : { mid, type, device_uid, sub_device_uid: sub, timestamp, data, trace_id: trace };
  if (has(record, PRESENT, REPLY)) message.reply = string(text, record, REPLY);
  if (record[UNKNOWN_COUNT] !== 0) addUnknown(text, record, message);
  return message;
}

function addUnknown(text: string, record: Uint32Array, message: ResultMessage): void {
  const end = UNKNOWN + UNKNOWN_LENGTH * (record[UNKNOWN_COUNT] ?? 0);
  for (let at = UNKNOWN; at < end; at += UNKNOWN_LENGTH) {
    const start = record[at + 2] ?? 0;
    const valueEnd = record[at + 3] ?? 0;
    const flags = record[at + 4] ?? 0;
    const value: unknown =
      (flags & PLAIN) !== 0 ? text.slice(start + 1, valueEnd - 1) : JSON.parse(text.slice(start, valueEnd));
    define((flags & IN_DATA) !== 0 ? message.data : message, text.slice(record[at], record[at + 1]), value);
  }
}

/** As `JSON.parse` does it: `__proto__` is a member like any other. */
function define(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
