// Compiles only when every function takes and gives what it should. Nothing here runs.
import { expectTypeOf } from "expect-type";
import {
  type AsyncApiDocument,
  type Built,
  buildCommand,
  buildResult,
  type CommandInput,
  type CommandMessage,
  check,
  commandSchema,
  compareMd5,
  createMd5,
  createTracker,
  type Decoded,
  type DecodeOptions,
  type Diagnostic,
  decode,
  encode,
  type FirmwareHash,
  type FirmwareSource,
  formatTopic,
  type HashManyOptions,
  type HashManyResult,
  type HashOptions,
  hashFirmware,
  hashFirmwares,
  type Ingested,
  type JsonSchema,
  type Md5,
  md5,
  type Namespace,
  OtaError,
  parseTopic,
  type Result,
  type ResultInput,
  type ResultMessage,
  ready,
  restoreTracker,
  resultSchema,
  resumeMd5,
  STATUSES,
  type StatusInfo,
  type StatusName,
  safeBuildCommand,
  safeBuildResult,
  safeCheck,
  safeCompareMd5,
  safeCreateTracker,
  safeDecode,
  safeEncode,
  safeFormatTopic,
  safeHashFirmware,
  safeHashFirmwares,
  safeMd5,
  safeParseTopic,
  safeRestoreTracker,
  safeResumeMd5,
  safeTopicFilter,
  safeValidate,
  type Text,
  type Topic,
  type TopicFilter,
  type Tracker,
  type TrackerOptions,
  topicFilter,
  validate,
} from "wudun-ota";
import { asyncApi, jsonSchema, safeAsyncApi } from "wudun-ota/schema";

type Payload = Uint8Array | string;
type Aside = Pick<DecodeOptions, "topic" | "now">;

// topics
expectTypeOf(formatTopic).toEqualTypeOf<(topic: Topic) => string>();
expectTypeOf(safeFormatTopic).toEqualTypeOf<(topic: Topic) => Result<string, OtaError>>();
expectTypeOf(parseTopic).toEqualTypeOf<(topic: string) => Topic>();
expectTypeOf(safeParseTopic).toEqualTypeOf<(topic: string) => Result<Topic, OtaError>>();
expectTypeOf(topicFilter).toEqualTypeOf<(filter: TopicFilter) => string>();
expectTypeOf(safeTopicFilter).toEqualTypeOf<(filter: TopicFilter) => Result<string, OtaError>>();
// @ts-expect-error a namespace of one kind has not the fields of another
formatTopic({ namespace: { kind: "wudun", tenant: "t" }, device: "d", channel: "command" });
// @ts-expect-error there are two channels
formatTopic({ namespace: { kind: "user", tenant: "t" }, device: "d", channel: "status" });

// messages
expectTypeOf(buildCommand).toEqualTypeOf<(input: CommandInput) => Built<CommandMessage>>();
expectTypeOf(safeBuildCommand).toEqualTypeOf<(input: CommandInput) => Result<Built<CommandMessage>, OtaError>>();
expectTypeOf(buildResult).toEqualTypeOf<(input: ResultInput) => Built<ResultMessage>>();
expectTypeOf(safeBuildResult).toEqualTypeOf<(input: ResultInput) => Result<Built<ResultMessage>, OtaError>>();
expectTypeOf(encode).toEqualTypeOf<(message: CommandMessage | ResultMessage) => string>();
expectTypeOf(safeEncode).toEqualTypeOf<(message: CommandMessage | ResultMessage) => Result<string, OtaError>>();
expectTypeOf(decode).toEqualTypeOf<(payload: Payload, options?: DecodeOptions) => Decoded>();
expectTypeOf(safeDecode).toEqualTypeOf<(payload: Payload, options?: DecodeOptions) => Result<Decoded, OtaError>>();
expectTypeOf(check).toEqualTypeOf<(payload: Payload, options?: DecodeOptions) => boolean>();
expectTypeOf(safeCheck).toEqualTypeOf<(payload: Payload, options?: DecodeOptions) => Result<boolean, OtaError>>();
expectTypeOf(validate).toEqualTypeOf<(kind: "command" | "result", value: unknown, options?: Aside) => Diagnostic[]>();
expectTypeOf(safeValidate).toEqualTypeOf<
  (kind: "command" | "result", value: unknown, options?: Aside) => Result<Diagnostic[], OtaError>
>();
// @ts-expect-error a command needs its address
buildCommand({ device: "d", source: "ems_II", md5: "0" });
// @ts-expect-error bytes or text, not a DOM buffer
decode(new ArrayBuffer(1));

