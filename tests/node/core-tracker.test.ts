import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import {
  buildCommand,
  buildResult,
  createTracker,
  type Delivery,
  encode,
  OtaError,
  restoreTracker,
  type StatusName,
  safeRestoreTracker,
  type Tracker,
} from "wudun-ota";

const commandTopic = "v1/wudun/pk/gw-1/ota/upgrade/command";
const resultTopic = "v1/wudun/pk/gw-1/ota/upgrade/result";
const start = 1_800_000_000_000;

const { message: command } = buildCommand({
  device: "gw-1",
  source: "ems_II",
  downloadUrl: "https://fw.example/ems.bin",
  md5: "0123456789abcdef0123456789abcdef",
  mid: "3f1c2b64-9d0e-4a57-8b21-6c0d5e7f8a90",
  timestamp: start,
});

function result(
  status: StatusName,
  more: { finalVersion?: string; finalCommitSha?: string; reply?: string } = {},
): string {
  return encode(buildResult({ device: "gw-1", source: "ems_II", timestamp: start + 1, status, ...more }).message);
}

function opened(): Tracker {
  const tracker = createTracker();
  tracker.open({ topic: commandTopic, command, expected: { version: "1.1.0" } }, start);
  return tracker;
}

/** Every name in `Counts`, which is not made from Rust's type. */
const counted = [
  ...["unpublished", "sent", "prepared", "forbidden", "prepare_failed", "succeeded", "rolled_back", "rollback_failed"],
  ...[
    "timed_out",
    "cancelled",
    "not_sent",
    "refused",
    "total",
    "open",
    "verified",
    "mismatched",
    "unverified",
    "alerts",
  ],
].sort();

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return OtaError.is(error) ? error.code : `not an OtaError: ${String(error)}`;
  }
  return "nothing was thrown";
}

