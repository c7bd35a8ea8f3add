/**
 * A lock: a file that says who holds it and that its holder keeps open. One left behind by a process that is gone is
 * taken over.
 */

import { type FileHandle, link, open, readdir, readFile, stat, unlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { OtaError } from "../index.js";

export class FileLock {
  readonly #path: string;
  readonly #owner: string;
  readonly #file: FileHandle;

  private constructor(path: string, owner: string, file: FileHandle) {
    this.#path = path;
    this.#owner = owner;
    this.#file = file;
  }

  /** Throws `journal-locked` where it is held, or may be. */
  static async take(path: string): Promise<FileLock> {
    const token = crypto.randomUUID();
    const owner = `${process.pid} ${token} ${hostname()}\n`;
    const own = `${path}.${token}`;
    // made whole under a name of its own first: nobody ever reads a lock half written
    await writeFile(own, owner, { flag: "wx", mode: 0o600 });
    try {
      // open before it is the lock, so that it never looks left behind
      const file = await open(own, "r");
      try {
        await become(own, path);
        return new FileLock(path, owner, file);
      } catch (error) {
        await file.close();
        throw error;
      }
    } finally {
      await unlink(own).catch(() => {});
    }
  }

  /** Throws `journal-locked` when the lock has been taken away: by a person, or by whoever could not see its holder. */
  async check(): Promise<void> {
    const found = await readFile(this.#path, "utf8").catch(() => undefined);
    if (found !== this.#owner) throw lost(this.#path);
  }

  async release(): Promise<void> {
    const mine = await this.check().then(
      () => true,
      () => false,
    );
    if (mine) await unlink(this.#path).catch(() => {});
    await this.#file.close();
  }
}

/** Makes the file `own` the lock. */
async function become(own: string, path: string): Promise<void> {
  while (!(await linked(own, path))) {
    const owner = await readFile(path, "utf8").catch(() => undefined);
    if (owner === undefined) continue; // released in this moment
    if (await isHeld(path, owner)) throw locked(path, owner);
    await takeAway(own, path, owner);
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** Removes a stale lock: one at a time, or the lock of whoever came first would be taken for the stale one. */
async function takeAway(own: string, path: string, stale: string): Promise<void> {
  const turn = `${path}.takeover`;
  if (!(await linked(own, turn))) {
    const other = await readFile(turn, "utf8").catch(() => undefined);
    if (other === undefined) return; // just done
    if (await isHeld(turn, other)) throw locked(path, other);
    await unlink(turn).catch(() => {});
    return;
  }
  try {
    const found = await readFile(path, "utf8").catch(() => undefined);
    if (found === stale) await unlink(path);
  } finally {
    await unlink(turn);
  }
}

/** Whether the owner may still be there: where that cannot be told, yes. */
async function isHeld(path: string, owner: string): Promise<boolean> {
  const { pid, host } = parse(owner);
  if (pid === undefined) return false;
  if (host !== hostname()) return true;
  if (!isAlive(pid)) return false;
  // the number may have gone to another process, or to this one after a restart
  return (await hasOpen(pid, path)) ?? true;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** Whether a process has a file open; `undefined` where the system does not tell. */
async function hasOpen(pid: number, path: string): Promise<boolean | undefined> {
  const folder = `/proc/${pid}/fd`;
  const handles = await readdir(folder).catch(() => undefined);
  const wanted = await stat(path, { bigint: true }).catch(() => undefined);
  if (handles === undefined || wanted === undefined) return undefined;
  for (const handle of handles) {
    const found = await stat(`${folder}/${handle}`, { bigint: true }).catch(() => undefined);
    if (found?.ino === wanted.ino && found.dev === wanted.dev) return true;
  }
  return false;
}

function parse(owner: string): { pid: number | undefined; host: string | undefined } {
  const [, pid, host] = /^([1-9]\d{0,9}) \S+ (.*)\n$/.exec(owner) ?? [];
  return { pid: pid === undefined ? undefined : Number(pid), host };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function locked(path: string, owner: string): OtaError {
  const { pid, host } = parse(owner);
  return new OtaError("journal-locked", {
    en: `another process (${pid} on ${host}) has the journal open; if there is none, remove ${path}`,
    zh: `另一个进程（${host} 上的 ${pid}）正在使用该日志；如果该进程不存在，请删除 ${path}`,
  });
}

function lost(path: string): OtaError {
  return new OtaError("journal-locked", {
    en: `the journal is no longer ours: ${path} has been removed, or taken over by another process`,
    zh: `该日志已不归当前进程使用：${path} 已被删除，或被另一个进程接管`,
  });
}
