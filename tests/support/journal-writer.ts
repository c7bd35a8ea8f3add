/** A process that writes a journal until it is killed. What is durable it tells on standard output: the batches so far. */

import { writeSync } from "node:fs";
import { openFileJournal } from "wudun-ota/node";
import { writeBatches } from "./write-batches.js";

const [path = "", seed = "", from = ""] = process.argv.slice(2);
const journal = await openFileJournal(path);
await writeBatches(journal, Number(seed), Number(from), (count) => void writeSync(1, `${count}\n`));
