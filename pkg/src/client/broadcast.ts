/** One writer of events, any number of readers; none of them can hold the writer up. */

import { text } from "./errors.js";
import { EventQueue } from "./queue.js";
import type { ClientEvent } from "./types.js";

const EVENTS_KEPT = 1_000;

export class Broadcast {
  readonly #readers = new Set<EventQueue<ClientEvent>>();
  /** What happens before the first reader comes. */
  #early: EventQueue<ClientEvent> | undefined = newQueue();
  #ended = false;

  emit(event: ClientEvent): void {
    this.#early?.push(event);
    for (const queue of this.#readers) queue.push(event);
  }

  end(): void {
    this.#ended = true;
    for (const queue of [...this.#readers, this.#early]) queue?.end();
    this.#readers.clear();
  }

  /** Reads from now on, the first reader from the start; one that stopped reading goes on when it is iterated again. */
  events(): AsyncIterable<ClientEvent> {
    const queue = this.#early ?? newQueue();
    this.#early = undefined;
    const readers = this.#readers;
    const subscribe = () => {
      if (this.#ended) queue.end();
      else readers.add(queue);
    };
    subscribe();
    return {
      async *[Symbol.asyncIterator]() {
        subscribe();
        try {
          yield* queue.read();
        } finally {
          readers.delete(queue);
        }
      },
    };
  }
}

function newQueue(): EventQueue<ClientEvent> {
  return new EventQueue<ClientEvent>(EVENTS_KEPT, (count) => ({
    type: "warning",
    message: text(`${count} events were dropped: they were not read in time`, `因未及时读取，丢弃了 ${count} 个事件`),
  }));
}
