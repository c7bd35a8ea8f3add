import type { JournalMessage } from "./journal.js";

/** Of the raw deliveries, a snapshot keeps this much text. */
const KEPT_CHARACTERS = 256 * 1024;

/** The newest deliveries, within a bound: the tracker knows what became of them, and not what they said. */
export class RecentMessages implements Iterable<JournalMessage> {
  readonly #kept = new Set<JournalMessage>();
  #characters = 0;

  constructor(messages: Iterable<JournalMessage> = []) {
    for (const message of messages) this.add(message);
  }

  add(message: JournalMessage): void {
    this.#kept.add(message);
    this.#characters += charactersOf(message);
    for (const oldest of this.#kept) {
      if (this.#characters <= KEPT_CHARACTERS) break;
      this.#kept.delete(oldest);
      this.#characters -= charactersOf(oldest);
    }
  }

  [Symbol.iterator](): Iterator<JournalMessage> {
    return this.#kept.values();
  }
}

function charactersOf({ topic, payload }: JournalMessage): number {
  return topic.length + payload.length;
}
