/** A simulated gateway: takes commands, downloads for real, answers as its behaviour says. */

import { parseEndpoint } from "../client/endpoint.js";
import { Link } from "../client/link.js";
import { EventQueue } from "../client/queue.js";
import type { TlsOptions } from "../client/types.js";
import type { CommandMessage, Namespace, Text } from "../core/types.js";
import { formatTopic, OtaError, safeDecode } from "../index.js";
import type { Behaviour } from "./behaviours.js";
import { download, type Fetch } from "./download.js";
import { looseCommand } from "./loose.js";
import { Random } from "./random.js";
import { type Correlation, type GatewayReplies, gatewayReplies, type Reply } from "./replies.js";
import { withTrailingCommas } from "./untidy.js";

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

const MIDS_REMEMBERED = 1_000;
const LOG_KEPT = 1_000;
const SESSION_SECONDS = 3_600;
const SKEW_MS = 2 * 3_600_000;

/** Connects a gateway and waits for commands. Throws what `connect` throws. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const gateway = new SimulatedGateway(options);
  await gateway.start();
  return gateway;
}

class SimulatedGateway implements Gateway {
  readonly device: string;
  readonly behaviour: Behaviour;
  readonly #options: GatewayOptions;
  readonly #random: Random;
  readonly #log = new EventQueue<GatewayEvent>(LOG_KEPT, (count) =>
    event("ignored", { en: `${count} entries of the log were dropped`, zh: `日志丢弃了 ${count} 条` }),
  );
  readonly #stop = new AbortController();
  readonly #mids = new Set<string>();
  #link: Link | undefined;
  #version: string;
  #sent = 0;
  /** One upgrade at a time. */
  #work: Promise<void> = Promise.resolve();

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.device = options.device;
    this.behaviour = options.behaviour ?? "ok";
    this.#version = options.version ?? "1.0.0";
    this.#random = Random.of(options.seed ?? 1, options.device);
  }

  async start(): Promise<void> {
    const { url, username, password, namespace, device, protocolVersion, tls } = this.#options;
    const endpoint = parseEndpoint(url);
    this.#link = await Link.open(
      {
        endpoint,
        clientId: `gw-${this.#random.mid().replaceAll("-", "").slice(0, 20)}`,
        username: username ?? endpoint.username,
        password: password ?? endpoint.password,
        sessionExpirySeconds: SESSION_SECONDS,
        connectTimeoutMs: 15_000,
        protocolVersion,
        tls,
        subscriptions: [{ filter: formatTopic({ namespace, device, channel: "command" }), required: true }],
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
    if (this.behaviour === "retained") await this.#leaveRetained();
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
    if (retained) {
      this.#note("ignored", { en: "a retained command: not a new one", zh: "保留消息中的命令：不是新命令" }, raw);
      return;
    }
    const decoded = safeDecode(payload, { topic, lenient: true });
    if (decoded.ok && decoded.value.kind === "command") {
      const { message } = decoded.value;
      if (this.#repeated(message.mid)) return;
      this.#note("command", { en: `command ${message.mid}`, zh: `命令 ${message.mid}` }, raw);
      this.#queue(() => this.#upgrade(message));
      return;
    }
    const why = decoded.ok ? { en: "not a command", zh: "不是命令" } : decoded.error.text;
    this.#note("ignored", why, raw);
    const command = looseCommand(raw, this.device);
    if (command === undefined || this.#repeated(command.mid)) return;
    this.#queue(() => this.#publish(this.#replies(command).prepareFailed({ version: this.#version })));
  }

  #queue(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      if (this.#stop.signal.aborted) return;
      if (!OtaError.is(error)) throw error;
      this.#note("offline", error.text);
    });
  }

  async #upgrade(command: CommandMessage): Promise<void> {
    const { behaviour } = this;
    const replies = this.#replies(command);
    await this.#pause(this.#options.stepDelayMs);
    if (behaviour === "silent") return;
    if (behaviour === "forbidden") return this.#publish(replies.forbidden(this.#fields()));
    const image = await download(command.data.download_url, {
      fetch: this.#options.fetch ?? fetch,
      signal: this.#stop.signal,
      md5: command.data.md5_code,
      breakOff: behaviour === "download-fails",
      damage: behaviour === "md5-mismatch" ? this.#random.next() : undefined,
    });
    this.#stop.signal.throwIfAborted();
    if (!image.ok) {
      this.#note("download", image.why);
      return this.#publish(replies.prepareFailed(this.#fields()));
    }
    this.#note("download", {
      en: `downloaded ${image.bytes} bytes, MD5 ${image.md5}`,
      zh: `已下载 ${image.bytes} 字节，MD5 ${image.md5}`,
    });
    if (behaviour === "replies-later") await this.#pause(this.#options.laterMs ?? 660_000);
    const newVersion = this.#options.newVersion ?? "1.1.0";
    const target = { targetVersion: newVersion, targetCommitSha: this.#commit(image.md5) };
    const prepared = replies.prepared({ ...this.#fields(), ...target });
    const final = this.#final(replies, newVersion, target);
    if (behaviour === "out-of-order") {
      await this.#publish(final);
      await this.#pause(this.#options.stepDelayMs);
      return this.#publish(prepared);
    }
    await this.#publish(prepared);
    await this.#pause(this.#options.stepDelayMs);
    if (behaviour !== "silent-after-prepared") await this.#publish(final);
  }

  #final(
    replies: GatewayReplies,
    newVersion: string,
    target: { targetVersion: string; targetCommitSha: string },
  ): Reply {
    const before = { ...this.#fields(), ...target, finalVersion: this.#version };
    if (this.behaviour === "rolls-back") return replies.rolledBack(before);
    if (this.behaviour === "rollback-fails") return replies.rollbackFailed(before);
    if (this.behaviour === "wrong-version") {
      const finalVersion = `${newVersion}-other`;
      this.#version = finalVersion;
      return replies.succeeded({ ...before, finalVersion });
    }
    this.#version = newVersion;
    return replies.succeeded({ ...before, finalVersion: newVersion, finalCommitSha: target.targetCommitSha });
  }

  #replies(command: CommandMessage): GatewayReplies {
    const { namespace, correlation = "none" } = this.#options;
    return gatewayReplies(command, {
      namespace,
      device: this.device,
      correlation,
      mid: () => this.#random.mid(),
      now: () => Date.now() + (this.behaviour === "skewed-clock" ? SKEW_MS : 0),
    });
  }

  #fields() {
    return {
      version: this.#version,
      traceId: this.#random.mid(),
      ...(this.behaviour === "no-source" ? { source: undefined } : {}),
    };
  }

  #commit(md5: string): string {
    return this.#options.newCommit ?? md5.slice(0, 12);
  }

  async #publish(reply: Reply): Promise<void> {
    const payload = this.behaviour === "trailing-comma" ? withTrailingCommas(reply.message) : reply.payload;
    const times = this.behaviour === "duplicates" ? 3 : 1;
    for (let time = 0; time < times; time += 1) await this.#deliver(reply.topic, payload, false);
    const { status } = reply.message.data;
    this.#note("result", { en: `sent result with status ${status}`, zh: `已发送结果，状态 ${status}` }, payload);
  }

  /** Leaves behind what an earlier run would have: a success, retained. */
  async #leaveRetained(): Promise<void> {
    const { namespace, device } = this.#options;
    const earlier: CommandMessage = {
      mid: this.#random.mid(),
      type: "ota_upgrade",
      device_uid: device,
      timestamp: 1,
      data: { source: "ems_II", download_url: "", md5_code: "" },
    };
    const { topic, payload } = gatewayReplies(earlier, {
      namespace,
      correlation: "none",
      mid: () => this.#random.mid(),
    }).succeeded({ version: this.#version, finalVersion: this.#version });
    await this.#deliver(topic, payload, true);
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

  #repeated(mid: string): boolean {
    const key = mid.toLowerCase();
    if (this.#mids.has(key)) {
      this.#note("ignored", { en: `command ${mid} again: dropped`, zh: `命令 ${mid} 重复：已丢弃` });
      return true;
    }
    this.#mids.add(key);
    const [oldest] = this.#mids;
    if (this.#mids.size > MIDS_REMEMBERED && oldest !== undefined) this.#mids.delete(oldest);
    return false;
  }

  #pause(ms = 0): Promise<void> {
    const { signal } = this.#stop;
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      if (ms === 0) return resolve();
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
