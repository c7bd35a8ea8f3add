/** One connection to the broker, from CONNECT to its end. MQTT.js never reconnects or repeats anything by itself here. */

import mqtt, { type IClientOptions, type MqttClient, type Packet } from "mqtt";
import type { Text } from "../core/types.js";
import type { OtaError } from "../index.js";
import type { Endpoint } from "./endpoint.js";
import { type ClientErrorCode, failure, reason, text } from "./errors.js";
import type { PacketIds } from "./packet-ids.js";
import type { ProtocolVersion, TlsOptions } from "./types.js";

export interface Delivery {
  topic: string;
  payload: Uint8Array;
  retained: boolean;
}

export interface DialOptions {
  endpoint: Endpoint;
  clientId: string;
  username?: string;
  password?: string;
  tls?: TlsOptions;
  sessionExpirySeconds: number;
  connectTimeoutMs: number;
  ids: PacketIds;
  /** The broker's acknowledgement waits for this: what is not kept is delivered again. */
  deliver: (delivery: Delivery) => Promise<void>;
  signal?: AbortSignal;
}

export interface Connection {
  readonly mqtt: MqttClient;
  readonly version: ProtocolVersion;
  readonly sessionPresent: boolean;
  /** How many commands may be unacknowledged at once. */
  readonly receiveMaximum: number;
  /** What the broker allows, where that is less than was asked for. */
  readonly sessionExpirySeconds: number;
  /** Resolves when the connection has ended, with the reason where one is known. */
  readonly ended: Promise<OtaError | undefined>;
}

/** Whether the broker turned the protocol version down: it says so, or hangs up without a word. */
export class VersionRefused extends Error {
  readonly failure: OtaError;
  constructor(cause: OtaError) {
    super(cause.message);
    this.failure = cause;
  }
}

export function dial(version: ProtocolVersion, options: DialOptions): Promise<Connection> {
  return new Promise((resolve, reject) => {
    let cause: unknown;
    let end: ((error: OtaError | undefined) => void) | undefined;
    let client: MqttClient;
    try {
      options.signal?.throwIfAborted();
      client = mqtt.connect(settings(version, options));
    } catch (error) {
      reject(options.signal?.aborted ? options.signal.reason : explain(error, options));
      return;
    }
    takeDeliveries(client, options.deliver);
    const note = (error: unknown) => {
      cause ??= error;
    };
    const abort = () => client.end(true);
    options.signal?.addEventListener("abort", abort, { once: true });
    client.stream.on("error", note);
    client.on("error", note);
    client.on("disconnect", (packet) => note({ disconnected: packet.reasonCode ?? 0 }));
    client.once("connect", (connack) => {
      options.signal?.removeEventListener("abort", abort);
      resolve({
        mqtt: client,
        version,
        sessionPresent: connack.sessionPresent,
        receiveMaximum: connack.properties?.receiveMaximum ?? 65_535,
        sessionExpirySeconds: connack.properties?.sessionExpiryInterval ?? options.sessionExpirySeconds,
        ended: new Promise((done) => {
          end = done;
        }),
      });
    });
    client.once("close", () => {
      options.signal?.removeEventListener("abort", abort);
      if (end !== undefined) {
        end(cause === undefined ? undefined : explain(cause, options));
        return;
      }
      client.end(true);
      if (options.signal?.aborted) {
        reject(options.signal.reason);
        return;
      }
      const error = explain(cause, options);
      reject(version === 5 && refusesVersion(cause) ? new VersionRefused(error) : error);
    });
  });
}

/** Deliveries taken in while the first of them is still being kept. */
const AT_ONCE = 256;

/**
 * Takes deliveries in as they come, and acknowledges each once it is kept. MQTT.js alone would take none before the
 * last is acknowledged, and each would wait for a write of its own.
 */
