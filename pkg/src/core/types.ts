/** The public types: those generated from Rust, and those that only JavaScript has. */

import type { OtaError } from "./errors.js";
import type {
  Attempt,
  AttemptState,
  Change,
  Channel,
  Diagnostic,
  Expected,
  Explained,
  Ingested,
  Log,
  LogKind,
  Page,
  PageOptions,
  Phase,
  RefusalReason,
  StatusName,
  Text,
  Topic,
} from "./types.gen.js";

export * from "./types.gen.js";

/** What a message is; a command travels on the command channel, a result on the other. */
export type Kind = Channel;

/** One row of the status table (§4). */
export interface StatusInfo {
  readonly code: 1 | 2 | 3 | 4 | 5 | 6;
  readonly name: StatusName;
  readonly phase: Phase;
  /** Whether the device is done with the upgrade. */
  readonly done: boolean;
  readonly label: Text;
}

/** The fields that commands and results share (§2); unknown members are kept. */
export interface Envelope {
  mid: string;
  type: "ota_upgrade";
  device_uid: string;
  sub_device_uid?: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  timestamp: number;
  trace_id?: string;
  reply?: string;
  [member: string]: unknown;
}

/** Command data (§3). */
export interface CommandData {
  source: string;
  download_url: string;
  /** 32 hexadecimal digits. */
  md5_code: string;
  [member: string]: unknown;
}

/** Result data (§4). */
export interface ResultData {
  source?: string;
  version?: string;
  target_version?: string;
  target_commit_sha?: string;
  final_version?: string;
  final_commit_sha?: string;
  status?: 1 | 2 | 3 | 4 | 5 | 6;
  [member: string]: unknown;
}

/** A command as it goes over the wire (§3). */
export interface CommandMessage extends Envelope {
  data: CommandData;
}

/** A result as it goes over the wire (§4). */
export interface ResultMessage extends Envelope {
  data: ResultData;
}

/** What travels on either channel. */
export type Message = CommandMessage | ResultMessage;

/** A built message with the warnings that it gave rise to. */
export interface Built<M extends Message> {
  message: M;
  diagnostics: Diagnostic[];
}

/** What is known about a payload, and how to read it. */
export interface DecodeOptions {
  /** The topic that the payload came on: it decides the kind and is compared with `device_uid`. */
  topic?: string;
  kind?: Kind;
  /** Also accept a byte order mark, trailing commas, comments and trailing NUL bytes, each with a warning (§5). */
  lenient?: boolean;
  /** The present time in Unix milliseconds; allows the checks of timestamps (§6). */
  now?: number;
  /** The greatest payload read, in bytes: 65,536 unless given; more than 16 MiB is read as 16 MiB. */
  maxBytes?: number;
}

/** A valid message, with the warnings that it gave rise to. */
export type Decoded =
  | { kind: "command"; message: CommandMessage; topic?: Topic; diagnostics: Diagnostic[] }
  | {
      kind: "result";
      message: ResultMessage;
      status?: StatusName;
      phase?: Phase;
      topic?: Topic;
      diagnostics: Diagnostic[];
    };

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [member: string]: Json };

/** A JSON Schema of an object (2020-12). */
export interface JsonSchema {
  $schema: "https://json-schema.org/draft/2020-12/schema";
  title: string;
  description: string;
  type: "object";
  properties: { [member: string]: { [keyword: string]: Json } };
  required: string[];
  maxProperties: number;
  examples: Json[];
}

/** An AsyncAPI 3.0 document. */
export interface AsyncApiDocument {
  asyncapi: "3.0.0";
  info: { title: string; version: string; description: string; license: { name: string } };
  defaultContentType: "application/json";
  channels: Record<Channel, { address: string; parameters: { [name: string]: Json }; [member: string]: Json }>;
  operations: Record<"sendCommand" | "receiveResult", { action: "send" | "receive"; [member: string]: Json }>;
  components: { messages: Record<Kind, AsyncApiMessage> };
}

/** A message of an AsyncAPI document; its schema is in the words that drafts 7 to 2020-12 share. */
export interface AsyncApiMessage {
  name: Kind;
  title: string;
  summary: string;
  contentType: "application/json";
  payload: Omit<JsonSchema, "$schema" | "examples">;
  examples: { payload: Json }[];
}

/** An error of a Standard Schema: `message` is in English, `text` in both languages. */
export interface StandardIssue {
  readonly message: string;
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly text: Text;
}

/** A Standard Schema (version 1, https://standardschema.dev) that gives the message without what counts as absent. */
export interface StandardSchema<M extends Message> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: "wudun-ota";
    readonly validate: (
      value: unknown,
    ) => { readonly value: M; readonly issues?: undefined } | { readonly issues: readonly StandardIssue[] };
    readonly types?: { readonly input: M; readonly output: M } | undefined;
  };
}

/** What a `safe…` function returns instead of throwing. */
export type Result<T, E> = { ok: true; value: T } | { ok: false; error: E };

/** The deadlines of §7, in milliseconds. */
export interface TrackerOptions {
  /** From opening to being handed to a live connection; 30,000 unless given. */
  sendTimeoutMs?: number;
  /** From sending to the first result; 600,000 unless given. */
  firstResultTimeoutMs?: number;
  /** From the first `prepared` to the final result; 3,600,000 unless given. */
  finalResultTimeoutMs?: number;
}

