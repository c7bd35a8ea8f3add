/** The client: one tracker, fed by one link, written down in one journal. */

import type { Change, CommandMessage, Ingested, Text, Tracker } from "../core/types.js";
import { buildCommand, encode, formatTopic, OtaError, topicFilter } from "../index.js";
import { Broadcast } from "./broadcast.js";
import type { Connection, Delivery } from "./dial.js";
import { EchoWatch } from "./echo-watch.js";
import { failure, text } from "./errors.js";
import { Follower } from "./follow.js";
import { type JournalEntry, toBase64 } from "./journal.js";
import type { JournalWriter } from "./journal-writer.js";
import type { Link, LinkEvents } from "./link.js";
import type { RecentMessages } from "./recent-messages.js";
import { rowsOf } from "./rows.js";
import type { Subscription } from "./subscription.js";
import type {
  Attempts,
  Client,
  ClientEvent,
  ConnectOptions,
  ProtocolVersion,
  Upgrade,
  UpgradeRequest,
} from "./types.js";
import * as words from "./words.js";

/** How long our own command may take to come back on the command topic (MQTT 3.1.1). */
const ECHO_MS = 5_000;
const LONGEST_TIMER_MS = 2_147_483_647;

export interface Parts {
  options: ConnectOptions;
  clientId: string;
  /** Whether the client id means something beyond this client. */
  clientIdIsKept: boolean;
  tracker: Tracker;
  journal: JournalWriter;
  /** What a snapshot in the journal is to hold of the deliveries. */
  messages: RecentMessages;
  /** Whether the journal held open attempts. */
  resumes: boolean;
  sessionExpirySeconds: number;
  firstResultTimeoutMs: number;
}

