/** A simulated gateway: the core decides what it does, here are its MQTT connection, its download and its clock. */

import { parseEndpoint } from "../client/endpoint.js";
import { Link } from "../client/link.js";
import { EventQueue } from "../client/queue.js";
import type { TlsOptions } from "../client/types.js";
import type { Behaviour, Correlation, Namespace, Text } from "../core/types.js";
import { formatTopic, OtaError, safeDecode } from "../index.js";
import { download, type Fetch } from "./download.js";
import { type DownloadStep, GatewayLogic, type Publication } from "./logic.js";

/** Where a simulated gateway connects, and how it behaves. */
export interface GatewayOptions {
  /** The broker, as for `connect`. */
  url: string;
  username?: string;
  password?: string;
  namespace: Namespace;
  device: string;
  /** `ok` unless given. */
  behaviour?: Behaviour;
  /** `none` unless given, as the vendor's sample behaves. */
  correlation?: Correlation;
  /** Equal seeds give one device equal message ids; 1 unless given. */
  seed?: number;
  /** What runs now; `1.0.0` unless given. */
  version?: string;
  /** What runs after a successful update; `1.1.0` unless given. */
  newVersion?: string;
  /** Its commit; made up unless given. */
  newCommit?: string;
  /** Pause before each step; 0 unless given. */
  stepDelayMs?: number;
  /** Pause of `replies-later`; 660,000 (a minute after the usual deadline) unless given. */
  laterMs?: number;
  /** The global one unless given. */
  fetch?: Fetch;
  protocolVersion?: 5 | 4;
  tls?: TlsOptions;
}

/** Something that a simulated gateway did. */
export interface GatewayEvent {
  at: number;
  kind: "connected" | "command" | "ignored" | "download" | "result" | "offline";
  text: Text;
  /** Beside `command` and `result`. */
  payload?: string;
}

/** A simulated gateway, connected until `close`. */
export interface Gateway {
  readonly device: string;
  readonly behaviour: Behaviour;
  /** What it does, from the start on; bounded. */
  log(): AsyncIterable<GatewayEvent>;
  close(): Promise<void>;
}

const LOG_KEPT = 1_000;
const SESSION_SECONDS = 3_600;

