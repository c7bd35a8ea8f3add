import { spawn } from "node:child_process";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Journal, JournalEntry } from "wudun-ota/client";
import { openFileJournal } from "wudun-ota/node";
import { type FirmwareHost, hostFirmware } from "../support/firmware.js";
import { startMosquitto } from "../support/mosquitto.js";
import { eventsOf, gateway, open, request, until } from "../support/upgrades.js";
import { watchWire } from "../support/wire.js";

const FOLLOWER = fileURLToPath(new URL("../support/follower.mjs", import.meta.url));

let folder: string;
let host: FirmwareHost;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wudun-ota-journal-"));
  host = await hostFirmware();
});
afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true, force: true });
});

/** Keeps entries in memory, and can be made to fail. */
class MemoryJournal implements Journal {
  entries: JournalEntry[] = [];
  full = false;
  async load() {
    return structuredClone(this.entries);
  }
  async append(entries: JournalEntry[]) {
    if (this.full) throw new Error("no space left");
    this.entries.push(...structuredClone(entries));
  }
}

/** Starts a process that sends one command and follows it; its lines are the id, the entries and the states it sees. */
function follow(options: { url: string; journal: string; id?: string; end?: "exit" }) {
  const child = spawn(process.execPath, [FOLLOWER, JSON.stringify({ ...options, ...request(host) })], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  onTestFinished(() => void child.kill("SIGKILL"));
  return {
    ended,
    lines,
    async line(fits: (line: string) => boolean): Promise<string> {
      for await (const line of lines) if (fits(line)) return line;
      throw new Error("the process ended");
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

// acknowledged: before that the command may not have left
describe.each(["acknowledged sent", "result prepared"])("a process killed at the entry: %s", (entry) => {
  test("another picks its journal up: one command on the wire, and the outcome arrives", async () => {
    const broker = await startMosquitto();
    onTestFinished(broker.stop);
    const wire = await watchWire(broker.tcpUrl);
    onTestFinished(wire.close);
    await gateway({ url: broker.tcpUrl, stepDelayMs: 700 });
    const path = join(folder, `killed ${entry}`);
    const first = follow({ url: broker.wsUrl, journal: path });
    const line = await first.line((text) => text.endsWith(` ${entry}`));
    const [id = ""] = line.split(" ");
    await first.kill();
    await wire.saw(2, ({ topic }) => topic.endsWith("/result")); // both while nobody follows

    const journal = await openFileJournal(path);
    onTestFinished(() => journal.close());
    const client = await open({ url: broker.wsUrl, journal });
    const told: string[] = [];
    const upgrade = client.follow(id);
    for await (const { entry } of upgrade) told.push(entry.kind);
    expect(await upgrade.outcome).toMatchObject({ state: "succeeded", verification: "verified" });
    expect(told.slice(0, 2)).toEqual(["opened", "sent"]);
    expect(wire.commands().map(({ payload }) => payload)).toEqual([expect.stringContaining(id)]);
  });
});

test("a process that has closed its client ends by itself", async () => {
  const broker = await startMosquitto();
  onTestFinished(broker.stop);
  await gateway({ url: broker.tcpUrl });
  const follower = follow({ url: broker.wsUrl, journal: join(folder, "clean") });
  await follower.line((text) => text.endsWith(" succeeded"));
  expect(await follower.ended).toBe(0);
});

test("replaying a journal gives the same attempts and publishes nothing", async () => {
  const broker = await startMosquitto();
  onTestFinished(broker.stop);
  const wire = await watchWire(broker.tcpUrl);
  onTestFinished(wire.close);
  const journal = new MemoryJournal();
  await gateway({ url: broker.tcpUrl, behaviour: "duplicates" });
  await gateway({ url: broker.tcpUrl, behaviour: "silent", device: "silent" });
  const first = await open({ url: broker.tcpUrl, journal });
  const done = await first.upgrade(request(host));
  await done.outcome;
  const cancelled = await first.upgrade(request(host, { device: "silent" }));
  await first.cancel(cancelled.id);
  const waiting = await first.upgrade(request(host, { device: "silent", supersede: true }));
  await until(first, waiting.id, ({ timeline }) => timeline.some(({ kind }) => kind === "acknowledged"));
  await first.close();
  const before = first.attempts.page({ limit: 10 });
  const commands = wire.commands().length;

  const second = await open({ url: broker.tcpUrl, journal });
  expect(second.clientId).toBe(first.clientId);
  expect(second.attempts.page({ limit: 10 })).toEqual(before);
  expect(second.attempts.counts()).toEqual(first.attempts.counts());
  expect(second.attempts.explain(done.id)).toEqual(first.attempts.explain(done.id));
  await second.cancel(waiting.id);
  await second.close();
  expect(wire.commands()).toHaveLength(commands);
});

test("a journal picked up after the broker has lost the session: results may have been missed", async () => {
  const broker = await startMosquitto();
  onTestFinished(broker.stop);
  const journal = new MemoryJournal();
  const first = await open({ url: broker.tcpUrl, journal });
  await first.upgrade(request(host));
  await first.close();
  await broker.kill();
  await broker.start();
  const second = await open({ url: broker.tcpUrl, journal });
  await eventsOf(second).next("session-lost");
});

test("a retained result never advances what it meets, unless it names it", async () => {
  const broker = await startMosquitto();
  onTestFinished(broker.stop);
  const wire = await watchWire(broker.tcpUrl);
  onTestFinished(wire.close);
  const journal = new MemoryJournal();
  const first = await open({ url: broker.tcpUrl, journal });
  const { id } = await first.upgrade(request(host));
  await first.close();
  const leave = (mid: string) => {
    const data = { final_version: "1.1.0", status: 4 };
    const result = { mid, type: "ota_upgrade", device_uid: "gateway", timestamp: Date.now(), data };
    const retained = { qos: 1, retain: true } as const;
    return wire.mqtt.publishAsync("v1/wudun/test/gateway/ota/upgrade/result", JSON.stringify(result), retained);
  };
  await broker.kill(); // so that no session has it delivered
  await broker.start();
  await leave("00000000-0000-0000-0000-000000000009");
  const second = await open({ url: broker.tcpUrl, journal });
  const seen = await eventsOf(second).next("message", ({ topic }) => topic.endsWith("/result"));
  expect(seen.retained).toBe(true);
  expect(seen.decoded.disposition).toBe("retained");
  expect(second.attempts.attempt(id)?.state).toBe("sent");
  await second.close();

  await broker.kill();
  await broker.start();
  await leave(id);
  const third = await open({ url: broker.tcpUrl, journal });
  expect(await third.follow(id).outcome).toMatchObject({ state: "succeeded", verification: "verified" });
});

test("a journal that cannot be written: nothing is sent, and the client closes", async () => {
  const broker = await startMosquitto();
  onTestFinished(broker.stop);
  const wire = await watchWire(broker.tcpUrl);
  onTestFinished(wire.close);
  const journal = new MemoryJournal();
  const client = await open({ url: broker.tcpUrl, journal });
  const closed = eventsOf(client).next("closed");
  journal.full = true;
  await expect(client.upgrade(request(host))).rejects.toMatchObject({ code: "journal-failed" });
  expect((await closed).error?.code).toBe("journal-failed");
  expect(wire.commands()).toEqual([]);
});

describe("a journal in a file", () => {
  const entry = (now: number): JournalEntry => ({ t: "tick", now });

  test("is open only once, and again after its owner has gone", async () => {
    const path = join(folder, "locked");
    const journal = await openFileJournal(path);
    await expect(openFileJournal(path)).rejects.toMatchObject({ code: "journal-locked" });
    await journal.append([entry(1)]);
    await journal.close();
    // a process id that cannot be: its owner has crashed
    await writeFile(`${path}.lock`, "99999999 stale\n");
    const again = await openFileJournal(path);
    expect(await again.load()).toEqual([entry(1)]);
    await again.append([entry(2)]);
    expect(await again.load()).toEqual([entry(1), entry(2)]);
    await again.close();
  });

  test("is kept from another process", async () => {
    const broker = await startMosquitto();
    onTestFinished(broker.stop);
    const path = join(folder, "other-process");
    const follower = follow({ url: broker.wsUrl, journal: path });
    await follower.line((text) => text.endsWith(" sent"));
    await expect(openFileJournal(path)).rejects.toMatchObject({ code: "journal-locked" });
    await follower.kill();
    await (await openFileJournal(path)).close();
  });

  test("loses nothing but the line that a crash left half written", async () => {
    const path = join(folder, "torn");
    const journal = await openFileJournal(path);
    await journal.append([entry(1), entry(2)]);
    await journal.close();
    await appendFile(path, '{"t":"tick","no');
    const again = await openFileJournal(path);
    expect(await again.load()).toEqual([entry(1), entry(2)]);
    await again.append([entry(3)]);
    await again.close();
    expect(await readFile(path, "utf8")).toBe([1, 2, 3].map((now) => `${JSON.stringify(entry(now))}\n`).join(""));
  });

  test("says where it is damaged", async () => {
    const path = join(folder, "damaged");
    await writeFile(path, `${JSON.stringify(entry(1))}\nnonsense\n`);
    await expect(openFileJournal(path)).rejects.toMatchObject({
      code: "journal-failed",
      message: expect.stringContaining("line 2"),
    });
  });
});
