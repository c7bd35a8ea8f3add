/** What a client tells its operator, in both languages. */

import type { Text } from "../core/types.js";
import type { OtaError } from "../index.js";
import { reason, text } from "./errors.js";
import type { ProtocolVersion } from "./types.js";

export const sessionLost = text(
  "the broker has lost the session: results may have been missed while disconnected",
  "服务器已丢失会话：断线期间的结果可能已错过",
);

/** Reason code 0x10. Where commands are watched it never comes: this client is then a subscriber itself. */
export const nobodyListens = text(
  "nobody is subscribed to the command topic: the device is not connected to this broker, or has another topic",
  "没有客户端订阅该命令主题：设备未连接到此服务器，或主题不同",
);

export function refused(code: number): Text {
  const why = reason(code);
  return text(`the broker refused the command: ${why.en}`, `服务器拒绝了该命令：${why.zh}`);
}

export function shortSession(seconds: number): Text {
  return text(
    `the broker keeps a session for ${seconds} seconds only, less than the deadlines: results may be missed while disconnected`,
    `服务器仅保留会话 ${seconds} 秒，短于期限：断线期间可能错过结果`,
  );
}

/** The command topic cannot be watched. */
export function denied(filter: string, { text: why }: OtaError, version: ProtocolVersion): Text {
  const consequence =
    version === 4
      ? text(
          "whether the broker takes a command cannot be known, nor can other operators' commands be seen",
          "无法得知服务器是否接受命令，也看不到其他操作者的命令",
        )
      : text("other operators' commands cannot be seen", "看不到其他操作者的命令");
  return text(
    `commands on ${filter} cannot be watched: ${consequence.en} (${why.en})`,
    `无法监视 ${filter} 上的命令：${consequence.zh}（${why.zh}）`,
  );
}
