/** A lock file that holds the process id of its owner; one left behind by a process that is gone is taken over. */

import { randomUUID } from "node:crypto";
import { link, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { OtaError } from "../index.js";

/** Locks held by this process: its own process id says nothing about whether one of them is stale. */
const held = new Set<string>();

export class FileLock {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Throws `journal-locked` where a living process holds it. */
  static async take(path: string): Promise<FileLock> {
    const token = randomUUID();
    const own = `${path}.${token}`;
    // made whole under a name of its own first: nobody ever reads a lock half written
    await writeFile(own, `${process.pid} ${token}\n`, { flag: "wx", mode: 0o600 });
    try {
      for (;;) {
        if (await linked(own, path)) {
          held.add(path);
          return new FileLock(path);
        }
        const owner = await readFile(path, "utf8").catch(() => undefined);
        if (owner === undefined) continue; // released in this moment
        if (held.has(path) || alive(owner)) throw locked(path, owner);
        await takeAway(path, owner);
      }
    } finally {
      await unlink(own).catch(() => {});
    }
  }

  async release(): Promise<void> {
    held.delete(this.#path);
    await unlink(this.#path).catch(() => {});
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Removes a stale lock, and puts it back should it have become somebody's in the meantime. */
async function takeAway(path: string, stale: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  const moved = await rename(path, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return;
  if ((await readFile(aside, "utf8")) !== stale) await linked(aside, path);
  await unlink(aside);
}

function alive(owner: string): boolean {
  const pid = Number.parseInt(owner, 10);
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function locked(path: string, owner: string): OtaError {
  const pid = Number.parseInt(owner, 10);
  return new OtaError("journal-locked", {
    en: `another process (${pid}) has the journal open; if there is none, remove ${path}`,
    zh: `另一个进程（${pid}）正在使用该日志；如果该进程不存在，请删除 ${path}`,
  });
}
