/**
 * A lasting link to the broker: dials, subscribes, reconnects, and sends packets of which each is repeated
 * by a reconnect only, with its own packet identifier, and never more than twice.
 */

import { OtaError } from "../index.js";
import { type Connection, type DialOptions, dial, hangUp, VersionRefused } from "./dial.js";
import { failure, text } from "./errors.js";
import { PacketIds } from "./packet-ids.js";
import { HungUpOn, refused, type Subscription, subscribe } from "./subscription.js";
import type { ProtocolVersion } from "./types.js";

/** A message on its way: published, not yet acknowledged. */
export interface Outgoing {
  /** Told apart by this. */
  key: string;
  topic: string;
  payload: string;
  /** Unix milliseconds after which the broker is to drop it (MQTT 5). */
  expiresAt?: number;
  retain?: boolean;
  /** The broker's reason code: 0 or 16 when it took the message, 128 and above when it did not. */
  acknowledged: (reasonCode: number) => void;
  /** The connection was lost twice without an acknowledgement; the message has been given up. */
  lost: () => void;
}

export interface LinkOptions extends Omit<DialOptions, "ids"> {
  protocolVersion?: ProtocolVersion;
  subscriptions: Subscription[];
}

export interface LinkEvents {
  connected(connection: Connection): void;
  /** The connection is gone, or could not be made again; `retryInMs` until the next try. */
  reconnecting(error: OtaError | undefined, retryInMs: number): void;
  sessionLost(): void;
  /** An optional subscription was turned down. */
  denied(subscription: Subscription, error: OtaError, version: ProtocolVersion): void;
  /** Nothing more will come: somebody else took the session, or a subscription is now refused. */
  failed(error: OtaError): void;
}

interface InFlight {
  out: Outgoing;
  id: number;
  losses: number;
}

const LOSSES_ALLOWED = 2;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 30_000;
/** A connection that lasted this long makes the next delay short again. */
const SETTLED_MS = 5_000;
/** So many connections in a row that the broker ends soon and without a word: somebody else has our client id. */
const BRIEF_ALLOWED = 4;

export class Link {
  readonly #options: LinkOptions;
  readonly #events: LinkEvents;
  readonly #ids = new PacketIds();
  readonly #subscriptions: Subscription[];
  readonly #granted = new Set<string>();
  readonly #denied = new Set<string>();
  readonly #inFlight = new Map<string, InFlight>();
  readonly #stop = new AbortController();
  #waiting: (() => void)[] = [];
  #connection: Connection | undefined;
  #version: ProtocolVersion;
  #reserved = 0;
  #live = false;
  #proven = false;
  #delay = FIRST_DELAY_MS;
  #brief = 0;
  #retry: (() => void) | undefined;

  private constructor(options: LinkOptions, events: LinkEvents) {
    this.#options = options;
    this.#events = events;
    this.#subscriptions = [...options.subscriptions];
    this.#version = options.protocolVersion ?? 5;
  }

  /** Connects and subscribes. Nothing is tried twice at first: what is wrong is said at once. */
  static async open(options: LinkOptions, events: LinkEvents): Promise<Link> {
    const link = new Link(options, events);
    const { signal } = options;
    const abort = () => link.#stop.abort(signal?.reason);
    signal?.throwIfAborted();
    signal?.addEventListener("abort", abort, { once: true });
    try {
      await link.#establish(true);
    } finally {
      signal?.removeEventListener("abort", abort);
    }
    return link;
  }

  /** Whether there is a connection and every subscription on it has been answered. */
  get live(): boolean {
    return this.#live;
  }

  get version(): ProtocolVersion {
    return this.#version;
  }

