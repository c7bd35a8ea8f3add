/** The client's journal in IndexedDB: what is appended is on disk before anything is published. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { type Namespace, OtaError } from "wudun-ota";
import type { Journal, JournalEntry } from "wudun-ota/client";

interface Schema extends DBSchema {
  journal: {
    key: number;
    value: { scope: string; entry: JournalEntry };
    indexes: { scope: string };
  };
  /** Who may write: the last to have opened the journal. */
  writer: {
    key: string;
    value: string;
  };
}

const news = new BroadcastChannel("wudun-ota.journal");

let opened: Promise<IDBPDatabase<Schema>> | undefined;

function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>("wudun-ota", 2, {
    upgrade(db, version) {
      if (version < 1) db.createObjectStore("journal", { autoIncrement: true }).createIndex("scope", "scope");
      db.createObjectStore("writer");
    },
    terminated() {
      opened = undefined;
    },
  });
  return opened;
}

async function change() {
  return (await database()).transaction(["journal", "writer"], "readwrite", { durability: "strict" });
}

type Changing = Awaited<ReturnType<typeof change>>;

/** Attempts belong to a broker and a namespace; each pair has a journal of its own. */
export function scopeOf(url: string, namespace: Namespace): string {
  return JSON.stringify([url, namespace]);
}

/** What a journal holds, for a look. */
export async function readJournal(scope: string): Promise<JournalEntry[]> {
  const rows = await (await database()).getAllFromIndex("journal", "scope", scope);
  return rows.map(({ entry }) => entry);
}

/**
 * A journal to write. From `load` on it belongs to whoever called that: others that had it open find that out when
 * they write next, and write nothing. Web Locks keep tabs apart before that, but not every page has them.
 */
export function openJournal(scope: string): Journal {
  // crypto.randomUUID is missing on insecure addresses, where there are no Web Locks either
  const writer = crypto.getRandomValues(new Uint32Array(4)).join("-");
  const write = async (entries: JournalEntry[], emptied: boolean) => {
    const transaction = await change();
    if ((await transaction.objectStore("writer").get(scope)) !== writer) throw await takenOver(transaction);
    if (emptied) await empty(transaction, scope);
    await Promise.all([addAll(transaction, scope, entries), transaction.done]);
    news.postMessage(scope);
  };
  return {
    async load() {
      const transaction = await change();
      await transaction.objectStore("writer").put(writer, scope);
      const rows = await transaction.objectStore("journal").index("scope").getAll(scope);
      await transaction.done;
      return rows.map(({ entry }) => entry);
    },
    append: (entries) => write(entries, false),
    replace: (entries) => write(entries, true),
  };
}

/** Forgets everything about a broker and namespace. */
export async function eraseJournal(scope: string): Promise<void> {
  const transaction = await change();
  await empty(transaction, scope);
  await transaction.done;
  news.postMessage(scope);
}

async function addAll(transaction: Changing, scope: string, entries: JournalEntry[]): Promise<void> {
  let adding: Promise<number>[] = [];
  for (const entry of entries) {
    adding.push(transaction.objectStore("journal").add({ scope, entry }));
    if (entry.t !== "chunk") continue;
    // There may be many of these, and they are large: the page goes on in between.
    await Promise.all(adding);
    adding = [];
  }
  await Promise.all(adding);
}

async function empty(transaction: Changing, scope: string): Promise<void> {
  const store = transaction.objectStore("journal");
  const keys = await store.index("scope").getAllKeys(scope);
  await Promise.all(keys.map((key) => store.delete(key)));
}

async function takenOver(transaction: Changing): Promise<OtaError> {
  transaction.abort();
  await transaction.done.catch(() => {});
  return new OtaError("journal-locked", {
    en: "another tab has taken over the journal; nothing more is sent from here",
    zh: "另一个标签页已接管该日志；此处不再发送任何内容",
  });
}

/** Calls back with the scope that another tab has written to. */
export function onJournalNews(listener: (scope: string) => void): () => void {
  const handle = (event: MessageEvent<string>) => listener(event.data);
  news.addEventListener("message", handle);
  return () => news.removeEventListener("message", handle);
}
