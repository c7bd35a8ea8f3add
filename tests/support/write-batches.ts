import { type Journal, replayJournal, takeSnapshot } from "wudun-ota/client";
import { batches } from "./inputs.js";

/** So many batches are appended before one is written as a snapshot. */
const BETWEEN = 7;

/** Writes the batches of `seed` from number `from` on, those before being in the journal already, until it fails. */
export async function writeBatches(
  journal: Journal,
  seed: number,
  from: number,
  durable: (count: number) => void,
): Promise<never> {
  const replay = replayJournal(await journal.load());
  const source = batches(seed);
  for (let skipped = 0; skipped < from; skipped += 1) source.next();
  for (let count = from + 1; ; count += 1) {
    const batch = source.next().value;
    for (const entry of batch) replay.apply(entry);
    if (count % BETWEEN === 0) {
      const { tracker, client, messages } = replay;
      await journal.replace?.(await takeSnapshot(tracker, client, messages, batch.at(-1)?.now ?? 0));
    } else {
      await journal.append(batch);
    }
    durable(count);
  }
}
