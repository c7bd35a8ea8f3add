/** Where the broker is, taken apart so that credentials travel alone and are never printed. */

import { failure, text } from "./errors.js";

export interface Endpoint {
  protocol: "ws" | "wss" | "mqtt" | "mqtts";
  /** Without the brackets of an IPv6 address. */
  hostname: string;
  port: number;
  /** Path and query of a WebSocket address. */
  path: string;
  username?: string;
  password?: string;
  /** The address as it may be shown: no credentials, no query. */
  shown: string;
}

const PORTS = { ws: 80, wss: 443, mqtt: 1883, mqtts: 8883 } as const;

/** Throws `options-invalid` for anything that is no broker address. */
export function parseEndpoint(url: string): Endpoint {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw failure(
      "options-invalid",
      text(
        "the broker address is not a URL such as wss://host:port/path",
        "服务器地址不是形如 wss://主机:端口/路径 的 URL",
      ),
    );
  }
  const protocol = parsed.protocol.slice(0, -1);
  if (!isProtocol(protocol)) {
    throw failure(
      "options-invalid",
      text(
        `the broker address begins with "${protocol}:"; expected ws, wss, mqtt or mqtts`,
        `服务器地址以“${protocol}:”开头；应为 ws、wss、mqtt 或 mqtts`,
      ),
    );
  }
  if (parsed.hostname === "") {
    throw failure("options-invalid", text("the broker address has no host", "服务器地址缺少主机名"));
  }
  const port = parsed.port === "" ? PORTS[protocol] : Number(parsed.port);
  const web = protocol === "ws" || protocol === "wss";
  return {
    protocol,
    hostname: parsed.hostname.replace(/^\[(.*)\]$/, "$1"),
    port,
    path: web ? `${parsed.pathname || "/"}${parsed.search}` : "",
    username: parsed.username === "" ? undefined : decode(parsed.username),
    password: parsed.password === "" ? undefined : decode(parsed.password),
    shown: `${protocol}://${parsed.hostname}:${port}${web && parsed.pathname !== "/" ? parsed.pathname : ""}`,
  };
}

function isProtocol(value: string): value is Endpoint["protocol"] {
  return Object.hasOwn(PORTS, value);
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
