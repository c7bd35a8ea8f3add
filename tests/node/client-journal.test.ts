import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, symlink, unlink, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import mqtt from "mqtt";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { fromBase64, type Journal, type JournalEntry, replayJournal } from "wudun-ota/client";
import { openFileJournal, readFileJournal } from "wudun-ota/node";
import { startAedes } from "../support/aedes.js";
import { type FirmwareHost, hostFirmware } from "../support/firmware.js";
import { startMosquitto } from "../support/mosquitto.js";
import { eventsOf, gateway, open, request, until } from "../support/upgrades.js";
import { watchWire } from "../support/wire.js";

const OPENER = new URL("../support/opener.mjs", import.meta.url);
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

describe("results that come together", () => {
  /** Writes when it is told to. */
  class SlowJournal extends MemoryJournal {
    writes = 0;
    #ready = Promise.resolve();
    hold(): () => void {
      let write = () => {};
      this.#ready = new Promise((resolve) => {
        write = resolve;
      });
      return () => write();
    }
    override async append(entries: JournalEntry[]) {
      this.writes++;
      await this.#ready;
      await super.append(entries);
    }
  }

  async function stage() {
    const broker = await startAedes();
    onTestFinished(broker.close);
    let acknowledged = 0;
    broker.aedes.on("ack", () => acknowledged++);
    const journal = new SlowJournal();
    const options = { url: broker.url, journal, clientId: "operator" };
    const events = eventsOf(await open(options));
    const device = await mqtt.connectAsync(broker.url);
    onTestFinished(() => device.endAsync());
    const publish = (count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, index) => {
          const payload = JSON.stringify({ number: index });
          return device.publishAsync("v1/wudun/test/gateway/ota/upgrade/result", payload, { qos: 1 });
        }),
      );
    const kept = () => journal.entries.filter(({ t }) => t === "ingest").length;
    return { broker, journal, options, events, publish, kept, acknowledged: () => acknowledged };
  }

  test("are written together, and acknowledged after that", async () => {
    const { broker, journal, events, publish, kept, acknowledged } = await stage();
    const before = journal.writes;
    const write = journal.hold();
    await publish(300);
    for (let taken = 0; taken < 256; taken++) await events.next("message");
    expect(acknowledged()).toBe(0);
    expect(journal.writes - before).toBe(1);
    const all = new Promise<void>((resolve) => {
      broker.aedes.on("ack", () => acknowledged() === 300 && resolve());
    });
    write();
    await all;
    expect(kept()).toBe(300);
    expect(journal.writes - before).toBeLessThan(10);
  });

  test("come again if they were not written", async () => {
    const { journal, options, events, publish, kept, acknowledged } = await stage();
    const write = journal.hold();
    await publish(5);
    for (let taken = 0; taken < 5; taken++) await events.next("message");
    journal.full = true;
    write();
    expect((await events.next("closed")).error?.code).toBe("journal-failed");
    expect([acknowledged(), kept()]).toEqual([0, 0]);
    journal.full = false;
    const again = eventsOf(await open(options));
    for (let taken = 0; taken < 5; taken++) {
      const { payload } = await again.next("message");
      expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({ number: taken });
    }
  });
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

  test("says where it is damaged, and what is no journal", async () => {
    const path = join(folder, "damaged");
    const journal = await openFileJournal(path);
    for (const now of [1, 2, 3]) await journal.append([entry(now)]);
    await journal.close();
    const lines = (await readFile(path, "utf8")).split("\n");
    await writeFile(path, lines.map((line, index) => (index === 2 ? line.replace("tick", "tack") : line)).join("\n"));
    await expect(openFileJournal(path)).rejects.toMatchObject({
      code: "journal-damaged",
      message: expect.stringContaining("line 3"),
    });
    for (const [text, says] of [
      ['{"t":"tick","now":1}\n', "is no journal"],
      [`${lines[0]?.replace("journal 1", "journal 2")}\n`, "newer version"],
      [lines[0] ?? "", "is no journal"],
    ] as const) {
      await writeFile(path, text);
      await expect(openFileJournal(path)).rejects.toMatchObject({
        code: "journal-foreign",
        message: expect.stringContaining(says),
      });
      expect(await readFile(path, "utf8")).toBe(text);
    }
  });

  test("an entry that does not follow from those before it is refused in words", async () => {
    const journal = new MemoryJournal();
    await journal.append([{ t: "sent", now: 1, id: "00000000-0000-4000-8000-000000000001" }]);
    const entries = await journal.load();
    expect(() => replayJournal(entries)).toThrow(expect.objectContaining({ code: "journal-failed" }));
  });

  test("is written by one at a time: processes, threads, and whoever comes by another name", async () => {
    const path = join(folder, "one-writer");
    const journal = await openFileJournal(path);
    const other = join(folder, "another-name");
    await symlink(path, other);
    await expect(openFileJournal(other)).rejects.toMatchObject({ code: "journal-locked" });
    const thread = new Worker(OPENER, { workerData: path });
    expect(await once(thread, "message")).toEqual(["journal-locked"]);
    const { pid } = process;
    // held by somebody whom nobody here can see
    const away = join(folder, "away");
    await writeFile(`${away}.lock`, `${pid} token another-host\n`);
    await expect(openFileJournal(away)).rejects.toMatchObject({ code: "journal-locked" });
    // the number of a process that is alive, and holds nothing: this one, before the machine was started again
    const reused = join(folder, "reused");
    await writeFile(`${reused}.lock`, `${pid} token ${hostname()}\n`);
    await (await openFileJournal(reused)).close();
    await journal.close();
  });

  test("is written no more by whoever has lost it", async () => {
    const path = join(folder, "lost");
    const journal = await openFileJournal(path);
    await unlink(`${path}.lock`);
    const another = await openFileJournal(path);
    await expect(journal.append([entry(1)])).rejects.toMatchObject({ code: "journal-locked" });
    await expect(journal.replace([entry(1)])).rejects.toMatchObject({ code: "journal-failed" });
    await journal.close();
    await another.append([entry(2)]);
    expect(await another.load()).toEqual([entry(2)]);
    await another.close();
  });

  test("whoever comes first after a crash has it, of many", async () => {
    const path = join(folder, "contended");
    for (let round = 0; round < 20; round += 1) {
      await writeFile(`${path}.lock`, `99999999 token ${hostname()}\n`);
      const opened = await Promise.allSettled(Array.from({ length: 8 }, () => openFileJournal(path)));
      const journals = opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      const written = await Promise.allSettled(journals.map((journal) => journal.append([entry(round)])));
      expect(written.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      for (const journal of journals) await journal.close();
    }
    expect((await readFileJournal(path)).entries).toHaveLength(20);
  });
});

