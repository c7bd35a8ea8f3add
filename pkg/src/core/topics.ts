import { commandOrResult, inputObject, object, string, topicOf } from "./arguments.js";
import { invalidArgument, safely } from "./errors.js";
import { call } from "./instance.js";
import type { Channel, Namespace, Topic } from "./types.js";

/** Namespaces as the core numbers them. */
const WUDUN = 0;
const USER = 1;
const PREFIX = 2;

/**
 * The topic of a device (§1). Throws `OtaError` when a part breaks a rule of topics.
 *
 * @example
 * ```ts
 * import { formatTopic } from "wudun-ota";
 *
 * const topic = formatTopic({
 *   namespace: { kind: "wudun", productKey: "pk01" },
 *   device: "gw-0001",
 *   channel: "command",
 * });
 * console.log(topic);
 * // v1/wudun/pk01/gw-0001/ota/upgrade/command
 * ```
 */
export function formatTopic(topic: Topic): string {
  const { namespace, device, channel } = inputObject(topic, "topic", "level-character");
  const [kind, levels] = numbered(namespace);
  const name = string(device, "device");
  const command = isCommand(channel);
  return call((core) => core.formatTopic(kind, levels, name, command));
}

/**
 * The parts of a topic (§1). Throws `OtaError` when it is none of this protocol's.
 *
 * @example
 * ```ts
 * import { parseTopic } from "wudun-ota";
 *
 * const { namespace, device, channel } = parseTopic("v1/user/acme/gw-0001/ota/upgrade/result");
 * if (namespace.kind === "user") console.log(namespace.tenant, device, channel);
 * // acme gw-0001 result
 * ```
 */
export function parseTopic(topic: string): Topic {
  const text = topicOf(topic);
  type Parts = [kind: number, levels: string, device: string, isCommand: boolean];
  const [kind, levels, device, isCommand] = call((core): Parts => core.parseTopic(text));
  // Every message on the topic is compared with these: strings of the core's own would be compared unit by unit.
  return { namespace: named(kind, levels), device, channel: isCommand ? "command" : "result" };
}

function named(kind: number, levels: string): Namespace {
  if (kind === WUDUN) return { kind: "wudun", productKey: levels };
  return kind === USER ? { kind: "user", tenant: levels } : { kind: "prefix", prefix: levels };
}

/** A namespace as the core takes it. */
function numbered(namespace: unknown): [kind: number, levels: string] {
  const { kind, productKey, tenant, prefix } = object(namespace, "namespace");
  if (kind === "wudun") return [WUDUN, string(productKey, "productKey")];
  if (kind === "user") return [USER, string(tenant, "tenant")];
  if (kind === "prefix") return [PREFIX, string(prefix, "prefix")];
  throw invalidArgument("namespace", { en: "of the kind wudun, user or prefix", zh: " wudun、user 或 prefix 类型" });
}

function isCommand(channel: unknown): boolean {
  if (channel === "command" || channel === "result") return channel === "command";
  throw invalidArgument("channel", commandOrResult);
}

/** What to subscribe to: one device or all, one channel or both. */
export interface TopicFilter {
  namespace: Namespace;
  /** One device; all of the namespace unless given. */
  device?: string;
  /** One side; both unless given. */
  channel?: Channel;
}

/**
 * A filter to subscribe to (§1).
 *
 * @example
 * ```ts
 * import { topicFilter } from "wudun-ota";
 *
 * console.log(topicFilter({ namespace: { kind: "wudun", productKey: "pk01" }, channel: "result" }));
 * // v1/wudun/pk01/+/ota/upgrade/result
 * console.log(topicFilter({ namespace: { kind: "prefix", prefix: "plant/7" }, device: "gw-0001" }));
 * // plant/7/gw-0001/ota/upgrade/+
 * ```
 */
export function topicFilter(filter: TopicFilter): string {
  const { namespace, device, channel } = inputObject(filter, "filter", "level-character");
  const [kind, levels] = numbered(namespace);
  const name = device === undefined ? undefined : string(device, "device");
  const command = channel === undefined ? undefined : isCommand(channel);
  return call((core) => core.topicFilter(kind, levels, name, command));
}

/**
 * `formatTopic`, with the error returned instead of thrown.
 *
 * @example
 * ```ts
 * import { safeFormatTopic } from "wudun-ota";
 *
 * const made = safeFormatTopic({ namespace: { kind: "user", tenant: "" }, device: "gw-0001", channel: "command" });
 * console.log(made.ok ? made.value : made.error.code);
 * // level-empty
 * ```
 */
export const safeFormatTopic = (topic: Topic) => safely(() => formatTopic(topic));
/**
 * `parseTopic`, with the error returned instead of thrown.
 *
 * @example
 * ```ts
 * import { safeParseTopic } from "wudun-ota";
 *
 * const parsed = safeParseTopic("home/light/set");
 * console.log(parsed.ok ? parsed.value.device : parsed.error.code);
 * // topic-form
 * ```
 */
export const safeParseTopic = (topic: string) => safely(() => parseTopic(topic));
/**
 * `topicFilter`, with the error returned instead of thrown.
 *
 * @example
 * ```ts
 * import { safeTopicFilter } from "wudun-ota";
 *
 * const made = safeTopicFilter({ namespace: { kind: "prefix", prefix: "$SYS" } });
 * console.log(made.ok ? made.value : made.error.code);
 * // prefix-dollar
 * ```
 */
export const safeTopicFilter = (filter: TopicFilter) => safely(() => topicFilter(filter));