/** Collects garbage; the function is there without a flag of the process. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

describe("tracker", () => {
  it.each([
    ["ÄÖÜ-ΣΑΣ", "äöü-σασ-1", "verified"],
    ["ÄÖÜ-ΣΑΣ", "äöü-σας-1", "mismatched"],
  ])("compares commits in any letters: %s with %s", (commit, finalCommitSha, verification) => {
    const tracker = createTracker();
    tracker.open({ topic: commandTopic, command, expected: { commit } }, start);
    tracker.sent(command.mid, start);
    tracker.ingest(resultTopic, result("succeeded", { finalCommitSha }), { now: start + 10 });
    expect(tracker.attempt(command.mid)).toMatchObject({ verification });
  });

  it("follows an upgrade to a verified success", () => {
    const tracker = opened();
    expect(tracker.nextDeadline()).toBe(start + 30_000);
    expect(tracker.sent(command.mid, start + 10)).toMatchObject({ attemptId: command.mid, after: { state: "sent" } });
    expect(tracker.acknowledged(command.mid, 16, start + 20).after.state).toBe("sent");
    expect(tracker.ingest(commandTopic, encode(command), { now: start + 30 }).disposition).toBe("echo");
    expect(tracker.ingest(resultTopic, result("prepared"), { now: start + 40 })).toMatchObject({
      disposition: "advanced",
      matchedBy: "subject",
      attemptId: command.mid,
      attemptIds: [command.mid],
      before: { state: "sent" },
      after: { state: "prepared", phase1: "reported" },
    });
    const bytes = Buffer.from(result("succeeded", { finalVersion: "v1.1.0" }));
    const ingested = tracker.ingest(resultTopic, bytes, { now: start + 50 });
    expect(ingested.after).toEqual({
      state: "succeeded",
      outcome: "succeeded",
      verification: "verified",
      phase1: "reported",
    });
    expect(tracker.ingest(resultTopic, bytes, { now: start + 60 }).disposition).toBe("duplicate");

    const attempt = tracker.attempt(command.mid);
    expect(attempt).toMatchObject({
      id: command.mid,
      state: "succeeded",
      topic: commandTopic,
      address: "v1/wudun/pk/gw-1",
      device: "gw-1",
      source: "ems_II",
      expected: { version: "1.1.0" },
      final: { version: "v1.1.0" },
      openedAt: start,
      sentAt: start + 10,
      preparedAt: start + 40,
      endedAt: start + 50,
      open: false,
      foreignCommandSeen: false,
    });
    expect(attempt?.command).toEqual(command);
    expect(attempt).not.toHaveProperty("subDevice");
    expect(attempt).not.toHaveProperty("deadline");
    expect(attempt?.timeline.map((entry) => entry.kind).slice(0, 5)).toEqual([
      "opened",
      "sent",
      "acknowledged",
      "echo",
      "result",
    ]);
    expect(tracker.explain(command.mid).map((line) => line.at)).toEqual(attempt?.timeline.map((entry) => entry.at));
    expect(tracker.counts()).toMatchObject({ succeeded: 1, sent: 0, total: 1, open: 0, verified: 1 });
    expect(Object.keys(tracker.counts()).sort()).toEqual(counted);
    const { topic: _, command: __, timeline, ...row } = attempt ?? expect.fail("no attempt");
    expect(tracker.page({ limit: 10 }).attempts).toEqual([row]);
    expect(row).toMatchObject({ entries: timeline.length, alerts: timeline.flatMap(({ alerts }) => alerts).length });
    expect(tracker.nextDeadline()).toBeUndefined();
    tracker.dispose();
  });

  it("takes anything that a broker can deliver", () => {
    const tracker = opened();
    for (const topic of ["", "x", "a/\ud800/ota/upgrade/result", resultTopic, commandTopic]) {
      for (const payload of ["", "{", "\ud800", new Uint8Array([0xff]), new Uint8Array(70_000)]) {
        expect(tracker.ingest(topic, payload, { now: start, retained: true }).disposition).toBe("invalid");
      }
    }
    const [entry] = tracker.log("invalid").entries;
    expect(entry?.payload).toBeInstanceOf(Uint8Array);
    expect(tracker.attempt(command.mid)?.state).toBe("unpublished");
    tracker.dispose();
  });

  it("says with a code what cannot be done", () => {
    const tracker = opened();
    const again = { topic: commandTopic, command };
    expect(codeOf(() => tracker.open(again, start))).toBe("mid-in-use");
    const other = { ...command, mid: "00000000-0000-4000-8000-000000000000" };
    expect(codeOf(() => tracker.open({ topic: commandTopic, command: other }, start))).toBe("subject-busy");
    expect(codeOf(() => tracker.open({ topic: resultTopic, command }, start))).toBe("topic-not-command");
    expect(codeOf(() => tracker.sent(other.mid, start))).toBe("attempt-unknown");
    expect(codeOf(() => tracker.acknowledged(command.mid, 256, start))).toBe("invalid-argument");
    expect(codeOf(() => tracker.tick(Number.NaN))).toBe("invalid-argument");
    expect(codeOf(() => createTracker({ sendTimeoutMs: -1 }))).toBe("invalid-argument");
    tracker.dispose();
  });

  it("is restored as it was saved", () => {
    const tracker = opened();
    tracker.sent(command.mid, start + 10);
    const saved = tracker.save();
    const restored = restoreTracker(saved, {}, start + 20);
    expect(restored.attempt(command.mid)).toEqual(tracker.attempt(command.mid));
    for (const broken of [[new Uint8Array([1, 2, 3])], saved.map((chunk) => chunk.subarray(1))]) {
      const refused = safeRestoreTracker(broken, {}, start);
      expect(refused.ok ? "restored" : refused.error.code).toMatch(/^saved-state-/);
    }
    tracker.dispose();
    restored.dispose();
  });

  it("takes many deliveries at once as one after the other", () => {
    const [one, other] = [opened(), opened()];
    const prepared = result("prepared", { reply: command.mid });
    const foreign = encode({ ...command, mid: "00000000-0000-4000-8000-000000000001" });
    const deliveries: Delivery[] = [
      { topic: commandTopic, payload: encode(command) },
      { topic: commandTopic, payload: foreign, retained: true },
      { topic: resultTopic, payload: prepared },
      { topic: resultTopic, payload: Buffer.from(prepared), retained: true },
      { topic: resultTopic, payload: result("succeeded", { finalVersion: "升级 1.1.0" }) },
      { topic: resultTopic, payload: Buffer.from(result("rolled_back", { reply: command.mid.toUpperCase() })) },
      { topic: "v1/wudun/pk/网关/ota/upgrade/result", payload: "{}" },
      { topic: "a/\ud800/ota/upgrade/result", payload: "\ud800" },
      { topic: "x".repeat(70_000), payload: new Uint8Array() },
      { topic: resultTopic, payload: new Uint8Array(70_000) },
      { topic: resultTopic, payload: "é".repeat(60_000) },
      ...Array.from({ length: 700 }, (_, n) => ({ topic: resultTopic, payload: `{ "n": ${n}` })),
    ];
    const answers = one.ingestBatch(deliveries, { now: start + 5 });
    expect(answers).toEqual(
      deliveries.map(({ topic, payload, retained }) => other.ingest(topic, payload, { now: start + 5, retained })),
    );
    expect(answers.slice(0, 6).map(({ disposition }) => disposition)).toEqual([
      "echo",
      "foreign-command",
      "advanced",
      "duplicate",
      "unsolicited",
      "advanced",
    ]);
    expect(one.save()).toEqual(other.save());
    expect(one.ingestBatch([], { now: start })).toEqual([]);
    for (const tracker of [one, other]) tracker.dispose();
  });

  it("tells what is too large by its beginning and its size", () => {
    const tracker = opened();
    const large = new Uint8Array(70_000);
    const first = tracker.ingest(resultTopic, large, { now: start });
    expect(first.diagnostics[0]).toMatchObject({ code: "json-too-large" });
    expect(tracker.ingest(resultTopic, large, { now: start }).disposition).toBe("duplicate");
    expect(tracker.ingest(resultTopic, large.subarray(1), { now: start }).disposition).toBe("invalid");
    expect(tracker.log("invalid").entries[0]?.payload).toHaveLength(4_096);
    tracker.dispose();
  });

  it("is saved in steps, as it was at the first", () => {
    const tracker = opened();
    const saved = tracker.save();
    const steps = tracker.saveInSteps();
    const first = steps.next();
    tracker.cancel(command.mid, start + 1);
    const chunks = [...(first.value ? [first.value] : []), ...steps];
    expect(chunks).toEqual(saved);
    const restored = restoreTracker(chunks, {}, start);
    expect(restored.attempt(command.mid)?.state).toBe("unpublished");
    const overtaken = tracker.saveInSteps();
    overtaken.next();
    expect([...tracker.saveInSteps()]).toHaveLength(1);
    expect(codeOf(() => overtaken.next())).toBe("save-overtaken");
    for (const each of [tracker, restored]) each.dispose();
  });

  it("has a life of its own, which ends with dispose", () => {
    const [first, second] = [opened(), opened()];
    first.dispose();
    first.dispose();
    expect(codeOf(() => first.counts())).toBe("disposed");
    expect(codeOf(() => first.open({ topic: commandTopic, command }, start))).toBe("disposed");
    expect(second.counts().total).toBe(1);
    second.dispose();
  });

  it("gives its memory back", () => {
    const useMany = (count: number) => {
      for (let i = 0; i < count; i++) {
        const tracker = opened();
        tracker.ingest(resultTopic, result("prepared"), { now: start });
        tracker.dispose();
      }
      collectGarbage();
      return process.memoryUsage().rss;
    };
    const before = useMany(50);
    const after = useMany(500);
    expect(after - before).toBeLessThan(100 << 20);
  });
});
