import { createReplay } from "wudun-ota/client";
import { batches, stateOf } from "./inputs.js";

/** Derives, without any journal, what the inputs of a seed come to. */
export class Expected {
  readonly #source: ReturnType<typeof batches>;
  readonly #replay = createReplay();
  /** Batches so far. */
  count = 0;

  constructor(seed: number) {
    this.#source = batches(seed);
  }

  /**
   * Goes on to the batch after which the state is `found`, which has to come after `least` batches or, because a kill
   * may fall between the write and the word that it is done, after up to `more` further ones. Answers whether it does.
   */
  reach(found: string, least: number, more: number): boolean {
    while (this.count < least) this.#advance();
    while (stateOf(this.#replay) !== found) {
      if (this.count === least + more) return false;
      this.#advance();
    }
    return true;
  }

  #advance(): void {
    for (const entry of this.#source.next().value) this.#replay.apply(entry);
    this.count += 1;
  }
}
