// A thread that tries to open a journal, and tells what came of it.
import { parentPort, workerData } from "node:worker_threads";
import { openFileJournal } from "wudun-ota/node";

const opened = await openFileJournal(workerData).then(
  () => "opened",
  (error) => error.code,
);
parentPort?.postMessage(opened);
