/** A bounded queue between one writer and one reader: the writer never waits, the reader may fall behind. */

export class EventQueue<T> {
  readonly #limit: number;
  /** Makes the event that says how many were dropped. */
  readonly #dropped: (count: number) => T;
  #items: T[] = [];
  #lost = 0;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(limit: number, dropped: (count: number) => T) {
    this.#limit = limit;
    this.#dropped = dropped;
  }

  push(item: T): void {
    if (this.#ended) return;
    this.#items.push(item);
    if (this.#items.length > this.#limit) {
      this.#items.shift();
      this.#lost += 1;
    }
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** What has been pushed and is still here, then what comes, until `end`. */
  async *read(): AsyncGenerator<T, void, void> {
    for (;;) {
      if (this.#lost > 0) {
        const count = this.#lost;
        this.#lost = 0;
        yield this.#dropped(count);
        continue;
      }
      const item = this.#items.shift();
      if (item !== undefined) {
        yield item;
        continue;
      }
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