export class OtaClient implements Client {
  readonly attempts: Attempts;
  readonly clientId: string;
  readonly #parts: Parts;
  readonly #tracker: Tracker;
  readonly #journal: JournalWriter;
  /** How much of each attempt's timeline has been told. */
  readonly #told = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #echoes: EchoWatch;
  readonly #broadcast = new Broadcast();
  #link: Link | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #connectedBefore = false;
  #closing: Promise<void> | undefined;
  readonly #abort = () => void this.#close();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.clientId = parts.clientId;
    this.#tracker = parts.tracker;
    this.#journal = parts.journal;
    this.#echoes = new EchoWatch(Math.min(ECHO_MS, parts.firstResultTimeoutMs / 2), (id) => this.#noEcho(id));
    const tracker = parts.tracker;
    this.attempts = {
      attempt: (id) => tracker.attempt(id),
      page: (options) => tracker.page(options),
      explain: (id) => tracker.explain(id),
      counts: () => tracker.counts(),
      log: (kind) => tracker.log(kind),
      nextDeadline: () => tracker.nextDeadline(),
    };
    for (const attempt of rowsOf(tracker)) this.#told.set(attempt.id, attempt.entries);
    this.#tick(Date.now());
  }

  get protocolVersion(): ProtocolVersion {
    return this.#link?.version ?? 5;
  }

  get state(): "connected" | "reconnecting" | "closed" {
    if (this.#closing !== undefined) return "closed";
    return this.#link?.live ? "connected" : "reconnecting";
  }

  /** Hands over the link, once it is open. */
  attach(link: Link): void {
    this.#link = link;
    this.#parts.options.signal?.addEventListener("abort", this.#abort, { once: true });
  }

  /** The subscriptions to begin with: results are needed, commands only watched. */
  subscriptions(): Subscription[] {
    const { devices } = this.#parts.options;
    return devices === undefined ? this.#filters() : devices.flatMap((device) => this.#filters(device));
  }

  async upgrade(request: UpgradeRequest): Promise<Upgrade> {
    const link = this.#usable();
    const { namespace, devices } = this.#parts.options;
    const { device, expected, supersede, ...fields } = request;
    const { message } = buildCommand({ device, ...fields });
    const topic = formatTopic({ namespace, device, channel: "command" });
    if (devices !== undefined && !devices.includes(device)) await link.subscribe(this.#filters(device));
    const release = await link.reserve();
    try {
      this.#usable();
      const now = Date.now();
      this.#tick(now);
      const id = this.#tracker.open({ topic, command: message, expected, supersede }, now);
      const opened = this.#journal.write({ t: "open", now, topic, command: message, expected, supersede });
      this.#changed(id);
      if (supersede) for (const attempt of rowsOf(this.#tracker, device)) this.#changed(attempt.id);
      await opened;
      await this.#send(link, id, topic, message);
      return this.follow(id);
    } finally {
      release();
    }
  }

  follow(id: string): Upgrade {
    const attempt = this.#tracker.attempt(id);
    if (attempt === undefined) {
      throw new OtaError("attempt-unknown", text(`there is no attempt ${id}`, `没有编号为 ${id} 的升级`));
    }
    return new Follower(attempt, {
      attempt: () => this.#tracker.attempt(id),
      changed: () => this.#nextChange(id),
      closed: () => this.#closing !== undefined,
    });
  }

  async cancel(id: string): Promise<void> {
    await this.#input({ t: "cancel", now: Date.now(), id }, (now) => this.#tracker.cancel(id, now));
  }

  async assign(resultId: number, id: string): Promise<Ingested> {
    this.#notClosed();
    const now = Date.now();
    this.#tick(now);
    const ingested = this.#tracker.assign(resultId, id, now);
    const written = this.#journal.write({ t: "assign", now, id, resultId });
    for (const changed of new Set([id, ...ingested.attemptIds])) this.#changed(changed);
    this.#schedule();
    await written;
    return ingested;
  }

  async forget(id: string): Promise<void> {
    this.#notClosed();
    this.#tracker.forget(id);
    this.#told.delete(id);
    this.#unsend(id);
    const written = this.#journal.write({ t: "forget", now: Date.now(), id });
    this.#wake(id);
    this.#schedule();
    await written;
  }

  events(): AsyncIterable<ClientEvent> {
    return this.#broadcast.events();
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** A delivery from the broker; it is acknowledged when the journal has it, and not at all once this is closed. */
  async deliver({ topic, payload, retained }: Delivery): Promise<void> {
    this.#notClosed();
    const now = Date.now();
    this.#tick(now);
    const decoded = this.#tracker.ingest(topic, payload, { now, retained });
    const entry = { now, topic, payload: toBase64(payload), retained };
    if (decoded.resultId !== undefined) this.#parts.messages.add({ resultId: decoded.resultId, ...entry });
    const written = this.#journal.write({ t: "ingest", ...entry });
    this.#emit({ type: "message", topic, payload, retained, at: now, decoded });
    if (decoded.disposition === "echo") for (const id of decoded.attemptIds) this.#echoes.stop(id);
    for (const id of decoded.attemptIds) this.#changed(id);
    this.#schedule();
    await written;
  }

  /** What the link reports. */
  linkEvents(): LinkEvents {
    return {
      connected: (connection) => this.#connected(connection),
      reconnecting: (error) => this.#emit({ type: "reconnecting", error: error?.text }),
      sessionLost: () => this.#sessionLost(),
      denied: (subscription, error, version) => this.#warn(words.denied(subscription.filter, error, version)),
      failed: (error) => void this.#close(error),
    };
  }

  async #close(error?: OtaError): Promise<void> {
    this.#closing ??= this.#end(error);
    await this.#closing;
  }

  async #end(error: OtaError | undefined): Promise<void> {
    clearTimeout(this.#timer);
    this.#parts.options.signal?.removeEventListener("abort", this.#abort);
    this.#echoes.stopAll();
    // a made-up client id is of no use to anybody once nothing is under way
    const forgetSession = !this.#parts.clientIdIsKept && this.#tracker.counts().open === 0;
    await this.#link?.close(forgetSession);
    await this.#journal.idle();
    this.#emit({ type: "closed", error });
    this.#broadcast.end();
    for (const id of [...this.#waiting.keys()]) this.#wake(id);
  }

  async #send(link: Link, id: string, topic: string, message: CommandMessage): Promise<void> {
    if (!this.#stillSendable(link, id)) return;
    await this.#input({ t: "sent", now: Date.now(), id }, (now) => this.#tracker.sent(id, now));
    if (!this.#stillSendable(link, id)) return;
    link.send({
      key: id,
      topic,
      payload: encode(message),
      expiresAt: this.#tracker.attempt(id)?.deadline?.at,
      acknowledged: (code) => this.#acknowledged(id, code),
      lost: () => this.#refuseLost(id),
    });
  }

  /** The connection may go, and the attempt may end, while the journal is being written. */
  #stillSendable(link: Link, id: string): boolean {
    if (this.#tracker.attempt(id)?.open !== true) return false;
    if (link.live) return true;
    this.#refuseLost(id);
    return false;
  }

  #acknowledged(id: string, code: number): void {
    this.#note({ t: "ack", now: Date.now(), id, code }, (now) => this.#tracker.acknowledged(id, code, now));
    if (code === 16) {
      this.#warn(words.nobodyListens);
    } else if (code >= 0x80) {
      this.#warn(words.refused(code));
    } else {
      this.#expectEcho(id);
    }
  }

  #refuseLost(id: string): void {
    if (this.#closing !== undefined) return;
    const lost = { kind: "connection-lost" } as const;
    this.#note({ t: "refused", now: Date.now(), id, reason: lost }, (now) => this.#tracker.refused(id, lost, now));
  }

  /** Over 3.1.1 the echo is all there is to tell that the broker has not dropped what it acknowledged. */
  #expectEcho(id: string): void {
    const attempt = this.#tracker.attempt(id);
    const link = this.#link;
    if (link?.version !== 4 || attempt?.open !== true || !this.#watchesCommands(link, attempt.device)) return;
    if (!attempt.timeline.some(({ kind }) => kind === "echo")) this.#echoes.start(id);
  }

  #noEcho(id: string): void {
    if (this.#link?.live === false) this.#echoes.start(id);
    else this.#note({ t: "no-echo", now: Date.now(), id }, (now) => this.#tracker.noEcho(id, now));
  }

  #watchesCommands(link: Link, device: string): boolean {
    return [undefined, device].some((of) => this.#filters(of).some((s) => !s.required && link.granted(s.filter)));
  }

  /** One input of the tracker that changes one attempt: applied, told, and written down. */
  #input(entry: JournalEntry & { id: string }, apply: (now: number) => Change): Promise<void> {
    this.#notClosed();
    this.#tick(entry.now);
    apply(entry.now);
    const written = this.#journal.write(entry);
    this.#changed(entry.id);
    this.#schedule();
    return written;
  }

  /** Like `#input`, where nobody waits; an attempt that has been forgotten meanwhile is left alone. */
  #note(entry: JournalEntry & { id: string }, apply: (now: number) => Change): void {
    if (this.#closing !== undefined || this.#tracker.attempt(entry.id) === undefined) return;
    this.#input(entry, apply).catch(() => {}); // a journal that fails closes the client
  }

  #tick(now: number): void {
    const changes = this.#tracker.tick(now);
    if (changes.length === 0) return;
    this.#journal.note({ t: "tick", now });
    for (const change of changes) this.#changed(change.attemptId);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const at = this.#tracker.nextDeadline();
    if (at === undefined || this.#closing !== undefined) return;
    const wait = Math.min(Math.max(at - Date.now(), 0), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => {
      this.#tick(Date.now());
      this.#schedule();
    }, wait);
  }

  /** Tells what is new on an attempt's timeline, and stops what an ended attempt no longer needs. */
  #changed(id: string): void {
    const attempt = this.#tracker.attempt(id);
    if (attempt === undefined) return;
    const told = this.#told.get(id) ?? 0;
    this.#told.set(id, attempt.timeline.length);
    for (const entry of attempt.timeline.slice(told)) this.#emit({ type: "attempt", attempt, entry });
    if (attempt.state !== "sent") this.#echoes.stop(id); // a result tells more than an echo
    if (!attempt.open) this.#unsend(id);
    this.#wake(id);
  }

  #unsend(id: string): void {
    this.#echoes.stop(id);
    this.#link?.withdraw(id);
  }

  #connected(connection: Connection): void {
    const { sessionPresent, version } = connection;
    if (!this.#connectedBefore && this.#parts.resumes && !sessionPresent) this.#sessionLost();
    this.#connectedBefore = true;
    this.#emit({ type: "connected", protocolVersion: version, sessionPresent });
    if (connection.sessionExpirySeconds < this.#parts.sessionExpirySeconds) {
      this.#warn(words.shortSession(connection.sessionExpirySeconds));
    }
    this.#schedule();
  }

  #sessionLost(): void {
    this.#emit({ type: "session-lost", message: words.sessionLost });
  }

  #warn(message: Text): void {
    this.#emit({ type: "warning", message });
  }

  #emit(event: ClientEvent): void {
    this.#broadcast.emit(event);
  }

  #nextChange(id: string): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(id);
      if (waiting === undefined) this.#waiting.set(id, [resolve]);
      else waiting.push(resolve);
    });
  }

  #wake(id: string): void {
    const waiting = this.#waiting.get(id) ?? [];
    this.#waiting.delete(id);
    for (const wake of waiting) wake();
  }

  #filters(device?: string): Subscription[] {
    const { namespace } = this.#parts.options;
    return [
      { filter: topicFilter({ namespace, device, channel: "result" }), required: true },
      { filter: topicFilter({ namespace, device, channel: "command" }), required: false },
    ];
  }

  #notClosed(): void {
    if (this.#closing !== undefined) throw failure("closed", text("the client is closed", "客户端已关闭"));
  }

  #usable(): Link {
    this.#notClosed();
    if (this.#parts.options.observeOnly) {
      throw failure(
        "observe-only",
        text("this client only observes; nothing was sent", "此客户端仅观察；未发送任何内容"),
      );
    }
    if (this.#link?.live !== true) {
      throw failure("not-connected", text("not connected; nothing was sent", "未连接；未发送任何内容"));
    }
    return this.#link;
  }
}
