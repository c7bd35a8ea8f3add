import type { IncomingMessage } from "node:http";
import { hashFirmware, type Text } from "../index.js";
import { failed } from "./failure.js";
import { percentDecoded } from "./secrets.js";
import { TEXT } from "./text.js";

const MAX_REDIRECTS = 10;
const STALL_MS = 30_000;

/** One answer that led elsewhere. */
interface Hop {
  status: number;
  /** Where it led. */
  url: string;
}

export interface Fetched {
  /** The last URL, which gave the file. */
  url: string;
  redirects: Hop[];
  /** Bytes. */
  size: number;
  md5: string;
  sha256: string;
  contentType?: string;
  contentEncoding?: string;
  durationMs: number;
}

/**
 * Downloads as a device would: no decompression, no cache, credentials of the URL as Basic authentication, never sent
 * on to another host. Nothing is kept but the digests.
 */
export async function fetchAndHash(
  start: string,
  onProgress: (bytes: number, total: number | undefined) => void,
): Promise<Fetched> {
  const startedAt = performance.now();
  const redirects: Hop[] = [];
  let url = new URL(start);
  let credentials = credentialsOf(url);
  for (;;) {
    const response = await request(url, credentials);
    const status = response.statusCode ?? 0;
    const location = response.headers.location;
    if (status >= 300 && status < 400 && status !== 304 && location !== undefined) {
      response.destroy();
      const next = resolve(location, url);
      redirects.push({ status, url: next.href });
      if (redirects.length > MAX_REDIRECTS) throw failed("redirects", TEXT.redirectsTooMany(MAX_REDIRECTS));
      credentials = credentialsOf(next) ?? (next.origin === url.origin ? credentials : undefined);
      url = next;
      continue;
    }
    if (status !== 200) {
      response.destroy();
      throw failed("http-status", TEXT.fetchStatus(status));
    }
    const { "content-type": contentType, "content-encoding": contentEncoding } = response.headers;
    const digests = await hashBody(response, onProgress);
    return {
      url: url.href,
      redirects,
      ...digests,
      ...(contentType === undefined ? {} : { contentType }),
      ...(contentEncoding === undefined ? {} : { contentEncoding }),
      durationMs: Math.round(performance.now() - startedAt),
    };
  }
}

async function hashBody(
  response: IncomingMessage,
  onProgress: (bytes: number, total: number | undefined) => void,
): Promise<{ size: number; md5: string; sha256: string }> {
  const length = response.headers["content-length"];
  const total = length === undefined ? undefined : Number(length);
  try {
    const {
      size,
      md5,
      sha256 = "",
    } = await hashFirmware(response, {
      sha256: true,
      onProgress: ({ bytes }) => onProgress(bytes, total),
    });
    return { size, md5, sha256 };
  } catch (error) {
    throw asFailure(error);
  }
}

async function request(url: URL, auth: string | undefined): Promise<IncomingMessage> {
  // Loaded here: they take longer to load than a small file to hash.
  const { get } = await (url.protocol === "https:" ? import("node:https") : import("node:http"));
  const options = {
    // A connection of its own, so that none is kept open afterwards.
    agent: false as const,
    headers: { accept: "*/*", "accept-encoding": "identity", "user-agent": "wudun-ota" },
    ...(auth === undefined ? {} : { auth }),
  };
  return new Promise((done, fail) => {
    const pending = get(url, options, done);
    pending.setTimeout(STALL_MS, () => pending.destroy(failed("stalled", TEXT.fetchStalled)));
    pending.on("error", (error) => fail(asFailure(error)));
  });
}

function credentialsOf(url: URL): string | undefined {
  if (url.username === "" && url.password === "") return undefined;
  return `${percentDecoded(url.username)}:${percentDecoded(url.password)}`;
}

function resolve(location: string, base: URL): URL {
  let next: URL | undefined;
  try {
    next = new URL(location, base);
  } catch {
    // told below
  }
  if (next?.protocol !== "http:" && next?.protocol !== "https:") throw failed("redirect", TEXT.redirectBad);
  return next;
}

function asFailure(error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return error;
  if (error.name === "Failure") return error;
  if (error.code === "ECONNRESET" && error.message === "aborted") return failed("cut", TEXT.fetchCut);
  return failed("fetch", CONNECTION_PROBLEMS[error.code] ?? TEXT.fetchFailed(`${error.message} (${error.code})`));
}

const CONNECTION_PROBLEMS: Partial<Record<string, Text>> = {
  ECONNREFUSED: { en: "the server refuses the connection", zh: "服务器拒绝连接" },
  ENOTFOUND: { en: "the host name is unknown", zh: "找不到该主机名" },
  EAI_AGAIN: { en: "the host name could not be looked up", zh: "暂时无法解析主机名" },
  ETIMEDOUT: { en: "the server does not answer", zh: "服务器没有响应" },
  EHOSTUNREACH: { en: "the host cannot be reached", zh: "无法到达该主机" },
  ENETUNREACH: { en: "the network cannot be reached", zh: "无法到达该网络" },
  ECONNRESET: { en: "the server closed the connection", zh: "服务器关闭了连接" },
  CERT_HAS_EXPIRED: { en: "the server's certificate has expired", zh: "服务器证书已过期" },
  DEPTH_ZERO_SELF_SIGNED_CERT: { en: "the server's certificate is self-signed", zh: "服务器证书是自签名的" },
  SELF_SIGNED_CERT_IN_CHAIN: { en: "the certificate chain is self-signed", zh: "证书链中含自签名证书" },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { en: "the server's certificate cannot be verified", zh: "无法验证服务器证书" },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    en: "the server's certificate is for another host name",
    zh: "服务器证书与主机名不符",
  },
};