/**
 * Connects a gateway and waits for commands. Throws what `connect` throws.
 *
 * @example
 * ```ts
 * import { startGateway } from "wudun-ota/simulator";
 *
 * const gateway = await startGateway({
 *   url: "ws://127.0.0.1:9001",
 *   namespace: { kind: "wudun", productKey: "pk01" },
 *   device: "gw-0002",
 *   behaviour: "rolls-back",
 * });
 * console.log(gateway.device, gateway.behaviour);
 * // gw-0002 rolls-back
 * await gateway.close();
 * ```
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const gateway = new SimulatedGateway(options);
  await gateway.start();
  return gateway;
}

class SimulatedGateway implements Gateway {
  readonly device: string;
  readonly behaviour: Behaviour;
  readonly #options: GatewayOptions;
  readonly #topic: string;
  readonly #logic: GatewayLogic;
  readonly #log = new EventQueue<GatewayEvent>(LOG_KEPT, (count) =>
    event("ignored", { en: `${count} entries of the log were dropped`, zh: `日志丢弃了 ${count} 条` }),
  );
  readonly #stop = new AbortController();
  #link: Link | undefined;
  #sent = 0;
  /** One step at a time. */
  #work: Promise<void> = Promise.resolve();

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.device = options.device;
    this.behaviour = options.behaviour ?? "ok";
    const { namespace, device, correlation = "none", seed = 1, version, stepDelayMs, laterMs } = options;
    this.#topic = formatTopic({ namespace, device, channel: "command" });
    const logic = { behaviour: this.behaviour, correlation, seed, version, stepDelayMs, laterMs };
    this.#logic = new GatewayLogic(this.#topic, logic);
  }

  async start(): Promise<void> {
    const { url, username, password, protocolVersion, tls } = this.#options;
    const endpoint = parseEndpoint(url);
    this.#link = await Link.open(
      {
        endpoint,
        clientId: `gw-${this.#logic.makeMid().replaceAll("-", "").slice(0, 20)}`,
        username: username ?? endpoint.username,
        password: password ?? endpoint.password,
        sessionExpirySeconds: SESSION_SECONDS,
        connectTimeoutMs: 15_000,
        protocolVersion,
        tls,
        subscriptions: [{ filter: this.#topic, required: true }],
        deliver: async ({ topic, payload, retained }) => this.#take(topic, payload, retained),
      },
      {
        connected: () =>
          this.#note("connected", { en: `connected to ${endpoint.shown}`, zh: `已连接 ${endpoint.shown}` }),
        reconnecting: () => this.#note("offline", { en: "connection lost", zh: "连接已断开" }),
        sessionLost: () => {},
        denied: () => {},
        failed: (error) => this.#note("offline", error.text),
      },
    );
    const leftBehind = this.#logic.leftBehind(Date.now());
    if (leftBehind !== undefined) await this.#publish(leftBehind);
  }

  log(): AsyncIterable<GatewayEvent> {
    return this.#log.read();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#link?.close(true);
    await this.#work;
    this.#log.end();
  }

  #take(topic: string, payload: Uint8Array, retained: boolean): void {
    const raw = new TextDecoder().decode(payload);
    const { what, mid } = this.#logic.take(topic, payload, retained);
    switch (what) {
      case "retained":
        this.#note("ignored", { en: "a retained command: not a new one", zh: "保留消息中的命令：不是新命令" }, raw);
        return;
      case "repeated":
        this.#note("ignored", { en: `command ${mid} again: dropped`, zh: `命令 ${mid} 重复：已丢弃` });
        return;
      case "command":
        this.#note("command", { en: `command ${mid}`, zh: `命令 ${mid}` }, raw);
        break;
      default: {
        const decoded = safeDecode(payload, { topic, lenient: true });
        this.#note("ignored", decoded.ok ? { en: "not a command", zh: "不是命令" } : decoded.error.text, raw);
      }
    }
    this.#work = this.#work.then(() => this.#carryOut()).catch((error: unknown) => this.#stopped(error));
  }

  /** Does what is to be done, until there is nothing. */
  async #carryOut(): Promise<void> {
    for (;;) {
      this.#stop.signal.throwIfAborted();
      const step = this.#logic.next(Date.now());
      if (step === undefined) return;
      if (step.kind === "wait") await this.#pause(step.ms);
      else if (step.kind === "download") await this.#download(step);
      else await this.#answer(step);
    }
  }

  #stopped(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    if (!OtaError.is(error)) throw error;
    this.#note("offline", error.text);
  }

  async #download(step: DownloadStep): Promise<void> {
    const image = await download(step, this.#options.fetch ?? fetch, this.#stop.signal);
    this.#stop.signal.throwIfAborted();
    if (!image.ok) {
      this.#note("download", image.why);
      this.#logic.downloaded();
      return;
    }
    this.#note("download", {
      en: `downloaded ${image.bytes} bytes, MD5 ${image.md5}`,
      zh: `已下载 ${image.bytes} 字节，MD5 ${image.md5}`,
    });
    const { newVersion = "1.1.0", newCommit = image.md5.slice(0, 12) } = this.#options;
    this.#logic.downloaded({ version: newVersion, commit: newCommit });
  }

  async #answer(result: Publication): Promise<void> {
    await this.#publish(result);
    const { status, payload } = result;
    this.#note("result", { en: `sent result with status ${status}`, zh: `已发送结果，状态 ${status}` }, payload);
  }

  async #publish({ topic, payload, retain, times }: Publication): Promise<void> {
    for (let time = 0; time < times; time += 1) await this.#deliver(topic, payload, retain);
  }

  /** Publishes until the broker has acknowledged, over as many connections as it takes. */
  async #deliver(topic: string, payload: string, retain: boolean): Promise<void> {
    for (;;) {
      const link = this.#link;
      if (link === undefined) return;
      await link.whenLive();
      const taken = await this.#attempt(link, topic, payload, retain);
      if (taken) return;
    }
  }

  /** Whether the broker took it, or nobody wants it any more; false when it has to go out again. */
  #attempt(link: Link, topic: string, payload: string, retain: boolean): Promise<boolean> {
    const { signal } = this.#stop;
    return new Promise((resolve) => {
      const settle = (taken: boolean) => {
        signal.removeEventListener("abort", given);
        resolve(taken);
      };
      const given = () => settle(true);
      signal.addEventListener("abort", given, { once: true });
      this.#sent += 1;
      try {
        link.send({
          key: String(this.#sent),
          topic,
          payload,
          retain,
          acknowledged: given,
          lost: () => settle(false),
        });
      } catch {
        settle(false); // the connection went in this very moment
      }
    });
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#stop;
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const timer = setTimeout(done, ms);
      signal.addEventListener("abort", done, { once: true });
      function done() {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        if (signal.aborted) reject(signal.reason);
        else resolve();
      }
    });
  }

  #note(kind: GatewayEvent["kind"], text: Text, payload?: string): void {
    this.#log.push(event(kind, text, payload));
  }
}

function event(kind: GatewayEvent["kind"], text: Text, payload?: string): GatewayEvent {
  return { at: Date.now(), kind, text, payload };
}
