/** The journal: every input of the tracker, in order, so that replaying it gives the same state. */

import type { CommandMessage, Expected, RefusalReason, TrackerOptions } from "../core/types.js";
import { OtaError } from "../index.js";
import { failure, text } from "./errors.js";

/**
 * One input, as JSON; bytes are base64. `client` is about the client itself, `snapshot` stands for all inputs so far,
 * together with the `chunk`s before it, which are what the tracker saved.
 */
export type JournalEntry =
  | ({ t: "client"; now: number } & JournalClient)
  | { t: "chunk"; now: number; chunk: string }
  | { t: "snapshot"; now: number; messages: JournalMessage[] }
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
  /** The deadlines of its attempts from here on. */
  deadlines: TrackerOptions;
}

/** A delivery, with the number that the tracker gave it. */
export interface JournalMessage {
  resultId: number;
  /** When it came, in Unix milliseconds. */
  now: number;
  topic: string;
  /** In base64. */
  payload: string;
  retained: boolean;
}

/** Where a client writes down what it must not forget. */
export interface Journal {
  /** Everything that it holds, oldest first. */
  load(): Promise<JournalEntry[]>;
  /** Resolves when the entries are durable. Either all of them become so, or none. */
  append(entries: JournalEntry[]): Promise<void>;
  /**
   * Puts these entries in the place of all others, all or nothing, and resolves when that is durable. A journal
   * without it grows for ever.
   */
  replace?(entries: JournalEntry[]): Promise<void>;
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

/**
 * Bytes as a journal keeps them.
 *
 * @example
 * ```ts
 * import { toBase64 } from "wudun-ota/client";
 *
 * console.log(toBase64(new Uint8Array([111, 116, 97])));
 * // b3Rh
 * ```
 */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

/**
 * Bytes out of a journal; the opposite of `toBase64`.
 *
 * @example
 * ```ts
 * import { fromBase64 } from "wudun-ota/client";
 *
 * console.log(String(fromBase64("b3Rh")));
 * // 111,116,97
 * ```
 */
export function fromBase64(value: string): Uint8Array {
  return Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
}
