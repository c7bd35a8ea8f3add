/** Packet identifiers that outlive a connection, so that a repeated packet keeps the one it had. */

export class PacketIds {
  readonly #held = new Set<number>();
  readonly #busy = new Set<number>();
  #last = 0;
  #next: number | undefined;

  /** Takes an identifier out of circulation until `release`. */
  hold(): number {
    const id = this.#free();
    this.#held.add(id);
    return id;
  }

  release(id: number): void {
    this.#held.delete(id);
  }

  /** Runs `publish`, which allocates exactly one identifier: this one. */
  using(id: number, publish: () => void): void {
    this.#next = id;
    try {
      publish();
    } finally {
      this.#next = undefined;
    }
  }

  allocate(): number {
    const id = this.#next ?? this.#free();
    this.#next = undefined;
    this.#last = id;
    this.#busy.add(id);
    return id;
  }

  getLastAllocated(): number {
    return this.#last;
  }

  register(id: number): boolean {
    this.#busy.add(id);
    return true;
  }

  deallocate(id: number): void {
    this.#busy.delete(id);
  }

  /** A new connection: only what is held stays taken. */
  clear(): void {
    this.#busy.clear();
  }

  #free(): number {
    let id = this.#last;
    do {
      id = (id % 65_535) + 1;
    } while (this.#held.has(id) || this.#busy.has(id));
    this.#last = id;
    return id;
  }
}
