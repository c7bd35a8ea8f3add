/** Topics as they were parsed last: messages of one device come on the same topic. */

import { OtaError } from "./errors.js";
import { parseTopic } from "./topics.js";
import type { Topic } from "./types.js";

/** Longer topics are not kept. */
const LONGEST = 256;
/** Half of how many topics are kept. */
const HALF = 4_096;

/** Two generations: when the younger is full, it becomes the older, which is dropped. */
let younger = new Map<string, Topic>();
let older = new Map<string, Topic>();

/** A topic, parsed; `undefined` if there is something to say about it. Not to be changed. */
export function knownTopic(text: string): Topic | undefined {
  return younger.get(text) ?? recall(text);
}

function recall(text: string): Topic | undefined {
  const topic = older.get(text) ?? parsed(text);
  if (topic === undefined || text.length > LONGEST) return topic;
  if (younger.size >= HALF) {
    older = younger;
    younger = new Map();
  }
  younger.set(text, topic);
  return topic;
}

function parsed(text: string): Topic | undefined {
  try {
    return parseTopic(text);
  } catch (error) {
    if (OtaError.is(error)) return undefined;
    throw error;
  }
}

/** A copy that the caller may keep and change. */
export function copyOf({ namespace, device, channel }: Topic): Topic {
  switch (namespace.kind) {
    case "wudun":
      return { namespace: { kind: "wudun", productKey: namespace.productKey }, device, channel };
    case "user":
      return { namespace: { kind: "user", tenant: namespace.tenant }, device, channel };
    case "prefix":
      return { namespace: { kind: "prefix", prefix: namespace.prefix }, device, channel };
  }
}
