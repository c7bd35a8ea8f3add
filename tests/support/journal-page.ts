/** A page that writes a journal in IndexedDB until it is killed. What is durable it tells on the console. */

import { replayJournal } from "wudun-ota/client";
import { openJournal, readJournal } from "../../www/src/store/journal.js";
import { stateOf } from "./inputs.js";
import { writeBatches } from "./write-batches.js";

const SCOPE = "torture";

declare global {
  /** Writes on from the batch `from`; the promise ends with what goes wrong. */
  var write: (seed: number, from: number) => Promise<void>;
  /** Opens the journal to write, and writes nothing. */
  var take: () => Promise<void>;
  /** The state in the journal. */
  var state: () => Promise<string>;
}

globalThis.write = (seed, from) => writeBatches(openJournal(SCOPE), seed, from, (count) => console.debug(`${count}`));
globalThis.take = async () => void (await openJournal(SCOPE).load());
globalThis.state = async () => stateOf(replayJournal(await readJournal(SCOPE)));