/** What is about to be sent, and what it should lead to. */
export interface OpenOptions {
  /** The command topic. */
  topic: string;
  command: CommandMessage | string;
  expected?: Expected;
  supersede?: boolean;
}

/** How a delivery came. */
export interface IngestOptions {
  now: number;
  /** Whether the delivery carried the MQTT retain flag. */
  retained?: boolean;
}

/** A message as it came. */
export interface Delivery {
  topic: string;
  payload: Uint8Array | string;
  /** Whether it carried the MQTT retain flag. */
  retained?: boolean | undefined;
}

/** How many attempts there are in each state, and in all. */
export type Counts = Record<AttemptState, number> & {
  total: number;
  open: number;
  verified: number;
  mismatched: number;
  unverified: number;
  alerts: number;
};

/** Many upgrade attempts and what became of them (§7). `now` is Unix milliseconds. */
export interface Tracker {
  /** Opens an attempt before its command is published, and returns its id, which is the command's `mid`. */
  open(options: OpenOptions, now: number): string;
  /** The command was handed to a live connection. */
  sent(id: string, now: number): Change;
  /** The broker acknowledged: 0 is fine, 16 means that nobody listens, 128 and above refuse. */
  acknowledged(id: string, reasonCode: number, now: number): Change;
  /** Our own command was not seen on the command topic: the broker may have dropped it. */
  noEcho(id: string, now: number): Change;
  refused(id: string, reason: RefusalReason, now: number): Change;
  cancel(id: string, now: number): Change;
  /** The operator says to which attempt a held-back result belongs. */
  assign(resultId: number, id: string, now: number): Ingested;
  forget(id: string): void;
  /** A delivery on either topic. Never throws for anything that a broker can deliver. */
  ingest(topic: string, payload: Uint8Array | string, options: IngestOptions): Ingested;
  /** Many deliveries at once, in their order: the same as `ingest` for each, and quicker. */
  ingestBatch(deliveries: Iterable<Delivery>, options: Pick<IngestOptions, "now">): Ingested[];
  /** Expires what is due. */
  tick(now: number): Change[];
  nextDeadline(): number | undefined;
  attempt(id: string): Attempt | undefined;
  explain(id: string): Explained[];
  counts(): Counts;
  log(kind: LogKind): Log;
  /** Some attempts, newest first, each in one line: `attempt` gives all of it. */
  page(options: PageOptions): Page;
  /** The whole state, in chunks, for `restoreTracker`. */
  save(): Uint8Array[];
  /**
   * As `save`, a chunk at a time: between two of them anything else may be done, and what is saved is the
   * state at the first. A second save gives the first one up, which then throws `save-overtaken`.
   */
  saveInSteps(): Generator<Uint8Array, void, undefined>;
  /** Gives the memory back. Anything else called afterwards throws `disposed`. */
  dispose(): void;
}

/** Memory with bytes in it: a buffer, or a view of any kind; shared memory too. */
export type Bytes = ArrayBufferLike | ArrayBufferView;

/** An MD5 computed piece by piece. */
export interface Md5 {
  /** Adds bytes; they are not kept. */
  update(bytes: Bytes): Md5;
  /** The MD5 in lower case. Nothing can be added afterwards. */
  digest(): string;
  /** The state so far, for `resumeMd5`. */
  save(): Uint8Array;
}

/** How far hashing is. */
export interface HashProgress {
  /** Bytes hashed so far. */
  bytes: number;
  /** Bytes in all, where known. */
  total?: number;
}

/** What to compute, whom to tell, and when to stop. */
export interface HashOptions {
  /** Called with growing numbers; the last call comes at exactly the size. */
  onProgress?: (progress: HashProgress) => void;
  signal?: AbortSignal;
  /** Also compute SHA-256, in the same pass. */
  sha256?: boolean;
}

export interface FirmwareHash {
  md5: string;
  sha256?: string;
  /** Bytes. */
  size: number;
  /** Where the work was done. */
  thread: "worker" | "calling";
}

export interface HashManyProgress {
  /** Bytes hashed so far, of all images. */
  bytes: number;
  /** Bytes in all, where every image has a known size. */
  total: number | undefined;
  /** Images that have ended, well or not. */
  ended: number;
  count: number;
}

export interface HashManyOptions {
  /** Called as bytes are hashed and images end; `bytes` never falls. */
  onProgress?: (progress: HashManyProgress) => void;
  /** Called as soon as the image at `index` has ended. */
  onResult?: (index: number, result: HashManyResult) => void;
  /** Ends the hashing; the promise then rejects with the code `aborted`. */
  signal?: AbortSignal;
  /** Compute SHA-256 as well. */
  sha256?: boolean;
  /** The most workers to start; by default one for each processor, as far as there are more images than lanes. */
  workers?: number;
}

/** What became of one of many images. */
export type HashManyResult = ({ ok: true } & FirmwareHash) | { ok: false; error: OtaError };

/** What `hashFirmware` reads. */
export type FirmwareSource = Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | Uint8Array;
