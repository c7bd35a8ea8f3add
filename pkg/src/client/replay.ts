/** From a journal back to the tracker's state. Nothing is published. */

import type { Ingested, Tracker, TrackerOptions } from "../core/types.js";
import { createPace } from "../firmware/chunks.js";
import { createTracker, OtaError, restoreTracker } from "../index.js";
import { failure, text } from "./errors.js";
import { fromBase64, type JournalClient, type JournalEntry, type JournalMessage, toBase64 } from "./journal.js";
import { RecentMessages } from "./recent-messages.js";

/** A journal being replayed. */
export interface Replay {
  /** The state after the entries so far. Another tracker takes its place when the deadlines change. */
  readonly tracker: Tracker;
  /** The client that wrote last. */
  readonly client: JournalClient | undefined;
  /** The newest deliveries, oldest first, as far back as a snapshot keeps them. */
  readonly messages: Iterable<JournalMessage>;
  /** Applies the next entry. Throws `journal-failed` for one that does not follow from those before it. */
  apply(entry: JournalEntry): void;
}

/**
 * Starts a replay, with no entry applied yet.
 *
 * @example
 * ```ts
 * import { createReplay } from "wudun-ota/client";
 *
 * const replay = createReplay();
 * replay.apply({ t: "tick", now: 1_800_000_000_000 });
 * console.log(replay.tracker.counts().total);
 * // 0
 * ```
 */
export function createReplay(): Replay {
  return new Replaying();
}

/**
 * Applies a whole journal.
 *
 * @example
 * ```ts
 * import { replayJournal } from "wudun-ota/client";
 * import { openFileJournal, readFileJournal } from "wudun-ota/node";
 *
 * const journal = await openFileJournal("upgrades.jsonl");
 * await journal.append([{ t: "tick", now: 1_800_000_000_000 }]);
 * await journal.close();
 * const { entries } = await readFileJournal("upgrades.jsonl");
 * console.log(replayJournal(entries).tracker.counts().open);
 * // 0
 * ```
 */
export function replayJournal(entries: readonly JournalEntry[]): Replay {
  const replay = createReplay();
  for (const entry of entries) replay.apply(entry);
  return replay;
}

/**
 * The entries that stand for everything that has been put into a tracker up to the moment of the call: while they are
 * made, piece by piece, more may be put in. `now` is the last time that the tracker was told.
 *
 * @example
 * ```ts
 * import { replayJournal, takeSnapshot } from "wudun-ota/client";
 *
 * const { tracker, client, messages } = replayJournal([{ t: "tick", now: 1_800_000_000_000 }]);
 * const entries = await takeSnapshot(tracker, client, messages, 1_800_000_000_000);
 * console.log(entries.map(({ t }) => t).join(" "));
 * // chunk snapshot
 * ```
 */
export async function takeSnapshot(
  tracker: Tracker,
  client: JournalClient | undefined,
  messages: Iterable<JournalMessage>,
  now: number,
): Promise<JournalEntry[]> {
  const kept = [...messages];
  const entries: JournalEntry[] = client === undefined ? [] : [{ t: "client", now, ...client }];
  const pace = createPace();
  // The first step is taken before anything is awaited, and what is saved is the state at the first step.
  for (const chunk of tracker.saveInSteps()) {
    entries.push({ t: "chunk", now, chunk: toBase64(chunk) });
    await pace();
  }
  entries.push({ t: "snapshot", now, messages: kept });
  return entries;
}

/** The same attempts under other deadlines, which count from the same moments. */
export function withDeadlines(tracker: Tracker, deadlines: TrackerOptions, now: number): Tracker {
  const saved = tracker.save();
  tracker.dispose();
  return restoreTracker(saved, deadlines, now);
}

class Replaying implements Replay {
  tracker = createTracker();
  client: JournalClient | undefined;
  readonly messages = new RecentMessages();
  /** Of the snapshot to come. */
  readonly #chunks: Uint8Array[] = [];
  #applied = 0;
  /** Whether the tracker is still without any input. */
  #fresh = true;

  apply(entry: JournalEntry): void {
    this.#applied += 1;
    try {
      if (entry.t === "client") this.#take(entry);
      else if (entry.t === "chunk") this.#chunks.push(fromBase64(entry.chunk));
      else if (entry.t === "snapshot") this.#restore(entry);
      else this.#input(entry);
    } catch (error) {
      if (!OtaError.is(error)) throw error;
      throw failure(
        "journal-failed",
        text(
          `entry ${this.#applied} of the journal does not follow from those before it: ${error.text.en}`,
          `日志第 ${this.#applied} 条与之前的记录不符：${error.text.zh}`,
        ),
        error,
      );
    }
  }

  #take({ clientId, deadlines, now }: JournalClient & { now: number }): void {
    if (this.client === undefined || !sameDeadlines(this.client.deadlines, deadlines)) {
      this.tracker = withDeadlines(this.tracker, deadlines, now);
    }
    this.client = { clientId, deadlines };
  }

  #restore({ now, messages }: Extract<JournalEntry, { t: "snapshot" }>): void {
    if (!this.#fresh) throw misplaced();
    this.#fresh = false;
    this.tracker.dispose();
    this.tracker = restoreTracker(this.#chunks.splice(0), this.client?.deadlines ?? {}, now);
    for (const message of messages) this.messages.add(message);
  }

  #input(entry: Exclude<JournalEntry, { t: "client" | "chunk" | "snapshot" }>): void {
    if (this.#chunks.length > 0) throw misplaced();
    this.#fresh = false;
    const ingested = applyInput(entry, this.tracker);
    if (entry.t !== "ingest" || ingested?.resultId === undefined) return;
    const { now, topic, payload, retained = false } = entry;
    this.messages.add({ resultId: ingested.resultId, now, topic, payload, retained });
  }
}

/** Whether two sets of deadlines are the same. */
export function sameDeadlines(one: TrackerOptions, other: TrackerOptions): boolean {
  const names = ["sendTimeoutMs", "firstResultTimeoutMs", "finalResultTimeoutMs"] as const;
  return names.every((name) => one[name] === other[name]);
}

/** Feeds one entry to a tracker. Answers what became of a delivery. */
function applyInput(
  entry: Exclude<JournalEntry, { t: "client" | "chunk" | "snapshot" }>,
  tracker: Tracker,
): Ingested | undefined {
  const { now } = entry;
  switch (entry.t) {
    case "open": {
      const { topic, command, expected, supersede } = entry;
      tracker.open({ topic, command, expected, supersede }, now);
      break;
    }
    case "sent":
      tracker.sent(entry.id, now);
      break;
    case "ack":
      tracker.acknowledged(entry.id, entry.code, now);
      break;
    case "no-echo":
      tracker.noEcho(entry.id, now);
      break;
    case "refused":
      tracker.refused(entry.id, entry.reason, now);
      break;
    case "cancel":
      tracker.cancel(entry.id, now);
      break;
    case "assign":
      tracker.assign(entry.resultId, entry.id, now);
      break;
    case "forget":
      tracker.forget(entry.id);
      break;
    case "ingest":
      return tracker.ingest(entry.topic, fromBase64(entry.payload), { now, retained: entry.retained ?? false });
    case "tick":
      tracker.tick(now);
      break;
    default:
      throw failure("journal-failed", text("the journal was written by a newer version", "该日志由更新的版本写入"));
  }
  return undefined;
}

function misplaced(): OtaError {
  return failure("journal-failed", text("a snapshot stands among other entries", "快照出现在其他记录之后"));
}
