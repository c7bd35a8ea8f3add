// The same for zod.
import { z } from "zod";
import { greatest, level, md5, mid } from "./ajv.mjs";

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
