/** A journal in a file, on the disk before `append` resolves. */

import { type FileHandle, open, readFile, realpath, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Journal, JournalEntry } from "../client/journal.js";
import { OtaError } from "../index.js";
import { FileLock } from "./file-lock.js";
import { type Chain, type Lines, newFile, nextLine, readLines } from "./journal-lines.js";

/** A journal in a file. */
export interface FileJournal extends Journal {
  readonly path: string;
  /** Bytes at the end that a crash had left half written; they were cut off, and nobody was told that they are durable. */
  readonly torn: number;
  replace(entries: JournalEntry[]): Promise<void>;
  /** Gives the file, and its lock, back. */
  close(): Promise<void>;
}

/**
 * Opens or creates a journal. Throws an `OtaError`: `journal-locked` while somebody else has it open,
 * `journal-foreign` where the file is no journal, `journal-damaged` where it is not what was written.
 *
 * @example
 * ```ts
 * import { openFileJournal } from "wudun-ota/node";
 *
 * const journal = await openFileJournal("fleet.jsonl"); // for connect({ …, journal })
 * await journal.append([{ t: "tick", now: 1_800_000_000_000 }]);
 * console.log((await journal.load()).length);
 * // 1
 * await journal.close();
 * ```
 */
export async function openFileJournal(name: string): Promise<FileJournal> {
  const path = await withoutLinks(name);
  const lock = await FileLock.take(`${path}.lock`);
  let file: FileHandle | undefined;
  try {
    await unlink(beside(path)).catch(ignoreAbsent);
    if (await isEmpty(path)) await (await create(path, [])).file.close();
    file = await open(path, "a+", 0o600);
    const lines = readLines(path, await file.readFile());
    if (lines.torn > 0) {
      await file.truncate(lines.size);
      await file.datasync();
    }
    return new OpenJournal(path, lock, file, lines);
  } catch (error) {
    await file?.close();
    await lock.release();
    throw error;
  }
}

/**
 * What a journal holds, also while another process writes it: for a look, without opening it. Throws like `openFileJournal`.
 *
 * @example
 * ```ts
 * import { openFileJournal, readFileJournal } from "wudun-ota/node";
 *
 * const journal = await openFileJournal("read.jsonl");
 * await journal.append([{ t: "tick", now: 1_800_000_000_000 }]);
 * await journal.close();
 * const { entries, torn } = await readFileJournal("read.jsonl");
 * console.log(entries.length, torn);
 * // 1 0
 * ```
 */
export async function readFileJournal(path: string): Promise<{ entries: JournalEntry[]; torn: number }> {
  const { entries, torn } = readLines(path, await readFile(path));
  return { entries, torn };
}

class OpenJournal implements FileJournal {
  readonly path: string;
  readonly torn: number;
  readonly #lock: FileLock;
  #file: FileHandle;
  #chain: Chain;
  #failed = false;

  constructor(path: string, lock: FileLock, file: FileHandle, { chain, torn }: Lines) {
    this.path = path;
    this.torn = torn;
    this.#lock = lock;
    this.#file = file;
    this.#chain = chain;
  }

  async load(): Promise<JournalEntry[]> {
    return (await readFileJournal(this.path)).entries;
  }

  append(entries: JournalEntry[]): Promise<void> {
    return this.#write(async () => {
      const { chain, text } = nextLine(this.#chain, entries);
      await this.#file.appendFile(text);
      await this.#file.datasync();
      this.#chain = chain;
    });
  }

  replace(entries: JournalEntry[]): Promise<void> {
    return this.#write(async () => {
      await this.#file.close(); // some systems do not let a file that is open be replaced
      const { file, chain } = await create(this.path, entries);
      this.#file = file;
      this.#chain = chain;
    });
  }

  async close(): Promise<void> {
    await this.#file.close();
    await this.#lock.release();
  }

  /** After a write that failed nobody knows what the file holds: it is read anew before anything more is written. */
  async #write(work: () => Promise<void>): Promise<void> {
    if (this.#failed) throw unusable(this.path);
    try {
      await this.#lock.check();
      await work();
    } catch (error) {
      this.#failed = true;
      throw error;
    }
  }
}

/** A new file under the name, whole and durable or not there at all. */
async function create(path: string, entries: JournalEntry[]): Promise<{ file: FileHandle; chain: Chain }> {
  let { chain, text } = newFile();
  const file = await open(beside(path), "ax", 0o600);
  try {
    await file.appendFile(text);
    // Each for itself: they may be many and large, and others want to go on in between.
    for (const entry of entries) {
      ({ chain, text } = nextLine(chain, [entry]));
      await file.appendFile(text);
    }
    await file.sync();
    await rename(beside(path), path);
    await syncFolder(dirname(path));
  } catch (error) {
    await file.close();
    throw error;
  }
  return { file, chain };
}

/** One name for each file, so that it has one lock. */
async function withoutLinks(path: string): Promise<string> {
  return realpath(path).catch(async () => join(await realpath(dirname(path)), basename(path)));
}

/** Where a journal is put together before it takes its place. */
function beside(path: string): string {
  return `${path}.new`;
}

async function isEmpty(path: string): Promise<boolean> {
  const file = await open(path, "r").catch(ignoreAbsent);
  try {
    return file === undefined || (await file.stat()).size === 0;
  } finally {
    await file?.close();
  }
}

function ignoreAbsent(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}

/** A name is only there after a crash when its folder has been written as well; not every system can do that. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

function unusable(path: string): OtaError {
  return new OtaError("journal-failed", {
    en: `${path} could not be written before: open it again`,
    zh: `${path} 此前写入失败：请重新打开`,
  });
}
