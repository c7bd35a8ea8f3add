// The rules of docs/protocol.md as far as ajv can say them.
import { Ajv } from "ajv";

export const mid = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$";
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what the rule is about
export const level = /^[^/+#\u0000-\u001f\u007f-\u009f]+$/;
export const md5 = "^[0-9a-fA-F]{32}$";
export const greatest = 2 ** 53 - 1;

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

/**
 * @param {"command" | "result"} kind
 * @param {{ allErrors: boolean }} options
 */
export const validator = (kind, options) => new Ajv({ ...options, allowUnionTypes: true }).compile(schemas[kind]);

/** The validators of both kinds. */
export const ajv = (/** @type {{ allErrors: boolean }} */ options) => ({
  command: validator("command", options),
  result: validator("result", options),
});
