// What the peers of the decode benchmark check: the rules of docs/protocol.md as far as each can say them.
import { Ajv } from "ajv";
import { z } from "zod";

const mid = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$";
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what the rule is about
const level = /^[^/+#\u0000-\u001f\u007f-\u009f]+$/;
const md5 = "^[0-9a-fA-F]{32}$";
const greatest = 2 ** 53 - 1;

const optional = { type: ["string", "null"] };
/** @param {object} data */
const envelope = (data) => ({
  type: "object",
  required: ["mid", "type", "device_uid", "timestamp", "data"],
  properties: {
    mid: { type: "string", pattern: mid },
    type: { const: "ota_upgrade" },
    device_uid: { type: "string", pattern: level.source },
    sub_device_uid: { ...optional, pattern: level.source },
    timestamp: { type: "integer", minimum: 1, maximum: greatest },
    data,
    trace_id: optional,
    reply: optional,
  },
});
const schemas = {
  command: envelope({
    type: "object",
    required: ["source", "download_url", "md5_code"],
    properties: {
      source: { type: "string", minLength: 1 },
      download_url: { type: "string", pattern: "^[hH][tT][tT][pP][sS]?://[^\\s#]+$" },
      md5_code: { type: "string", pattern: md5 },
    },
  }),
  result: envelope({
    type: "object",
    properties: {
      source: optional,
      version: optional,
      target_version: optional,
      target_commit_sha: optional,
      final_version: optional,
      final_commit_sha: optional,
      status: { type: "integer", minimum: 1, maximum: 6 },
    },
  }),
};

/** ajv's compiled validators. */
export const ajv = (/** @type {{ allErrors: boolean }} */ options) => {
  const compiler = new Ajv({ ...options, allowUnionTypes: true });
  return { command: compiler.compile(schemas.command), result: compiler.compile(schemas.result) };
};

const text = z.string().nullish();
/** @param {z.ZodType} data */
const message = (data) =>
  z.looseObject({
    mid: z.string().regex(new RegExp(mid)),
    type: z.literal("ota_upgrade"),
    device_uid: z.string().regex(level),
    sub_device_uid: z.string().regex(level).nullish(),
    timestamp: z.int().min(1).max(greatest),
    data,
    trace_id: text,
    reply: text,
  });

export const zod = {
  command: message(
    z.looseObject({
      source: z.string().min(1),
      download_url: z.string().regex(/^https?:\/\/[^\s#]+$/i),
      md5_code: z.string().regex(new RegExp(md5)),
    }),
  ),
  result: message(
    z.looseObject({
      source: text,
      version: text,
      target_version: text,
      target_commit_sha: text,
      final_version: text,
      final_commit_sha: text,
      status: z.int().min(1).max(6).optional(),
    }),
  ),
};
