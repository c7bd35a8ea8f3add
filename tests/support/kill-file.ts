import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { replayJournal } from "wudun-ota/client";
import { openFileJournal } from "wudun-ota/node";
import { bundle } from "./bundle.js";
import { Expected } from "./expected.js";
import { stateOf } from "./inputs.js";
import { Random } from "./random.js";

/** What came of many kills of a process that writes a journal in a file. */
export interface Killed {
  kills: number;
  /** Batches in the journal at the end. */
  batches: number;
  /** Kills that left a write cut off. */
  torn: number;
}

/**
 * Kills writers of one journal at random moments, each going on where the last one was killed. Throws when a journal
 * does not hold the state of exactly what was told to be durable, or of the one write more that was under way.
 */
export async function killFileWriters(kills: number, seed: number): Promise<Killed> {
  const folder = await mkdtemp(join(tmpdir(), "wudun-ota-killed-"));
  const random = new Random(seed);
  const expected = new Expected(seed);
  const path = join(folder, "journal");
  const writer = join(folder, "writer.mjs");
  let torn = 0;
  try {
    await bundle("journal-writer.ts", "node", writer);
    for (let kill = 1; kill <= kills; kill += 1) {
      const durable = await writeAndDie([writer, path, `${seed}`, `${expected.count}`], random);
      const journal = await openFileJournal(path);
      if (journal.torn > 0) torn += 1;
      const found = stateOf(replayJournal(await journal.load()));
      await journal.close();
      const least = durable ?? expected.count;
      if (!expected.reach(found, least, 1)) {
        throw new Error(`kill ${kill} of seed ${seed}: the journal is not that of ${least} batches, nor of one more`);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return { kills, batches: expected.count, torn };
}

/** Answers the last number that the process told. */
async function writeAndDie(args: string[], random: Random): Promise<number | undefined> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "close");
  let left = random.below(24);
  let last: number | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    if (left === 0) {
      // somewhere within the next write, which takes a millisecond or a few
      const until = performance.now() + random.below(3000) / 1000;
      while (performance.now() < until);
      child.kill("SIGKILL");
    }
    left -= 1;
  }
  await ended;
  if (child.signalCode !== "SIGKILL") throw new Error(`the writer ended by itself, with ${child.exitCode}`);
  return last;
}
