/** Waits for our own commands to come back on the command topic. */

export class EchoWatch {
  readonly #waitMs: number;
  readonly #silent: (id: string) => void;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  /** Calls `silent` for what has not been stopped within `waitMs`. */
  constructor(waitMs: number, silent: (id: string) => void) {
    this.#waitMs = waitMs;
    this.#silent = silent;
  }

  start(id: string): void {
    this.stop(id);
    const timer = setTimeout(() => {
      this.#timers.delete(id);
      this.#silent(id);
    }, this.#waitMs);
    this.#timers.set(id, timer);
  }

  stop(id: string): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  stopAll(): void {
    for (const id of [...this.#timers.keys()]) this.stop(id);
  }
}
