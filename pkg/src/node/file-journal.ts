/** A journal in a file: one JSON line an entry, on the disk before `append` resolves. */

import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import type { Journal, JournalEntry } from "../client/journal.js";
import { OtaError } from "../index.js";
import { FileLock } from "./file-lock.js";

/** A journal in a file, one entry a line. */
export interface FileJournal extends Journal {
  readonly path: string;
  /** Gives the file, and its lock, back. */
  close(): Promise<void>;
}

/**
 * Opens or creates a journal. Throws an `OtaError`: `journal-locked` while another process has it open,
 * `journal-failed` where the file is no journal. What a crash left half written at the end is cut off.
 */
export async function openFileJournal(path: string): Promise<FileJournal> {
  const lock = await FileLock.take(`${path}.lock`);
  let file: FileHandle | undefined;
  try {
    file = await open(path, "a+", 0o600);
    await syncFolder(dirname(path));
    const { entries, bytes } = parse(path, await file.readFile());
    await file.truncate(bytes);
    return new OpenJournal(path, lock, file, entries);
  } catch (error) {
    await file?.close();
    await lock.release();
    throw error;
  }
}

class OpenJournal implements FileJournal {
  readonly path: string;
  readonly #lock: FileLock;
  readonly #file: FileHandle;
  readonly #entries: JournalEntry[];

  constructor(path: string, lock: FileLock, file: FileHandle, entries: JournalEntry[]) {
    this.path = path;
    this.#lock = lock;
    this.#file = file;
    this.#entries = entries;
  }

  async load(): Promise<JournalEntry[]> {
    return [...this.#entries];
  }

  async append(entries: JournalEntry[]): Promise<void> {
    await this.#file.appendFile(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
    await this.#file.datasync();
    this.#entries.push(...entries);
  }

  async close(): Promise<void> {
    await this.#file.close();
    await this.#lock.release();
  }
}

function parse(path: string, content: Buffer): { entries: JournalEntry[]; bytes: number } {
  const bytes = content.lastIndexOf("\n") + 1;
  const lines = content.toString("utf8", 0, bytes).split("\n").slice(0, -1);
  const entries = lines.map((line, index) => {
    const entry = parseLine(line);
    if (entry === undefined) {
      throw new OtaError("journal-failed", {
        en: `line ${index + 1} of ${path} is no journal entry`,
        zh: `${path} 第 ${index + 1} 行不是日志记录`,
      });
    }
    return entry;
  });
  return { entries, bytes };
}

function parseLine(line: string): JournalEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return isEntry(value) ? value : undefined;
}

/** What the entry holds beyond this is judged by the tracker, when it is replayed. */
function isEntry(value: unknown): value is JournalEntry {
  return (
    typeof value === "object" &&
    value !== null &&
    "t" in value &&
    typeof value.t === "string" &&
    "now" in value &&
    typeof value.now === "number"
  );
}

/** A new file is only there after a crash when its folder has been written as well; not every system can do that. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
