/** Writes a journal, and keeps it from growing beyond what it has to hold. */

import { OtaError } from "../index.js";
import { failure, text } from "./errors.js";
import type { Journal, JournalEntry } from "./journal.js";

/** A journal is put together anew when what came after its last snapshot is larger than this, as JSON text, … */
const GROWTH = 1024 * 1024;
/** … and so many times larger than the snapshot: what is written twice stays a fixed part of all that is written. */
const TIMES = 2;

/** Writes entries in order, as many at a time as have gathered while the last write was under way. */
export class JournalWriter {
  readonly #journal: Journal | undefined;
  readonly #failed: (error: OtaError) => void;
  readonly #snapshot: (now: number) => Promise<JournalEntry[]>;
  #gathered: JournalEntry[] = [];
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #error: OtaError | undefined;
  /** Characters of the snapshot that the journal begins with, and of what follows it. */
  #base = 0;
  #growth = 0;

  /**
   * `held` is what the journal holds already. `snapshot` gives the entries that stand for everything written up to the
   * moment of the call, what has been handed to `write` and is not durable yet included, and nothing that comes later.
   */
  constructor(
    journal: Journal | undefined,
    held: readonly JournalEntry[],
    failed: (error: OtaError) => void,
    snapshot: (now: number) => Promise<JournalEntry[]>,
  ) {
    this.#journal = journal;
    this.#failed = failed;
    this.#snapshot = snapshot;
    const start = held.findIndex(({ t }) => t === "snapshot") + 1;
    this.#base = sizeOf(held.slice(0, start));
    this.#growth = sizeOf(held.slice(start));
  }

  /** Resolves when the entry, and all before it, are durable; rejects with `journal-failed` or `journal-locked`. */
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
      await this.#store(journal, entries);
    } catch (cause) {
      this.#error = OtaError.is(cause)
        ? cause
        : failure(
            "journal-failed",
            text("the journal cannot be written; nothing more is sent", "日志无法写入；不再发送任何内容"),
            cause,
          );
      this.#failed(this.#error);
      throw this.#error;
    }
  }

  async #store(journal: Journal | undefined, entries: JournalEntry[]): Promise<void> {
    this.#growth += sizeOf(entries);
    const last = entries.at(-1);
    if (journal?.replace === undefined || last === undefined || this.#growth <= Math.max(GROWTH, TIMES * this.#base)) {
      await journal?.append(entries);
      return;
    }
    const fresh = await this.#snapshot(last.now);
    this.#base = sizeOf(fresh);
    this.#growth = 0;
    await journal.replace(fresh);
  }
}

/** Characters of JSON text, more or less. */
function sizeOf(entries: readonly JournalEntry[]): number {
  // A chunk is nearly all of its entry, and there may be many.
  return entries.reduce((sum, entry) => sum + (entry.t === "chunk" ? entry.chunk : JSON.stringify(entry)).length, 0);
}
