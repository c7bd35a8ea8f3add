import type { AttemptRow, Tracker } from "../core/types.js";

/** Every attempt in one line, newest first, or those of the devices whose names begin like this. */
export function* rowsOf(tracker: Pick<Tracker, "page">, device?: string): Generator<AttemptRow> {
  let after: string | undefined;
  do {
    const page = tracker.page({ limit: 100, after, device });
    yield* page.attempts;
    after = page.next;
  } while (after !== undefined);
}
