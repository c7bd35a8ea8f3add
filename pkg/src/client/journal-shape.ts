import type { JournalEntry } from "./journal.js";

type Shape = Record<string, (value: unknown) => boolean>;

const isText = (value: unknown) => typeof value === "string";
const isNumber = (value: unknown) => typeof value === "number" && Number.isFinite(value);
const isObject = (value: unknown) => typeof value === "object" && value !== null;
const isBase64 = (value: unknown) => typeof value === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
const isListOf = (fits: (value: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(fits);
const isMessage = (value: unknown) =>
  fits(value, { resultId: isNumber, now: isNumber, topic: isText, payload: isBase64 });

/** What an entry has to hold beside its time; the tracker judges the rest when it is replayed. */
const SHAPES: Record<JournalEntry["t"], Shape> = {
  client: { clientId: isText, deadlines: isObject },
  chunk: { chunk: isBase64 },
  snapshot: { messages: isListOf(isMessage) },
  open: { topic: isText, command: isObject },
  sent: { id: isText },
  ack: { id: isText, code: isNumber },
  "no-echo": { id: isText },
  refused: { id: isText, reason: isObject },
  cancel: { id: isText },
  assign: { id: isText, resultId: isNumber },
  forget: { id: isText },
  ingest: { topic: isText, payload: isBase64 },
  tick: {},
};

/** Whether a value read from somewhere is an entry of a journal. */
export function isJournalEntry(value: unknown): value is JournalEntry {
  if (!fits(value, { t: isText, now: isNumber })) return false;
  const found = Object.entries(SHAPES).find(([t]) => t === value.t);
  return found !== undefined && fits(value, found[1]);
}

function fits(value: unknown, shape: Shape): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const members = new Map<string, unknown>(Object.entries(value));
  return Object.entries(shape).every(([name, allows]) => allows(members.get(name)));
}
