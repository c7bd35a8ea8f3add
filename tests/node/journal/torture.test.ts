import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type JournalEntry, replayJournal, takeSnapshot, toBase64 } from "wudun-ota/client";
import { openFileJournal, readFileJournal } from "wudun-ota/node";
import { type Image, watchFolder } from "../../support/disk.js";
import { batches, stateOf } from "../../support/inputs.js";

let folder: string;
/** The same in memory where there is such a place: thousands of files are read there, and none has to last. */
let memory: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wudun-ota-torture-"));
  memory = await mkdtemp(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "wudun-ota-torture-"));
});
afterAll(async () => {
  for (const made of [folder, memory]) await rm(made, { recursive: true, force: true });
});

function firstBatches(seed: number, count: number): JournalEntry[][] {
  const source = batches(seed);
  return Array.from({ length: count }, () => source.next().value);
}

/** The state after each number of batches, derived without any journal. */
function statesAfter(written: JournalEntry[][]): string[] {
  return Array.from({ length: written.length + 1 }, (_, count) =>
    stateOf(replayJournal(written.slice(0, count).flat())),
  );
}

const after: JournalEntry = { t: "tick", now: 1_900_000_000_000 };

test("cut at every byte, a journal holds exactly the batches that are whole, and goes on", async () => {
  const written = firstBatches(1, 6);
  const whole = join(folder, "whole");
  const ends: number[] = [];
  const journal = await openFileJournal(whole);
  for (const batch of written) {
    ends.push((await readFile(whole)).length);
    await journal.append(batch);
  }
  await journal.close();
  const content = await readFile(whole);
  ends.push(content.length);

  const cut = join(memory, "cut");
  const lastBut = ends.at(-3) ?? 0;
  for (let length = ends[0] ?? 0; length <= content.length; length += 1) {
    const count = ends.findLastIndex((end) => end <= length);
    const kept = written.slice(0, count).flat();
    await writeFile(cut, content.subarray(0, length));
    expect(await readFileJournal(cut)).toEqual({ entries: kept, torn: length - (ends[count] ?? 0) });
    if (length < lastBut) continue;
    const again = await openFileJournal(cut);
    expect(await again.load()).toEqual(kept);
    await again.append([after]);
    await again.close();
    expect(await readFileJournal(cut)).toEqual({ entries: [...kept, after], torn: 0 });
  }
});

test("garbage after any batch is cut off, whatever it looks like", async () => {
  const written = firstBatches(2, 4);
  const path = join(memory, "garbage");
  const other = join(memory, "other");
  for (const name of [path, other]) {
    const journal = await openFileJournal(name);
    for (const batch of written) await journal.append(batch);
    await journal.close();
  }
  const content = await readFile(path);
  const otherLines = (await readFile(other)).subarray(content.indexOf("\n") + 1);
  const tails = [
    Buffer.alloc(4096),
    Buffer.from("\n"),
    Buffer.from("\n\n\n"),
    Buffer.from("}]\n[{\r\n"),
    Buffer.from([0xff, 0xfe, 10, 0xc3, 10]),
    content.subarray(0, 200), // of this file: its first line, and part of the next
    otherLines, // whole lines of a journal that was here before
  ];
  for (const tail of tails) {
    await writeFile(path, Buffer.concat([content, tail]));
    const again = await openFileJournal(path);
    expect(again.torn).toBe(tail.length);
    expect(await again.load()).toEqual(written.flat());
    await again.append([after]);
    await again.close();
    expect(await readFileJournal(path)).toEqual({ entries: [...written.flat(), after], torn: 0 });
  }
});

test("no byte of an older batch can change unnoticed, nor a line be missing, moved or repeated", async () => {
  const written = firstBatches(3, 4);
  const path = join(memory, "changed");
  const journal = await openFileJournal(path);
  for (const batch of written) await journal.append(batch);
  await journal.close();
  const content = await readFile(path);
  const lines = content.toString().split("\n").slice(0, -1);
  const older = Buffer.byteLength(lines.slice(0, -2).join("\n"));
  const header = Buffer.byteLength(lines[0] ?? "");
  for (let at = 0; at < older; at += 1) {
    const changed = Buffer.from(content);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await writeFile(path, changed);
    const code = at <= header ? expect.stringMatching(/^journal-(foreign|damaged)$/) : "journal-damaged";
    await expect(readFileJournal(path), `byte ${at}`).rejects.toMatchObject({ code });
  }
  const [first = "", a = "", b = "", c = "", d = ""] = lines;
  for (const order of [
    [first, b, c, d],
    [first, a, c, d, b],
    [first, b, a, c, d],
    [first, a, a, b, c, d],
  ]) {
    await writeFile(path, order.map((line) => `${line}\n`).join(""));
    await expect(readFileJournal(path)).rejects.toMatchObject({ code: "journal-damaged" });
  }
});

