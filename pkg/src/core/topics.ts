import { inputObject, topicOf } from "./arguments.js";
import { safely } from "./errors.js";
import { call, parse } from "./instance.js";
import type { Channel, Namespace, Topic } from "./types.js";

/** The topic of a device (§1). Throws `OtaError` when a part breaks a rule of topics. */
export function formatTopic(topic: Topic): string {
  const input = inputObject(topic, "topic", "level-character");
  return call((core) => core.formatTopic(input));
}

/** The parts of a topic (§1). Throws `OtaError` when it is none of this protocol's. */
export function parseTopic(topic: string): Topic {
  const text = topicOf(topic);
  return call((core) => parse<Topic>(core.parseTopic(text)));
}

/** What to subscribe to: one device or all, one channel or both. */
export interface TopicFilter {
  namespace: Namespace;
  /** One device; all of the namespace unless given. */
  device?: string;
  /** One side; both unless given. */
  channel?: Channel;
}

/** A filter to subscribe to (§1). */
export function topicFilter(filter: TopicFilter): string {
  const input = inputObject(filter, "filter", "level-character");
  return call((core) => core.topicFilter(input));
}

/** `formatTopic`, with the error returned instead of thrown. */
export const safeFormatTopic = (topic: Topic) => safely(() => formatTopic(topic));
/** `parseTopic`, with the error returned instead of thrown. */
export const safeParseTopic = (topic: string) => safely(() => parseTopic(topic));
/** `topicFilter`, with the error returned instead of thrown. */
export const safeTopicFilter = (filter: TopicFilter) => safely(() => topicFilter(filter));
