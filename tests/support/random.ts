/** Random choices that can be repeated from their seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0 || 1;
  }

  /** A whole number from 0 to `below` − 1. */
  below(below: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) % below;
  }

  /** True once in `often` times. */
  one(often: number): boolean {
    return this.below(often) === 0;
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.below(from.length)] ?? from[0];
  }

  /** The items in another order. */
  shuffle<T>(items: T[]): T[] {
    return items
      .map((item): [number, T] => [this.below(2 ** 31), item])
      .sort(([a], [b]) => a - b)
      .map(([, item]) => item);
  }
}
