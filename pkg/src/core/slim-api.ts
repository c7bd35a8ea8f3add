/** What `/slim` has: all but what has a subpath of its own there. */

export { buildCommand, buildResult, safeBuildCommand, safeBuildResult } from "./build.js";
export { OtaError } from "./errors.js";
export { compareMd5, createMd5, md5, resumeMd5, safeCompareMd5, safeMd5, safeResumeMd5 } from "./md5.js";
export {
  check,
  decode,
  encode,
  safeCheck,
  safeDecode,
  safeEncode,
  safeValidate,
  validate,
} from "./messages.js";
export { ready } from "./ready.js";
export { commandSchema, resultSchema } from "./schema.js";
export { STATUSES } from "./statuses.gen.js";
export {
  formatTopic,
  parseTopic,
  safeFormatTopic,
  safeParseTopic,
  safeTopicFilter,
  type TopicFilter,
  topicFilter,
} from "./topics.js";
export * from "./types.js";