test("whatever a power failure leaves, at any moment, is the state of what was acknowledged", {
  timeout: 90_000,
}, async () => {
  const written = firstBatches(4, 5);
  const states = statesAfter(written);
  const live = join(folder, "live");
  await mkdir(live);
  const found = new Map<string, { image: Image; acknowledged: number }>();
  let acknowledged = 0;
  const watched = watchFolder(live, /\.lock/);
  onTestFinished(() => watched.stop());
  watched.onStep = () => {
    for (const image of watched.images()) {
      const key = [...image].map(([name, bytes]) => `${name} ${bytes.toString("base64")}`).join();
      found.set(`${acknowledged} ${key}`, { image, acknowledged });
    }
  };
  const path = join(live, "journal");
  let journal = await openFileJournal(path);
  for (const [index, batch] of written.entries()) {
    if (index === 3) {
      await journal.close();
      journal = await openFileJournal(path);
    }
    if (index % 3 === 2) {
      const { tracker, client, messages } = replayJournal(written.slice(0, index + 1).flat());
      await journal.replace(await takeSnapshot(tracker, client, messages, batch.at(-1)?.now ?? 0));
    } else {
      await journal.append(batch);
    }
    acknowledged += 1;
  }
  await journal.close();
  watched.onStep();
  watched.stop();

  const derived = new Map<string, string>();
  const stateIn = (entries: JournalEntry[]) => {
    const key = JSON.stringify(entries);
    const known = derived.get(key) ?? stateOf(replayJournal(entries));
    derived.set(key, known);
    return known;
  };
  const failed = join(memory, "failed");
  for (const { image, acknowledged } of found.values()) {
    await rm(failed, { recursive: true, force: true });
    await mkdir(failed);
    for (const [name, bytes] of image) await writeFile(join(failed, name), bytes);
    const again = await openFileJournal(join(failed, "journal"));
    const state = stateIn(await again.load());
    if (state !== states[acknowledged]) expect(state).toBe(states[acknowledged + 1]);
    if (again.torn > 0 && again.torn % 8 === 0) await again.append([after]);
    await again.close();
  }
  expect(found.size).toBeGreaterThan(1000);
});

test("a snapshot is the state at the moment of the call, whatever comes while it is made", async () => {
  const written = firstBatches(5, 200);
  const large = (number: number): JournalEntry => ({
    t: "ingest",
    now: after.now,
    topic: "v1/wudun/test/stranger/ota/upgrade/result",
    payload: toBase64(new TextEncoder().encode(`${number} ${"x".repeat(2_000)}`)),
  });
  const replay = replayJournal(written.slice(0, 100).flat());
  const { tracker, client, messages } = replay;
  for (let number = 0; number < 500; number += 1) replay.apply(large(number));
  const wanted = stateOf(replay);
  const taken = takeSnapshot(tracker, client, messages, after.now);
  for (const entry of written.slice(100).flat()) replay.apply(entry);
  for (let number = 500; number < 1_000; number += 1) replay.apply(large(number));
  expect(stateOf(replay)).not.toBe(wanted);
  const entries = await taken;
  expect(entries.filter(({ t }) => t === "chunk").length).toBeGreaterThan(10);
  expect(stateOf(replayJournal(entries))).toBe(wanted);
});

test("a journal without the end of its snapshot is damaged, not empty", async () => {
  const { tracker, client, messages } = replayJournal(firstBatches(6, 4).flat());
  const entries = await takeSnapshot(tracker, client, messages, after.now);
  expect(entries.map(({ t }) => t)).toEqual(["client", "chunk", "snapshot"]);
  const path = join(memory, "unended");
  const journal = await openFileJournal(path);
  await journal.replace(entries.slice(0, -1));
  await journal.close();
  for (const read of [readFileJournal, openFileJournal]) {
    await expect(read(path)).rejects.toMatchObject({ code: "journal-damaged" });
  }
  expect(() => replayJournal([...entries.slice(0, -1), after])).toThrow("a snapshot stands among other entries");
});
