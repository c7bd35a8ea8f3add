/** The client's journal in IndexedDB: what is appended is on disk before anything is published. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Namespace } from "wudun-ota";
import type { Journal, JournalEntry } from "wudun-ota/client";

interface Schema extends DBSchema {
  journal: {
    key: number;
    value: { scope: string; entry: JournalEntry };
    indexes: { scope: string };
  };
}

const news = new BroadcastChannel("wudun-ota.journal");

let opened: Promise<IDBPDatabase<Schema>> | undefined;

function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>("wudun-ota", 1, {
    upgrade(db) {
      db.createObjectStore("journal", { autoIncrement: true }).createIndex("scope", "scope");
    },
    terminated() {
      opened = undefined;
    },
  });
  return opened;
}

/** Attempts belong to a broker and a namespace; each pair has a journal of its own. */
export function scopeOf(url: string, namespace: Namespace): string {
  return JSON.stringify([url, namespace]);
}

export function openJournal(scope: string): Journal {
  return {
    async load() {
      const rows = await (await database()).getAllFromIndex("journal", "scope", scope);
      return rows.map((row) => row.entry);
    },
    async append(entries) {
      // A command goes out only when the disk has it; for the rest the system's own buffers will do, much faster.
      const durability = entries.some(({ t }) => t === "open" || t === "sent") ? "strict" : "relaxed";
      const transaction = (await database()).transaction("journal", "readwrite", { durability });
      await Promise.all(entries.map((entry) => transaction.store.add({ scope, entry })));
      await transaction.done;
      news.postMessage(scope);
    },
  };
}

/** Forgets everything about a broker and namespace. */
export async function eraseJournal(scope: string): Promise<void> {
  const transaction = (await database()).transaction("journal", "readwrite", { durability: "strict" });
  const keys = await transaction.store.index("scope").getAllKeys(scope);
  await Promise.all(keys.map((key) => transaction.store.delete(key)));
  await transaction.done;
  news.postMessage(scope);
}

/** Calls back with the scope that another tab has written to. */
export function onJournalNews(listener: (scope: string) => void): () => void {
  const handle = (event: MessageEvent<string>) => listener(event.data);
  news.addEventListener("message", handle);
  return () => news.removeEventListener("message", handle);
}
