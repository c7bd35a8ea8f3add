/**
 * The short way into the core: the payload is copied to a fixed place in its memory, the core tells where each
 * field lies, and strings are cut from the payload's text. What the core is not sure about, or has something to
 * say about, it reads once more where it lies. What does not fit that place, or is not as the types say, goes the
 * long way (`undefined` here).
 */

import { type Bindings, call, current, needWords } from "./instance.js";
import { STATUSES } from "./statuses.gen.js";
import { isWellFormed } from "./text.js";
import { copyOf, knownTopic } from "./topic-cache.js";
import type {
  CommandMessage,
  Decoded,
  DecodeOptions,
  Diagnostic,
  Kind,
  ResultData,
  ResultMessage,
  Topic,
} from "./types.js";
import { diagnosticsAt } from "./words.js";

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
const TYPE = 13;
/** Every field that a result's data can have. */
const ALL_RESULT_DATA =
  (1 << SOURCE) |
  (1 << VERSION) |
  (1 << TARGET_VERSION) |
  (1 << TARGET_COMMIT_SHA) |
  (1 << FINAL_VERSION) |
  (1 << FINAL_COMMIT_SHA);

/** What the core's record holds, by place. */
const TIMESTAMP_LOW = 0;
const TIMESTAMP_HIGH = 1;
const PRESENT = 2;
const ESCAPED = 3;
const WIDE = 4;
const STATUS = 5;
const UNKNOWN_COUNT = 6;
const STRINGS = 7;
const UNKNOWN = STRINGS + 2 * (TYPE + 1);
const UNKNOWN_LENGTH = 5;
const RECORD_LENGTH = UNKNOWN + 64 * UNKNOWN_LENGTH;
/** Flags of an unknown member: where it is, whether its value is a string without escapes, what is beyond ASCII. */
const IN_DATA = 1;
const PLAIN = 2;
const WIDE_KEY = 4;
const WIDE_VALUE = 8;

/** Where an answer of `readPayload` is, by place. */
const ANSWER_TEXT = 0;
const ANSWER_LENGTH = 1;
const ANSWER_IS_ASCII = 2;
const ROWS = 3;
const ROW_NUMBERS = 4;
const NUMBERS = 5;
const ANSWERED_LENGTH = 6;

/** What `scanPayload` answers. */
const NOT_SURE = 0;
const ASCII = 1;
/** There is no payload in its place. */
const NOT_THERE = -1;
/** What `readPayload` is told. */
const TEXT = 1;
const COMMAND = 2;
const LENIENT = 4;
const CHECK = 8;

/** Payloads are limited to this unless the caller sets another limit (§5). */
const DEFAULT_MAX_BYTES = 65_536;

/** The places in memory where payload, device and record are, and the text of any place. All places count bytes. */
interface Exchange {
  core: Bindings;
  scan: Bindings["scanPayload"];
  payload: Uint8Array;
  /** Where the payload begins. */
  at: number;
  device: Uint8Array;
  /** Its places are relative to the payload's. */
  record: Int32Array;
  /** Where an answer is. */
  answered: Uint32Array;
  /** All of it. */
  memory: Int32Array;
  /** A unit for each byte. */
  units(start: number, end: number): string;
  /** UTF-8. */
  text(start: number, end: number): string;
}

const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { ignoreBOM: true });
let exchange: Exchange | undefined;
/** Set by `scan`. */
let length = 0;

/** Reads a payload: the message, the core's answer about a valid one, or what was found in another. */
export function decodeFast(
  payload: Uint8Array | string,
  options: DecodeOptions,
): Decoded | string | Diagnostic[] | undefined {
  const topic = options.topic === undefined ? undefined : knownTopic(options.topic);
  const kind = kindOf(options, topic);
  if (kind === undefined) return undefined;
  const verdict = scan(payload, kind, topic !== undefined, options);
  if (verdict === NOT_THERE || exchange === undefined) return undefined;
  if (verdict === NOT_SURE) return read(typeof payload === "string", kind, topic, options);
  const { record, at } = exchange;
  const units = typeof payload === "string" && verdict === ASCII ? payload : exchange.units(at, at + length);
  const device = string(units, record, DEVICE_UID);
  if (topic !== undefined && topic.device !== device) return read(typeof payload === "string", kind, topic, options);
  return kind === "result" ? result(units, record, device, topic) : command(units, record, device, topic);
}