function takeDeliveries(client: MqttClient, deliver: DialOptions["deliver"]): void {
  const unacknowledged = new Map<number, Promise<void>>();
  let underWay = 0;
  let goOn: (() => void) | undefined;
  client.handleMessage = (packet, done) => {
    const payload = typeof packet.payload === "string" ? new TextEncoder().encode(packet.payload) : packet.payload;
    const kept = deliver({ topic: packet.topic, payload: new Uint8Array(payload), retained: packet.retain });
    if (packet.messageId !== undefined) unacknowledged.set(packet.messageId, kept);
    kept.then(
      () => {
        underWay--;
        const next = goOn;
        goOn = undefined;
        next?.();
      },
      () => {
        if (!client.disconnecting) client.end(true); // unacknowledged: the broker delivers it again
      },
    );
    underWay++;
    if (underWay < AT_ONCE) done();
    else goOn = done;
  };
  // Private in MQTT.js, whose version is pinned for that: it offers no other way to acknowledge later.
  const send: SendPacket = Reflect.get(client, "_sendPacket").bind(client);
  const sendWhenKept: SendPacket = (packet, sent, ...rest) => {
    const id = packet.cmd === "puback" ? packet.messageId : undefined;
    const kept = id === undefined ? undefined : unacknowledged.get(id);
    if (id === undefined || kept === undefined) {
      send(packet, sent, ...rest);
      return;
    }
    unacknowledged.delete(id);
    kept.then(
      () => client.connected && send(packet),
      () => {},
    );
    sent?.();
  };
  Object.assign(client, { _sendPacket: sendWhenKept });
}

type SendPacket = (packet: Packet, sent?: () => void, ...rest: unknown[]) => void;

/** Ends a connection: politely, and by force where the broker does not answer. */
export function hangUp(connection: Connection, forgetSession: boolean): Promise<void> {
  const client = connection.mqtt;
  return new Promise((resolve) => {
    const timer = setTimeout(() => client.stream.destroy(), 1_000);
    connection.ended.then(() => {
      clearTimeout(timer);
      resolve();
    });
    for (const id of Object.keys(client.outgoing)) client.removeOutgoingMessage(Number(id));
    client.end(false, connection.version === 5 && forgetSession ? { properties: { sessionExpiryInterval: 0 } } : {});
  });
}

function settings(version: ProtocolVersion, options: DialOptions): IClientOptions {
  const { endpoint, tls, ids } = options;
  const web = endpoint.protocol === "ws" || endpoint.protocol === "wss";
  const secure = endpoint.protocol === "wss" || endpoint.protocol === "mqtts";
  return {
    protocol: endpoint.protocol,
    hostname: web && endpoint.hostname.includes(":") ? `[${endpoint.hostname}]` : endpoint.hostname,
    host: endpoint.hostname,
    port: endpoint.port,
    path: endpoint.path,
    clientId: options.clientId,
    username: options.username,
    password: unprinted(options.password),
    protocolVersion: version,
    clean: false,
    properties: version === 5 ? { sessionExpiryInterval: options.sessionExpirySeconds } : undefined,
    connectTimeout: options.connectTimeoutMs,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    // "auto" makes a worker from a blob: address in browsers, which a strict Content-Security-Policy forbids
    timerVariant: "native",
    messageIdProvider: ids,
    // MQTT.js' own log prints passwords when it is turned on
    log: () => {},
    ...(secure ? tls : undefined),
  };
}

/** mqtt-packet prints every string that it writes when its log is turned on, but no Buffer; in pages it has its own kind. */
function unprinted(password: string | undefined): Buffer | string | undefined {
  if (password === undefined || "window" in globalThis || globalThis.Buffer === undefined) return password;
  return globalThis.Buffer.from(password);
}