describe("a journal that has grown", () => {
  test("is put together anew, and holds the same state and the newest messages", async () => {
    const broker = await startMosquitto();
    onTestFinished(broker.stop);
    const wire = await watchWire(broker.tcpUrl);
    onTestFinished(wire.close);
    const path = join(folder, "grown");
    let journal = await openFileJournal(path);
    const first = await open({ url: broker.tcpUrl, journal });
    const { id } = await first.upgrade(request(host));
    const events = eventsOf(first);
    const large = "x".repeat(60_000);
    const topic = "v1/wudun/test/gateway/ota/upgrade/result";
    for (let index = 0; index < 40; index += 1) {
      await wire.mqtt.publishAsync(topic, `${index} ${large}`, { qos: 1 });
      await events.next("message", ({ payload }) => new TextDecoder().decode(payload).startsWith(`${index} `));
    }
    await first.close();
    await journal.close();
    const { size } = await stat(path);
    expect(size).toBeLessThan(2_000_000); // written were 3.2 million bytes
    const { entries } = await readFileJournal(path);
    const kinds = new Set(entries.map(({ t }) => t));
    expect([...kinds].slice(0, 3)).toEqual(["client", "chunk", "snapshot"]);
    const { messages } = replayJournal(entries);
    expect([...messages].length).toBeGreaterThanOrEqual(3);
    const newest = [...messages].at(-1);
    expect(new TextDecoder().decode(fromBase64(newest?.payload ?? "")).slice(0, 3)).toBe("39 ");

    journal = await openFileJournal(path);
    const second = await open({ url: broker.tcpUrl, journal });
    expect(second.clientId).toBe(first.clientId);
    expect(second.attempts.attempt(id)).toEqual(first.attempts.attempt(id));
    expect(second.attempts.log("invalid")).toEqual(first.attempts.log("invalid"));
    await second.close();
    await journal.close();
  });

  test("keeps what attempts had come to when the deadlines change", async () => {
    const broker = await startMosquitto();
    onTestFinished(broker.stop);
    const journal = new MemoryJournal();
    const first = await open({ url: broker.tcpUrl, journal, deadlines: { firstResultTimeoutMs: 50 } });
    const { id, outcome } = await first.upgrade(request(host));
    expect((await outcome).state).toBe("timed_out");
    await first.close();
    const second = await open({ url: broker.tcpUrl, journal, deadlines: { firstResultTimeoutMs: 600_000 } });
    expect(second.attempts.attempt(id)?.state).toBe("timed_out");
    await second.close();
    expect(replayJournal(journal.entries).tracker.attempt(id)?.state).toBe("timed_out");
  });
});
