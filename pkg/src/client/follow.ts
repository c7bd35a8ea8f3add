/** One attempt, followed to its end. */

import type { Attempt, CommandMessage } from "../core/types.js";
import type { Upgrade, UpgradeEvent } from "./types.js";

export interface Source {
  attempt(): Attempt | undefined;
  /** Resolves at the next change. */
  changed(): Promise<void>;
  closed(): boolean;
}

export class Follower implements Upgrade {
  readonly id: string;
  readonly command: CommandMessage;
  readonly topic: string;
  readonly outcome: Promise<Attempt>;
  readonly #source: Source;

  constructor(attempt: Attempt, source: Source) {
    this.id = attempt.id;
    this.command = attempt.command;
    this.topic = attempt.topic;
    this.#source = source;
    this.outcome = this.#ending(attempt);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<UpgradeEvent, void, void> {
    let told = 0;
    for (;;) {
      const attempt = this.#source.attempt();
      if (attempt === undefined) return;
      const fresh = attempt.timeline.slice(told);
      told = attempt.timeline.length;
      for (const entry of fresh) yield { attempt, entry };
      if (fresh.length > 0) continue; // time has passed: look again
      if (!attempt.open || this.#source.closed()) return;
      await this.#source.changed();
    }
  }

  async #ending(first: Attempt): Promise<Attempt> {
    let last = first;
    for (;;) {
      const attempt = this.#source.attempt();
      if (attempt === undefined) return last;
      last = attempt;
      if (!attempt.open || this.#source.closed()) return attempt;
      await this.#source.changed();
    }
  }
}
