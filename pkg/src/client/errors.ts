/** Errors of the connection, in both languages. No text here ever holds a user name, a password or a query. */

import type { Text } from "../core/types.js";
import { OtaError } from "../index.js";

export type ClientErrorCode =
  | "connect-refused"
  | "connect-unauthorized"
  | "connect-timeout"
  | "connect-unreachable"
  | "tls-failed"
  | "subscribe-refused"
  | "session-taken-over"
  | "not-connected"
  | "observe-only"
  | "journal-failed"
  | "options-invalid"
  | "closed";

export function text(en: string, zh: string): Text {
  return { en, zh };
}

export function failure(code: ClientErrorCode, message: Text, cause?: unknown): OtaError {
  return new OtaError(code, message, { cause });
}

/** A broker's reason code in words: CONNACK of both versions, SUBACK, PUBACK and DISCONNECT. */
export function reason(code: number): Text {
  const known = REASONS[code];
  const hex = `0x${code.toString(16).padStart(2, "0")}`;
  return known === undefined
    ? text(`reason code ${hex}`, `原因码 ${hex}`)
    : text(`${known[0]} (${hex})`, `${known[1]}（${hex}）`);
}

const REASONS: Record<number, readonly [string, string] | undefined> = {
  1: ["protocol version not accepted", "不接受该协议版本"],
  2: ["client id rejected", "客户端标识被拒绝"],
  3: ["broker unavailable", "服务器不可用"],
  4: ["bad user name or password", "用户名或密码错误"],
  5: ["not authorized", "未授权"],
  16: ["nobody is subscribed", "没有订阅者"],
  128: ["unspecified error", "未说明的错误"],
  129: ["malformed packet", "报文格式错误"],
  130: ["protocol error", "协议错误"],
  131: ["implementation specific error", "实现相关错误"],
  132: ["protocol version not supported", "不支持该协议版本"],
  133: ["client id not valid", "客户端标识无效"],
  134: ["bad user name or password", "用户名或密码错误"],
  135: ["not authorized", "未授权"],
  136: ["broker unavailable", "服务器不可用"],
  137: ["broker busy", "服务器繁忙"],
  138: ["banned", "已被禁止"],
  139: ["broker shutting down", "服务器正在关闭"],
  140: ["bad authentication method", "认证方法错误"],
  141: ["keep alive timeout", "保活超时"],
  142: ["session taken over by another client with the same client id", "会话被使用相同标识的另一客户端接管"],
  143: ["topic filter invalid", "主题过滤器无效"],
  144: ["topic name invalid", "主题名无效"],
  147: ["receive maximum exceeded", "超过接收上限"],
  149: ["packet too large", "报文过大"],
  150: ["message rate too high", "消息速率过高"],
  151: ["quota exceeded", "超出配额"],
  152: ["administrative action", "管理员操作"],
  153: ["payload format invalid", "载荷格式无效"],
  155: ["QoS not supported", "不支持该 QoS"],
  156: ["use another server", "请使用其他服务器"],
  157: ["server moved", "服务器已迁移"],
  158: ["shared subscriptions not supported", "不支持共享订阅"],
  159: ["connection rate exceeded", "连接速率超限"],
  162: ["wildcard subscriptions not supported", "不支持通配符订阅"],
};
