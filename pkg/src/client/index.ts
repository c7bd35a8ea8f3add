/**
 * Sends upgrade commands over MQTT and follows them to their end.
 *
 * ```ts
 * const client = await connect({ url: "wss://broker.example/mqtt", namespace: { kind: "wudun", productKey: "pk" } });
 * const upgrade = await client.upgrade({ device, source: "ems_II", downloadUrl, md5, expected: { version: "2.1.0" } });
 * for await (const { entry } of upgrade) console.log(entry.text.en);
 * console.log((await upgrade.outcome).state);
 * await client.close();
 * ```
 */

import { engineTooOld } from "../core/errors.js";
import type { Namespace, TrackerOptions } from "../core/types.js";
import { OtaClient } from "./client.js";
import { parseEndpoint } from "./endpoint.js";
import { failure, text } from "./errors.js";
import { type JournalClient, loadJournal } from "./journal.js";
import { JournalWriter } from "./journal-writer.js";
import { Link } from "./link.js";
import { RecentMessages } from "./recent-messages.js";
import { replayJournal, sameDeadlines, takeSnapshot, withDeadlines } from "./replay.js";
import type { Client, ConnectOptions } from "./types.js";

export {
  fromBase64,
  type Journal,
  type JournalClient,
  type JournalEntry,
  type JournalMessage,
  toBase64,
} from "./journal.js";
export { createReplay, type Replay, replayJournal, takeSnapshot } from "./replay.js";
export * from "./types.js";

const DEADLINES = { sendTimeoutMs: 30_000, firstResultTimeoutMs: 600_000, finalResultTimeoutMs: 3_600_000 };
/** Session kept longer than the deadlines by this, for clocks and reconnects. */
const SPARE_SECONDS = 60;

/**
 * Connects, subscribes, and picks up what the journal holds; publishes nothing.
 *
 * Throws an `OtaError` with the code `options-invalid`, `connect-refused`, `connect-unauthorized`,
 * `connect-timeout`, `connect-unreachable`, `tls-failed`, `subscribe-refused` or `journal-failed`;
 * the signal's reason when that was aborted.
 *
 * @example
 * ```ts
 * import { connect } from "wudun-ota/client";
 *
 * const client = await connect({
 *   url: "ws://127.0.0.1:9001",
 *   namespace: { kind: "wudun", productKey: "pk01" },
 * });
 * const upgrade = await client.upgrade({
 *   device: "gw-0001",
 *   source: "ems_II",
 *   downloadUrl: "http://127.0.0.1:8080/ems_II-2.4.0.bin",
 *   md5: "183f7bcf424938735c60bf6575e48a88",
 *   expected: { version: "2.4.0" },
 * });
 * const { state, verification } = await upgrade.outcome;
 * console.log(state, verification);
 * // succeeded verified
 * await client.close();
 * ```
 */
export async function connect(options: ConnectOptions): Promise<Client> {
  // Firefox before 97, and Node 18.
  if (!("throwIfAborted" in AbortSignal.prototype && "crypto" in globalThis)) throw engineTooOld();
  const endpoint = parseEndpoint(options.url);
  const { signal } = options;
  const username = options.username ?? endpoint.username;
  const password = options.password ?? endpoint.password;
  if (password !== undefined && username === undefined) {
    throw failure("options-invalid", text("a password needs a user name", "提供密码时必须提供用户名"));
  }
  const entries = await loadJournal(options.journal);
  const replay = replayJournal(entries);
  const messages = new RecentMessages(replay.messages);
  const known = replay.client;
  // An attempt keeps the deadlines that it was sent with, unless others are given now.
  const deadlines = { ...DEADLINES, ...known?.deadlines, ...defined(options.deadlines) };
  const { sendTimeoutMs, firstResultTimeoutMs, finalResultTimeoutMs } = deadlines;
  const sessionExpirySeconds =
    Math.ceil((sendTimeoutMs + firstResultTimeoutMs + finalResultTimeoutMs) / 1000) + SPARE_SECONDS;
  const clientId = options.clientId ?? known?.clientId ?? makeClientId(options.namespace);

  const about = { clientId, deadlines };
  const now = Date.now();
  const changed = !isSame(about, known);
  const tracker = changed ? withDeadlines(replay.tracker, deadlines, now) : replay.tracker;
  let client: OtaClient | undefined;
  const journal = new JournalWriter(
    options.journal,
    entries,
    (error) => client?.linkEvents().failed(error),
    (at) => takeSnapshot(tracker, about, messages, at),
  );
  if (changed) await journal.write({ t: "client", now, ...about });
  client = new OtaClient({
    options,
    clientId,
    clientIdIsKept: options.clientId !== undefined || options.journal !== undefined,
    tracker,
    journal,
    messages,
    resumes: tracker.counts().open > 0,
    sessionExpirySeconds,
    firstResultTimeoutMs,
  });
  const opened = client;
  try {
    const link = await Link.open(
      {
        endpoint,
        clientId,
        username,
        password,
        tls: options.tls,
        sessionExpirySeconds,
        connectTimeoutMs: options.connectTimeoutMs ?? 15_000,
        protocolVersion: options.protocolVersion,
        subscriptions: opened.subscriptions(),
        deliver: (delivery) => opened.deliver(delivery),
        signal,
      },
      client.linkEvents(),
    );
    client.attach(link);
  } catch (error) {
    await client.close();
    throw error;
  }
  return client;
}

/** `undefined` stands for what is not given. */
function defined(deadlines: TrackerOptions = {}): TrackerOptions {
  return Object.fromEntries(Object.entries(deadlines).filter(([, value]) => value !== undefined));
}

function isSame(now: JournalClient, before: JournalClient | undefined): boolean {
  return now.clientId === before?.clientId && sameDeadlines(now.deadlines, before.deadlines);
}

/** At most 23 letters, digits and hyphens, which every broker takes. */
function makeClientId(namespace: Namespace): string {
  const name =
    namespace.kind === "wudun" ? namespace.productKey : namespace.kind === "user" ? namespace.tenant : namespace.prefix;
  const random = Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, "0"));
  return `ota-${name.replace(/[^A-Za-z0-9]/g, "").slice(0, 6)}-${random.join("")}`;
}
