/** The results that a device answers a command with: for authors of gateways. */

import type { CommandMessage, Correlation, Namespace, ResultInput, ResultMessage, StatusName } from "../core/types.js";
import { buildResult, encode, formatTopic } from "../index.js";

export type { Correlation };

/** What a gateway is, and how its results name the command. */
export interface ReplyOptions {
  namespace: Namespace;
  /** The device that answers; the one that the command addresses unless given. */
  device?: string;
  /** `reply` unless given: the surest one. */
  correlation?: Correlation;
  /** What runs when the command arrives. */
  version?: string;
  /** Makes the `mid` of each result; random unless given. */
  mid?: () => string;
  /** Unix milliseconds; `Date.now` unless given. */
  now?: () => number;
}

/** What a result may say beside its status. */
export type ReplyFields = Partial<
  Pick<
    ResultInput,
    "source" | "version" | "targetVersion" | "targetCommitSha" | "finalVersion" | "finalCommitSha" | "traceId"
  >
>;

/** A result, ready to be published at QoS 1, not retained. */
export interface Reply {
  topic: string;
  message: ResultMessage;
  payload: string;
}

/** Both results of an upgrade, one function for each status (§4). */
export interface GatewayReplies {
  /** Phase 1: the device does not take updates now. It is done. */
  forbidden(fields?: ReplyFields): Reply;
  /** Phase 1: downloaded, and the MD5 is right. A final result follows. */
  prepared(fields?: ReplyFields): Reply;
  /** Phase 1: the download failed, or the MD5 differs. The device is done. */
  prepareFailed(fields?: ReplyFields): Reply;
  /** Phase 2: the new firmware runs; say what in `finalVersion` and `finalCommitSha`. */
  succeeded(fields?: ReplyFields): Reply;
  /** Phase 2: it did not work, the old firmware runs again. */
  rolledBack(fields?: ReplyFields): Reply;
  /** Phase 2: it did not work, and going back failed as well. */
  rollbackFailed(fields?: ReplyFields): Reply;
}

/**
 * Makes the results that answer `command`.
 *
 * ```ts
 * const replies = gatewayReplies(command, { namespace, version: "1.0.0" });
 * const { topic, payload } = replies.prepared({ targetVersion: "1.1.0" });
 * mqtt.publish(topic, payload, { qos: 1 });
 * ```
 *
 * @example
 * ```ts
 * import { buildCommand } from "wudun-ota";
 * import { gatewayReplies } from "wudun-ota/simulator";
 *
 * const { message } = buildCommand({
 *   device: "gw-0001",
 *   source: "ems_II",
 *   downloadUrl: "https://firmware.example.com/ems_II-2.4.0.bin",
 *   md5: "9e107d9d372bb6826bd81d3542a419d6",
 * });
 * const replies = gatewayReplies(message, { namespace: { kind: "wudun", productKey: "pk01" } });
 * const { topic, message: result } = replies.succeeded({ finalVersion: "2.4.0" });
 * console.log(topic, result.data.final_version);
 * // v1/wudun/pk01/gw-0001/ota/upgrade/result 2.4.0
 * ```
 */
export function gatewayReplies(command: CommandMessage, options: ReplyOptions): GatewayReplies {
  const { namespace, device = command.device_uid, correlation = "reply", version } = options;
  const now = options.now ?? Date.now;
  const topic = formatTopic({ namespace, device, channel: "result" });
  const correlated = (): Partial<ResultInput> => {
    switch (correlation) {
      case "none":
        return {};
      case "reply":
        return { reply: command.mid };
      case "mid":
        return { mid: command.mid };
      case "trace-id":
        return { traceId: command.trace_id };
    }
  };
  const answer =
    (status: StatusName) =>
    (fields: ReplyFields = {}): Reply => {
      const { message } = buildResult({
        device,
        subDevice: command.sub_device_uid,
        source: command.data.source,
        version,
        mid: options.mid?.(),
        timestamp: now(),
        ...fields,
        ...correlated(),
        status,
      });
      return { topic, message, payload: encode(message) };
    };
  return {
    forbidden: answer("forbidden"),
    prepared: answer("prepared"),
    prepareFailed: answer("prepare_failed"),
    succeeded: answer("succeeded"),
    rolledBack: answer("rolled_back"),
    rollbackFailed: answer("rollback_failed"),
  };
}
