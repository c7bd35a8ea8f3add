/** The journal: every input of the tracker, in order, so that replaying it gives the same state. */

import type { CommandMessage, Expected, Ingested, RefusalReason, Tracker, TrackerOptions } from "../core/types.js";
import { OtaError } from "../index.js";
import { failure, text } from "./errors.js";

/** One input, as JSON; payloads are base64. `client` is about the client itself. */
export type JournalEntry =
  | ({ t: "client"; now: number } & JournalClient)
  | {
      t: "open";
      now: number;
      topic: string;
      command: CommandMessage;
      expected?: Expected;
      supersede?: boolean;
    }
  | { t: "sent"; now: number; id: string }
  | { t: "ack"; now: number; id: string; code: number }
  | { t: "no-echo"; now: number; id: string }
  | { t: "refused"; now: number; id: string; reason: RefusalReason }
  | { t: "cancel"; now: number; id: string }
  | { t: "assign"; now: number; id: string; resultId: number }
  | { t: "forget"; now: number; id: string }
  | { t: "ingest"; now: number; topic: string; payload: string; retained?: boolean }
  | { t: "tick"; now: number };

export interface JournalClient {
  /** By which a broker knows the session to go on with. */
  clientId: string;
  /** The deadlines of its attempts; absent in old journals. */
  deadlines?: TrackerOptions;
}

/** Where a client writes down what it must not forget; `append` resolves once that is durable. */
export interface Journal {
  /** Everything appended so far, oldest first. */
  load(): Promise<JournalEntry[]>;
  /** Resolves when the entries are durable. */
  append(entries: JournalEntry[]): Promise<void>;
}

/** What the journal holds; nothing without one. */
export async function loadJournal(journal: Journal | undefined): Promise<JournalEntry[]> {
  try {
    return (await journal?.load()) ?? [];
  } catch (cause) {
    if (OtaError.is(cause)) throw cause;
    throw failure("journal-failed", text("the journal cannot be read", "日志无法读取"), cause);
  }
}

/** The client that wrote the journal last. */
export function lastClient(entries: JournalEntry[]): JournalClient | undefined {
  return entries.findLast((entry) => entry.t === "client");
}

/** Feeds a journal to a fresh tracker. Nothing is published. */
export function replay(entries: JournalEntry[], tracker: Tracker): void {
  entries.forEach((entry, index) => {
    try {
      applyEntry(entry, tracker);
    } catch (error) {
      if (!OtaError.is(error)) throw error;
      throw failure(
        "journal-failed",
        text(
          `entry ${index + 1} of the journal does not follow from those before it: ${error.text.en}`,
          `日志第 ${index + 1} 条与之前的记录不符：${error.text.zh}`,
        ),
      );
    }
  });
}

/** Feeds one entry to a tracker, for a view of somebody else's journal. Answers what became of a delivery. */
export function applyEntry(entry: JournalEntry, tracker: Tracker): Ingested | undefined {
  const { now } = entry;
  switch (entry.t) {
    case "client":
      break;
    case "open": {
      const { topic, command, expected } = entry;
      // what stood in the way under the deadlines of then may do so again under those of now
      tracker.open({ topic, command, expected, supersede: true }, now);
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
      if (tracker.attempt(entry.id)?.open) tracker.cancel(entry.id, now);
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

/** Writes entries in order, as many at a time as have gathered while the last write was under way. */
export class JournalWriter {
  readonly #journal: Journal | undefined;
  readonly #failed: (error: OtaError) => void;
  #gathered: JournalEntry[] = [];
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #error: OtaError | undefined;

  constructor(journal: Journal | undefined, failed: (error: OtaError) => void) {
    this.#journal = journal;
    this.#failed = failed;
  }

  /** Resolves when the entry, and all before it, are durable; rejects with `journal-failed`. */
  write(entry: JournalEntry): Promise<void> {
    if (this.#journal === undefined) return Promise.resolve();
    this.#gathered.push(entry);
    this.#next ??= this.#writing.then(() => this.#flush(this.#journal));
    this.#writing = this.#next;
    return this.#next;
  }

  /** Like `write`, where nobody waits: a failure is reported through the constructor's callback alone. */
  note(entry: JournalEntry): void {
    this.write(entry).catch(() => {});
  }

  /** Resolves when everything written so far has been dealt with. */
  async idle(): Promise<void> {
    await this.#writing.catch(() => {});
  }

  async #flush(journal: Journal | undefined): Promise<void> {
    this.#next = undefined;
    const entries = this.#gathered;
    this.#gathered = [];
    if (this.#error !== undefined) throw this.#error;
    try {
      await journal?.append(entries);
    } catch (cause) {
      this.#error = failure(
        "journal-failed",
        text("the journal cannot be written; nothing more is sent", "日志无法写入；不再发送任何内容"),
        cause,
      );
      this.#failed(this.#error);
      throw this.#error;
    }
  }
}

/** Bytes as a journal keeps them. */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

/** Bytes out of a journal; the opposite of `toBase64`. */
export function fromBase64(value: string): Uint8Array {
  return Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
}