  get closed(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Whether deliveries under this filter are to be expected. */
  granted(filter: string): boolean {
    return this.#live && this.#granted.has(filter);
  }

  inFlight(): string[] {
    return [...this.#inFlight.keys()];
  }

  /** Adds subscriptions; resolves when the broker has answered. */
  async subscribe(added: Subscription[]): Promise<void> {
    const fresh = added.filter((a) => !this.#subscriptions.some((s) => s.filter === a.filter));
    if (fresh.length === 0) return;
    const connection = this.#connected();
    try {
      await this.#subscribeOn(connection, fresh);
    } catch (error) {
      throw error instanceof HungUpOn ? error.failure() : error;
    }
    this.#subscriptions.push(...fresh);
  }

  /**
   * Resolves when one more message may be sent: the broker limits how many may be unacknowledged.
   * Call what it answers after `send`, or when there is nothing to send after all.
   */
  async reserve(): Promise<() => void> {
    while (this.#live && this.#inFlight.size + this.#reserved >= (this.#connection?.receiveMaximum ?? 1)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#reserved += 1;
    return () => {
      this.#reserved -= 1;
      this.#wake();
    };
  }

  /** Publishes at QoS 1 on the live connection; throws `not-connected` where there is none. Never waits, never queues. */
  send(out: Outgoing): void {
    const connection = this.#connected();
    const entry: InFlight = { out, id: this.#ids.hold(), losses: 0 };
    this.#inFlight.set(out.key, entry);
    this.#publish(connection, entry);
  }

  /** Forgets a message that is no longer wanted: no reconnect will repeat it. */
  withdraw(key: string): void {
    const entry = this.#inFlight.get(key);
    if (entry === undefined) return;
    this.#settle(entry);
    this.#connection?.mqtt.removeOutgoingMessage(entry.id);
  }

  /** Resolves when the link is live, or rejects with `closed`. */
  async whenLive(): Promise<void> {
    while (!this.#live) {
      if (this.closed) throw failure("closed", text("the connection is closed", "连接已关闭"));
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Ends the connection and every wait. `forgetSession` tells an MQTT 5 broker to keep nothing. */
  async close(forgetSession = false): Promise<void> {
    if (this.closed) return;
    this.#stop.abort();
    this.#live = false;
    this.#inFlight.clear();
    this.#wake();
    this.#retry?.();
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) await hangUp(connection, forgetSession);
  }

  #connected(): Connection {
    if (this.closed) throw failure("closed", text("the connection is closed", "连接已关闭"));
    if (this.#connection === undefined || !this.#live) {
      throw failure("not-connected", text("not connected; nothing was sent", "未连接；未发送任何内容"));
    }
    return this.#connection;
  }

  async #establish(first: boolean): Promise<void> {
    const connection = await this.#dial();
    const startedAt = Date.now();
    connection.mqtt.on("packetreceive", (packet) => {
      if (packet.cmd === "puback" && packet.messageId !== undefined && this.#connection === connection) {
        this.#acknowledged(packet.messageId, packet.reasonCode ?? 0);
      }
    });
    try {
      if (first || !connection.sessionPresent) {
        if (!first) this.#events.sessionLost();
        await this.#subscribeOn(connection, this.#subscriptions);
      }
    } catch (error) {
      await hangUp(connection, false);
      if (this.closed) throw this.#stop.signal.reason;
      if (!(error instanceof HungUpOn)) throw error;
      if (error.subscription.required || this.#granted.has(error.subscription.filter)) throw error.failure();
      this.#deny(error.subscription, error.failure());
      return this.#establish(first);
    }
    if (this.closed) {
      await hangUp(connection, false);
      throw this.#stop.signal.reason;
    }
    this.#proven = true;
    this.#connection = connection;
    this.#live = true;
    connection.ended.then((error) => this.#ended(connection, error, startedAt));
    this.#events.connected(connection);
    for (const entry of [...this.#inFlight.values()]) this.#publish(connection, entry);
    this.#wake();
  }

  async #dial(): Promise<Connection> {
    const options: DialOptions = { ...this.#options, ids: this.#ids, signal: this.#stop.signal };
    try {
      const connection = await dial(this.#version, options);
      return connection;
    } catch (error) {
      if (!(error instanceof VersionRefused)) throw error;
      // a broker that has spoken version 5 before is only on its way down or up
      if (this.#options.protocolVersion === 5 || this.#proven) throw error.failure;
      const connection = await dial(4, options);
      this.#version = 4;
      return connection;
    }
  }

  async #subscribeOn(connection: Connection, wanted: Subscription[]): Promise<void> {
    // one by one: an MQTT 3.1.1 broker may answer a forbidden filter by hanging up, and then it is known which
    for (const subscription of [...wanted].sort((a, b) => Number(b.required) - Number(a.required))) {
      if (!subscription.required && this.#denied.has(subscription.filter)) continue;
      const code = await subscribe(connection, subscription.filter, {
        timeoutMs: this.#options.connectTimeoutMs,
        signal: this.#stop.signal,
      });
      if (code === undefined) throw new HungUpOn(subscription);
      if (code < 0x80) {
        this.#granted.add(subscription.filter);
        continue;
      }
      const error = refused(subscription.filter, code);
      if (subscription.required) throw error;
      this.#deny(subscription, error);
    }
  }

  #deny(subscription: Subscription, error: OtaError): void {
    this.#granted.delete(subscription.filter);
    this.#denied.add(subscription.filter);
    this.#events.denied(subscription, error, this.#version);
  }

  #publish(connection: Connection, entry: InFlight): void {
    const { out, id } = entry;
    const seconds = out.expiresAt === undefined ? undefined : Math.ceil((out.expiresAt - Date.now()) / 1000);
    this.#ids.using(id, () =>
      connection.mqtt.publish(
        out.topic,
        out.payload,
        {
          qos: 1,
          retain: out.retain ?? false,
          dup: entry.losses > 0,
          properties: seconds === undefined ? undefined : { messageExpiryInterval: Math.max(1, seconds) },
        },
        () => {}, // the acknowledgement is read off the wire: MQTT.js keeps reason code 0x10 to itself
      ),
    );
  }

  #acknowledged(id: number, reasonCode: number): void {
    const entry = [...this.#inFlight.values()].find((candidate) => candidate.id === id);
    if (entry === undefined) return;
    this.#settle(entry);
    entry.out.acknowledged(reasonCode);
  }

  #settle(entry: InFlight): void {
    this.#inFlight.delete(entry.out.key);
    this.#ids.release(entry.id);
    this.#wake();
  }

  #ended(connection: Connection, error: OtaError | undefined, startedAt: number): void {
    if (this.#connection !== connection || this.closed) return;
    this.#connection = undefined;
    this.#live = false;
    this.#wake();
    const settled = Date.now() - startedAt >= SETTLED_MS;
    this.#brief = settled || error !== undefined ? 0 : this.#brief + 1;
    if (error?.code === "session-taken-over" || this.#brief >= BRIEF_ALLOWED) {
      this.#fail(error ?? takenOver(this.#options.endpoint.shown));
      return;
    }
    for (const entry of [...this.#inFlight.values()]) {
      entry.losses += 1;
      if (entry.losses < LOSSES_ALLOWED) continue;
      this.#settle(entry);
      entry.out.lost();
    }
    void this.#reconnect(error, settled);
  }

  async #reconnect(cause: OtaError | undefined, settled: boolean): Promise<void> {
    if (settled) this.#delay = FIRST_DELAY_MS;
    let error = cause;
    while (!this.closed) {
      const delay = this.#delay;
      this.#delay = Math.min(delay * 2, LONGEST_DELAY_MS);
      this.#events.reconnecting(error, delay);
      await this.#pause(delay);
      if (this.closed) return;
      try {
        await this.#establish(false);
        return;
      } catch (failed) {
        if (this.closed) return;
        if (!OtaError.is(failed)) throw failed;
        if (failed.code === "subscribe-refused" || failed.code === "session-taken-over") {
          this.#fail(failed);
          return;
        }
        this.#brief = 0;
        error = failed;
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#retry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #fail(error: OtaError): void {
    void this.close();
    this.#events.failed(error);
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

/** Mosquitto 2.0, like any 3.1.1 broker, does not say why it prefers the other client. */
function takenOver(at: string): OtaError {
  return failure(
    "session-taken-over",
    text(
      `${at} keeps ending the connection as soon as it is made: is another client using the same client id?`,
      `${at} 总是在连接建立后立即断开：是否有另一个客户端使用相同的客户端标识？`,
    ),
  );
}