/** Names what ended or prevented a connection, without anything that could hold a secret. */
export function explain(cause: unknown, { endpoint }: Pick<DialOptions, "endpoint">): OtaError {
  const at = endpoint.shown;
  const fail = (code: ClientErrorCode, message: Text) => failure(code, message);
  const error = facts(cause);
  if (error.disconnected !== undefined) {
    const why = reason(error.disconnected);
    return fail(
      error.disconnected === 142 ? "session-taken-over" : "connect-refused",
      text(`the broker at ${at} ended the connection: ${why.en}`, `服务器 ${at} 结束了连接：${why.zh}`),
    );
  }
  if (typeof error.code === "number") {
    const why = reason(error.code);
    const login = [4, 5, 134, 135, 138, 140].includes(error.code);
    return fail(
      login ? "connect-unauthorized" : "connect-refused",
      login
        ? text(
            `the broker at ${at} refused the login: ${why.en}; check user name, password and client id`,
            `服务器 ${at} 拒绝登录：${why.zh}；请检查用户名、密码和客户端标识`,
          )
        : text(`the broker at ${at} refused the connection: ${why.en}`, `服务器 ${at} 拒绝连接：${why.zh}`),
    );
  }
  const http = /Unexpected server response: (\d{3})/.exec(error.message)?.[1];
  if (http !== undefined) {
    const login = http === "401" || http === "403";
    return fail(
      login ? "connect-unauthorized" : "connect-refused",
      text(
        `${at} answered the WebSocket request with HTTP ${http}; check the path${login ? " and the credentials" : ""}`,
        `${at} 以 HTTP ${http} 回应 WebSocket 请求；请检查路径${login ? "和凭据" : ""}`,
      ),
    );
  }
  if (error.message === "connack timeout" || error.code === "ETIMEDOUT") {
    return fail(
      "connect-timeout",
      text(`the broker at ${at} did not answer in time`, `服务器 ${at} 未在规定时间内应答`),
    );
  }
  if (error.message === "Keepalive timeout") {
    return fail("connect-timeout", text(`the broker at ${at} has fallen silent`, `服务器 ${at} 已无响应`));
  }
  if (error.code !== undefined && TLS.test(error.code)) {
    return fail(
      "tls-failed",
      text(`no secure connection to ${at}: ${error.code}`, `无法与 ${at} 建立安全连接：${error.code}`),
    );
  }
  if (error.code === "ECONNREFUSED") {
    return fail(
      "connect-unreachable",
      text(`nothing listens at ${at} (ECONNREFUSED)`, `${at} 没有服务在监听（ECONNREFUSED）`),
    );
  }
  if (error.code !== undefined && UNREACHABLE.test(error.code)) {
    return fail(
      "connect-unreachable",
      text(`${at} cannot be reached (${error.code})`, `无法到达 ${at}（${error.code}）`),
    );
  }
  if (error.browser) {
    return fail(
      "connect-unreachable",
      text(
        `no WebSocket connection to ${at}; the browser does not say why (address, certificate, or the page's security policy)`,
        `无法与 ${at} 建立 WebSocket 连接；浏览器不提供原因（地址、证书或页面安全策略）`,
      ),
    );
  }
  return fail("connect-refused", text(`${at} closed the connection`, `${at} 关闭了连接`));
}

const TLS = /^(ERR_(TLS|SSL|OSSL)|CERT_|.*_CERT|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|EPROTO)/;
const UNREACHABLE = /^(ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EHOSTDOWN|ENETDOWN|EACCES|EPERM)/;

interface Facts {
  message: string;
  code?: string | number;
  disconnected?: number;
  browser: boolean;
}

function facts(cause: unknown): Facts {
  const none: Facts = { message: "", browser: false };
  if (typeof cause !== "object" || cause === null) return none;
  if ("disconnected" in cause && typeof cause.disconnected === "number") {
    return { ...none, disconnected: cause.disconnected };
  }
  const message = "message" in cause && typeof cause.message === "string" ? cause.message : "";
  const code =
    "code" in cause && (typeof cause.code === "string" || typeof cause.code === "number") ? cause.code : undefined;
  // MQTT.js' own words for a TLS peer that was not authorised carry no code
  if (message === "TLS not authorized") return { message, code: "ERR_TLS_NOT_AUTHORIZED", browser: false };
  const browser =
    message === "WebSocket error" || (typeof DOMException === "function" && cause instanceof DOMException);
  return { message, code: browser ? undefined : code, browser };
}

/** A broker that knows no version 5 answers 1 (as 3.1.1 does) or 0x84, sends what cannot be read, or hangs up. */
function refusesVersion(cause: unknown): boolean {
  const { code, message, browser } = facts(cause);
  if (typeof code === "number") return code === 1 || code === 132;
  if (message === "connack timeout" || /Unexpected server response/.test(message)) return false;
  return code === undefined || code === "ECONNRESET" || code === "EPIPE" || browser;
}
