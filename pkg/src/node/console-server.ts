/** Serves the built console: static files, loopback unless told otherwise, with a strict Content-Security-Policy. */

import { readFile, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Namespace, Text } from "../core/types.js";
import { OtaError } from "../index.js";
import { listen } from "./listen.js";

/** What the console is told about a demonstration, as `demo.json`. */
export interface DemoInfo {
  brokerUrl: string;
  namespace: Namespace;
  /** Origin of the firmware host. */
  firmwareHost: string;
  /** What the gateways report to run after a successful update; the console expects it unless told otherwise. */
  newVersion?: string;
  devices: { device: string; behaviour: string; description: Text }[];
}

/** Where the console is served. */
export interface ConsoleOptions {
  /** 8080 unless given; the next free port where it is taken; 0 for any. */
  port?: number;
  /** 127.0.0.1 unless given. */
  host?: string;
  /** Asked at each request, since parts of a demonstration may have to know the console's address first. */
  demo?: () => DemoInfo | undefined;
  /** Folder of the built console; that of this package unless given. */
  root?: string;
}

/** A console being served, until `close`. */
export interface ConsoleServer {
  readonly url: string;
  readonly origin: string;
  close(): Promise<void>;
}

const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "worker-src 'self'",
  "connect-src 'self' ws: wss: http: https:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const TYPES: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".woff2": "font/woff2",
};

/**
 * Throws `console-missing` where the package has been built without its console.
 *
 * @example
 * ```ts
 * import { serveConsole } from "wudun-ota/node";
 *
 * const server = await serveConsole({ port: 0 });
 * console.log((await fetch(server.url)).status);
 * // 200
 * await server.close();
 * ```
 */
export async function serveConsole(options: ConsoleOptions = {}): Promise<ConsoleServer> {
  const { port = 8080, host = "127.0.0.1", demo } = options;
  const root = options.root ?? (await findConsole());
  const loopback = host === "127.0.0.1" || host === "::1" || host === "localhost";
  // Slow to load, for those who serve nothing.
  const { createServer } = await import("node:http");
  const server = createServer((request, response) => {
    respond(request, response, root, loopback, demo).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  const actual = await listen(server, port, host);
  const origin = `http://${host.includes(":") ? `[${host}]` : host}:${actual}`;
  return {
    origin,
    url: `${origin}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  root: string,
  loopback: boolean,
  demo: ConsoleOptions["demo"],
): Promise<void> {
  response.setHeader("Content-Security-Policy", POLICY);
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("Referrer-Policy", "no-referrer");
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
  response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
  // a foreign page may point a name of its own at this address; it must not get to read anything
  if (loopback && !isLoopbackHost(request.headers.host))
    return end(response, 403, "this server answers to loopback names only");
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    return end(response, 405, "only GET and HEAD");
  }
  const path = pathOf(request.url ?? "/");
  if (path === "/demo.json") {
    const info = demo?.();
    if (info === undefined) return end(response, 404, "no demonstration is running");
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("Content-Type", "application/json; charset=utf-8");
    response.end(JSON.stringify(info));
    return;
  }
  const file = path === undefined ? undefined : join(root, normalize(path === "/" ? "/index.html" : path));
  if (file === undefined || !file.startsWith(root.endsWith(sep) ? root : root + sep) || !(await isFile(file))) {
    return end(response, 404, "not found");
  }
  const body = await readFile(file);
  // Vite puts the hash of the content into the names below assets/
  const lasting = path?.startsWith("/assets/");
  response.setHeader("Cache-Control", lasting ? "public, max-age=31536000, immutable" : "no-cache");
  response.setHeader("Content-Type", TYPES[extname(file)] ?? "application/octet-stream");
  response.setHeader("Content-Length", body.length);
  response.end(request.method === "HEAD" ? undefined : body);
}

function end(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" });
  response.end(`${message}\n`);
}

function pathOf(url: string): string | undefined {
  try {
    const path = decodeURIComponent(url.split(/[?#]/, 1)[0] ?? "/");
    return path.includes("\0") || path.includes("\\") ? undefined : path;
  } catch {
    return undefined;
  }
}

/**
 * Whether a `Host` header names this machine by a loopback name.
 *
 * @example
 * ```ts
 * import { isLoopbackHost } from "wudun-ota/node";
 *
 * console.log(isLoopbackHost("127.0.0.1:8080"), isLoopbackHost("gateway.example.com"));
 * // true false
 * ```
 */
export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** The console lies beside the entry of the package; this code may have been put into a chunk below it. */
async function findConsole(): Promise<string> {
  for (const place of ["./console/", "../console/"]) {
    const folder = fileURLToPath(new URL(place, import.meta.url));
    if (await isFile(join(folder, "index.html"))) return folder.slice(0, -1);
  }
  throw new OtaError("console-missing", {
    en: "the console has not been built into this package",
    zh: "此软件包未包含已构建的控制台",
  });
}