/** Whether a payload is valid. */
export function checkFast(payload: Uint8Array | string, options: DecodeOptions): boolean | undefined {
  const topic = options.topic === undefined ? undefined : knownTopic(options.topic);
  const kind = kindOf(options, topic);
  if (kind === undefined) return undefined;
  const verdict = scan(payload, kind, topic !== undefined, options);
  if (verdict === NOT_THERE || exchange === undefined) return undefined;
  if (verdict !== NOT_SURE && (topic === undefined || isDevice(exchange, topic.device))) return true;
  const device = topic === undefined ? -1 : writeDevice(topic.device);
  if (device === undefined) return undefined;
  const known = knownOf(typeof payload === "string", kind, options) | CHECK;
  return call((core) => core.readPayload(length, known, device, options.now ?? -1));
}

function knownOf(isText: boolean, kind: Kind, { lenient }: DecodeOptions): number {
  return (isText ? TEXT : 0) | (kind === "command" ? COMMAND : 0) | (lenient === true ? LENIENT : 0);
}

/** The kind, if there is nothing to say about how it is known. */
function kindOf(options: DecodeOptions, topic: Topic | undefined): Kind | undefined {
  const { kind } = options;
  if (topic !== undefined) return kind === undefined || kind === topic.channel ? topic.channel : undefined;
  return options.topic === undefined && (kind === "command" || kind === "result") ? kind : undefined;
}

function scan(payload: Uint8Array | string, kind: Kind, onTopic: boolean, { now, maxBytes }: DecodeOptions): number {
  if ((now !== undefined && !isCount(now)) || (maxBytes !== undefined && !isCount(maxBytes))) return NOT_THERE;
  const core = current();
  if (exchange === undefined || exchange.core !== core || exchange.payload.length === 0) exchange = open(core);
  const limit = Math.min(maxBytes ?? DEFAULT_MAX_BYTES, exchange.payload.length);
  const written = write(payload, exchange.payload, limit);
  if (written === undefined) return NOT_THERE;
  length = written;
  return exchange.scan(length, kind === "command", onTopic, now === undefined ? -1 : now);
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER && Number.isInteger(value);
}

/** What the core answers about the payload in its place. */
function read(
  isText: boolean,
  kind: Kind,
  topic: Topic | undefined,
  options: DecodeOptions,
): string | Diagnostic[] | undefined {
  const device = topic === undefined ? -1 : writeDevice(topic.device);
  if (device === undefined) return undefined;
  const known = knownOf(isText, kind, options);
  return call((core) => {
    const isValid = core.readPayload(length, known, device, options.now ?? -1);
    // Memory that grew is a new buffer; views of the old one are empty.
    if (exchange === undefined || exchange.payload.length === 0) exchange = open(core);
    const { answered, memory } = exchange;
    const start = answered[ANSWER_TEXT] ?? 0;
    const end = start + (answered[ANSWER_LENGTH] ?? 0);
    const text = answered[ANSWER_IS_ASCII] === 1 ? exchange.units(start, end) : exchange.text(start, end);
    if (isValid) return text;
    needWords();
    const [rows, numbers] = [(answered[ROWS] ?? 0) >>> 2, (answered[NUMBERS] ?? 0) >>> 2];
    return diagnosticsAt(memory, rows, answered[ROW_NUMBERS] ?? 0, numbers, text);
  });
}

/** Lays down a topic's device and tells its length; `undefined` if it is long or not ASCII. */
function writeDevice(device: string): number | undefined {
  const to = exchange?.device;
  if (to === undefined || device.length > to.length) return undefined;
  for (let i = 0; i < device.length; i++) {
    const unit = device.charCodeAt(i);
    if (unit > 0x7f) return undefined;
    to[i] = unit;
  }
  return device.length;
}

