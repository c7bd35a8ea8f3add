/** Just enough of an invalid command to answer it: a real gateway cannot leave its operator waiting. */

import type { CommandMessage } from "../core/types.js";

/** Answers nothing unless the payload is JSON with a `mid`, addressed to this device. */
export function looseCommand(payload: string, device: string): CommandMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    return undefined;
  }
  const mid = text(value, "mid");
  if (mid === undefined || !MID.test(mid) || text(value, "device_uid") !== device) return undefined;
  const source = text(member(value, "data"), "source");
  return {
    mid,
    type: "ota_upgrade",
    device_uid: device,
    timestamp: 1,
    trace_id: text(value, "trace_id"),
    data: { source: source ?? "", download_url: "", md5_code: "" },
  };
}

const MID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined;
}

function text(value: unknown, key: string): string | undefined {
  const found = member(value, key);
  return typeof found === "string" && found !== "" ? found : undefined;
}