/** What a portal writes: `kind` tells which message it is. */
export function narrows(payload: Payload, namespace: Namespace, result: Result<Decoded, OtaError>) {
  const decoded = decode(payload);
  if (decoded.kind === "command") {
    expectTypeOf(decoded.message).toEqualTypeOf<CommandMessage>();
    expectTypeOf(decoded.message.data.download_url).toEqualTypeOf<string>();
    expectTypeOf(decoded).not.toHaveProperty("status");
  } else {
    expectTypeOf(decoded.message).toEqualTypeOf<ResultMessage>();
    expectTypeOf(decoded.message.data.status).toEqualTypeOf<1 | 2 | 3 | 4 | 5 | 6 | undefined>();
    expectTypeOf(decoded.status).toEqualTypeOf<StatusName | undefined>();
  }
  if (namespace.kind === "wudun") expectTypeOf(namespace.productKey).toEqualTypeOf<string>();
  else if (namespace.kind === "user") expectTypeOf(namespace.tenant).toEqualTypeOf<string>();
  else expectTypeOf(namespace.prefix).toEqualTypeOf<string>();
  if (result.ok) expectTypeOf(result.value).toEqualTypeOf<Decoded>();
  else expectTypeOf(result.error).toEqualTypeOf<OtaError>();
}

// what other tools read
expectTypeOf(jsonSchema).toEqualTypeOf<(kind: "command" | "result") => JsonSchema>();
expectTypeOf(asyncApi).toEqualTypeOf<(namespace: Namespace) => AsyncApiDocument>();
expectTypeOf(safeAsyncApi).toEqualTypeOf<(namespace: Namespace) => Result<AsyncApiDocument, OtaError>>();
expectTypeOf(commandSchema["~standard"].vendor).toEqualTypeOf<"wudun-ota">();
export function validates(value: unknown) {
  const checked = resultSchema["~standard"].validate(value);
  if (checked.issues === undefined) expectTypeOf(checked.value).toEqualTypeOf<ResultMessage>();
  else expectTypeOf(checked.issues[0]?.text).toEqualTypeOf<Text | undefined>();
}
expectTypeOf(STATUSES).toEqualTypeOf<readonly StatusInfo[]>();

// hashing
type View = ArrayBufferLike | ArrayBufferView;
expectTypeOf(md5).toEqualTypeOf<(bytes: View) => string>();
expectTypeOf(safeMd5).toEqualTypeOf<(bytes: View) => Result<string, OtaError>>();
expectTypeOf(createMd5).toEqualTypeOf<() => Md5>();
expectTypeOf(resumeMd5).toEqualTypeOf<(saved: Uint8Array) => Md5>();
expectTypeOf(safeResumeMd5).toEqualTypeOf<(saved: Uint8Array) => Result<Md5, OtaError>>();
expectTypeOf(compareMd5).toEqualTypeOf<(expected: string, actual: string) => boolean>();
expectTypeOf(safeCompareMd5).toEqualTypeOf<(expected: string, actual: string) => Result<boolean, OtaError>>();
expectTypeOf(hashFirmware).toEqualTypeOf<(source: FirmwareSource, options?: HashOptions) => Promise<FirmwareHash>>();
expectTypeOf(safeHashFirmware).toEqualTypeOf<
  (source: FirmwareSource, options?: HashOptions) => Promise<Result<FirmwareHash, OtaError>>
>();
expectTypeOf(hashFirmwares).toEqualTypeOf<
  (list: Iterable<FirmwareSource>, options?: HashManyOptions) => Promise<HashManyResult[]>
>();
expectTypeOf(safeHashFirmwares).toEqualTypeOf<
  (list: Iterable<FirmwareSource>, options?: HashManyOptions) => Promise<Result<HashManyResult[], OtaError>>
>();
expectTypeOf<File>().toExtend<FirmwareSource>();
expectTypeOf<string>().not.toExtend<FirmwareSource>();

// trackers
expectTypeOf(createTracker).toEqualTypeOf<(options?: TrackerOptions) => Tracker>();
expectTypeOf(safeCreateTracker).toEqualTypeOf<(options?: TrackerOptions) => Result<Tracker, OtaError>>();
expectTypeOf(restoreTracker).toEqualTypeOf<(saved: Uint8Array[], options: TrackerOptions, now: number) => Tracker>();
expectTypeOf(safeRestoreTracker).toEqualTypeOf<
  (saved: Uint8Array[], options: TrackerOptions, now: number) => Result<Tracker, OtaError>
>();
expectTypeOf<Tracker["ingest"]>().returns.toEqualTypeOf<Ingested>();

// errors and loading
expectTypeOf(ready).toEqualTypeOf<() => Promise<void>>();
expectTypeOf(OtaError.is).guards.toEqualTypeOf<OtaError>();
expectTypeOf<OtaError["diagnostics"]>().toEqualTypeOf<Diagnostic[]>();