/** Copies a payload and tells its length; `undefined` if it is too long or not what it should be. */
function write(payload: Uint8Array | string, to: Uint8Array, limit: number): number | undefined {
  if (typeof payload !== "string") {
    // Memory that was transferred away looks empty: the long way tells.
    if (!(payload instanceof Uint8Array) || payload.length === 0 || !(payload.length <= limit)) return undefined;
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
  // In this order: the places are made when they are asked for first, and memory may grow.
  const [at = 0, payloadLength = 0, deviceAt = 0, deviceLength = 0, recordAt = 0, answeredAt = 0] =
    core.exchangePlaces();
  const { buffer } = core.coreMemory();
  const places = {
    core,
    scan: core.scanPayload,
    payload: new Uint8Array(buffer, at, payloadLength),
    at,
    device: new Uint8Array(buffer, deviceAt, deviceLength),
    record: new Int32Array(buffer, recordAt, RECORD_LENGTH),
    answered: new Uint32Array(buffer, answeredAt, ANSWERED_LENGTH),
    memory: new Int32Array(buffer),
  };
  // In Node and its like, a Buffer is cut into strings faster than a TextDecoder starts.
  const bytes: Uint8Array | undefined = globalThis.Buffer?.from(buffer);
  if (bytes !== undefined && isSliceable(bytes)) {
    return {
      ...places,
      units: (start, end) => bytes.latin1Slice(start, end),
      text: (start, end) => bytes.utf8Slice(start, end),
    };
  }
  const memory = new Uint8Array(buffer);
  // By this name, the decoder gives one unit for every byte. (Some are no Latin-1: they are not looked at.)
  const single = new TextDecoder("latin1");
  return {
    ...places,
    units: (start, end) => single.decode(memory.subarray(start, end)),
    text: (start, end) => decoder.decode(memory.subarray(start, end)),
  };
}

/** What a Buffer's `toString` calls. */
interface Sliceable {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
}

function isSliceable(bytes: Uint8Array): bytes is Uint8Array & Sliceable {
  return "latin1Slice" in bytes && "utf8Slice" in bytes;
}

function isDevice({ payload, record }: Exchange, device: string): boolean {
  if (isUnusual(record, DEVICE_UID)) return unusual(record, DEVICE_UID) === device;
  const start = record[STRINGS + 2 * DEVICE_UID] ?? 0;
  const end = record[STRINGS + 2 * DEVICE_UID + 1] ?? 0;
  if (end - start !== device.length) return false;
  for (let i = 0; i < device.length; i++) {
    if (payload[start + i] !== device.charCodeAt(i)) return false;
  }
  return true;
}

function has(record: Int32Array, field: number): boolean {
  return ((record[PRESENT] ?? 0) & (1 << field)) !== 0;
}

function isUnusual(record: Int32Array, field: number): boolean {
  return (((record[ESCAPED] ?? 0) | (record[WIDE] ?? 0)) & (1 << field)) !== 0;
}

/** The string of a field, cut from the payload's units. */
function string(units: string, record: Int32Array, field: number): string {
  if (isUnusual(record, field)) return unusual(record, field);
  return units.slice(record[STRINGS + 2 * field] ?? 0, record[STRINGS + 2 * field + 1] ?? 0);
}

/** A string with escapes or characters beyond ASCII. */
function unusual(record: Int32Array, field: number): string {
  const start = record[STRINGS + 2 * field] ?? 0;
  const end = record[STRINGS + 2 * field + 1] ?? 0;
  const escaped = ((record[ESCAPED] ?? 0) & (1 << field)) !== 0;
  return escaped ? JSON.parse(textOf(start - 1, end + 1)) : textOf(start, end);
}

function textOf(start: number, end: number): string {
  return exchange?.text(exchange.at + start, exchange.at + end) ?? "";
}

function command(units: string, record: Int32Array, device_uid: string, topic: Topic | undefined): Decoded {
  const data = {
    source: string(units, record, SOURCE),
    download_url: string(units, record, DOWNLOAD_URL),
    md5_code: string(units, record, MD5_CODE),
  };
  const message = envelope(units, record, device_uid, data);
  if (topic === undefined) return { kind: "command", message, diagnostics: [] };
  return { kind: "command", message, topic: copyOf(topic), diagnostics: [] };
}

function result(units: string, record: Int32Array, device_uid: string, topic: Topic | undefined): Decoded {
  const info = STATUSES[(record[STATUS] ?? 0) - 1];
  const data = resultData(units, record, info?.code);
  const message: ResultMessage = envelope(units, record, device_uid, data);
  if (info === undefined) {
    if (topic === undefined) return { kind: "result", message, diagnostics: [] };
    return { kind: "result", message, topic: copyOf(topic), diagnostics: [] };
  }
  const { name: status, phase } = info;
  if (topic === undefined) return { kind: "result", message, status, phase, diagnostics: [] };
  return { kind: "result", message, status, phase, topic: copyOf(topic), diagnostics: [] };
}

/** Members in the protocol's order; the fullest shape, which is the most frequent, at once. */
function resultData(units: string, record: Int32Array, status: ResultData["status"]): ResultData {
  if (status !== undefined && ((record[PRESENT] ?? 0) & ALL_RESULT_DATA) === ALL_RESULT_DATA) {
    return {
      source: string(units, record, SOURCE),
      version: string(units, record, VERSION),
      target_version: string(units, record, TARGET_VERSION),
      target_commit_sha: string(units, record, TARGET_COMMIT_SHA),
      final_version: string(units, record, FINAL_VERSION),
      final_commit_sha: string(units, record, FINAL_COMMIT_SHA),
      status,
    };
  }
  const data: ResultData = {};
  if (has(record, SOURCE)) data.source = string(units, record, SOURCE);
  if (has(record, VERSION)) data.version = string(units, record, VERSION);
  if (has(record, TARGET_VERSION)) data.target_version = string(units, record, TARGET_VERSION);
  if (has(record, TARGET_COMMIT_SHA)) data.target_commit_sha = string(units, record, TARGET_COMMIT_SHA);
  if (has(record, FINAL_VERSION)) data.final_version = string(units, record, FINAL_VERSION);
  if (has(record, FINAL_COMMIT_SHA)) data.final_commit_sha = string(units, record, FINAL_COMMIT_SHA);
  if (status !== undefined) data.status = status;
  return data;
}

function envelope<D extends CommandMessage["data"] | ResultData>(
  units: string,
  record: Int32Array,
  device_uid: string,
  data: D,
): ResultMessage & { data: D } {
  const mid = string(units, record, MID);
  const type = "ota_upgrade";
  const timestamp = (record[TIMESTAMP_HIGH] ?? 0) * 2 ** 32 + ((record[TIMESTAMP_LOW] ?? 0) >>> 0);
  const sub = has(record, SUB_DEVICE_UID) ? string(units, record, SUB_DEVICE_UID) : undefined;
  const trace = has(record, TRACE_ID) ? string(units, record, TRACE_ID) : undefined;
  const message: ResultMessage & { data: D } =
    sub === undefined
      ? trace === undefined
        ? { mid, type, device_uid, timestamp, data }
        : { mid, type, device_uid, timestamp, data, trace_id: trace }
      : trace === undefined
        ? { mid, type, device_uid, sub_device_uid: sub, timestamp, data }
        : { mid, type, device_uid, sub_device_uid: sub, timestamp, data, trace_id: trace };
  if (has(record, REPLY)) message.reply = string(units, record, REPLY);
  if (record[UNKNOWN_COUNT] !== 0) addUnknown(units, record, message);
  return message;
}

function addUnknown(units: string, record: Int32Array, message: ResultMessage): void {
  const end = UNKNOWN + UNKNOWN_LENGTH * (record[UNKNOWN_COUNT] ?? 0);
  for (let at = UNKNOWN; at < end; at += UNKNOWN_LENGTH) {
    const flags = record[at + 4] ?? 0;
    const quote = flags & PLAIN ? 1 : 0;
    const key = part(units, record[at] ?? 0, record[at + 1] ?? 0, flags & WIDE_KEY);
    const text = part(units, (record[at + 2] ?? 0) + quote, (record[at + 3] ?? 0) - quote, flags & WIDE_VALUE);
    const value: unknown = quote === 1 ? text : JSON.parse(text);
    define((flags & IN_DATA) !== 0 ? message.data : message, key, value);
  }
}

function part(units: string, start: number, end: number, wide: number): string {
  return wide === 0 ? units.slice(start, end) : textOf(start, end);
}

/** As `JSON.parse` does it: `__proto__` is a member like any other. */
function define(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
