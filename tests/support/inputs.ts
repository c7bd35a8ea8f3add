/** Inputs of a tracker without end: the same for the same seed, in batches, with a state that stays small. */

import { buildCommand, buildResult, encode, type StatusName } from "wudun-ota";
import { type JournalEntry, type Replay, toBase64 } from "wudun-ota/client";
import { Random } from "./random.js";

const START = 1_800_000_000_000;
const DEVICES = 5;
/** Attempts are forgotten after as many further ones. */
const REMEMBERED = 8;

/** Gives the batches in order. The client's own entry at the end of each tells every state from the one before. */
export function* batches(seed: number): Generator<JournalEntry[], never> {
  const random = new Random(seed);
  const inputs = entries(seed);
  for (let number = 1; ; number += 1) {
    const batch = Array.from({ length: 1 + random.below(4) }, () => inputs.next().value);
    const { now } = batch.at(-1) ?? { now: START };
    yield [...batch, client(now, number)];
  }
}

function client(now: number, batch: number): JournalEntry {
  return { t: "client", now, clientId: `ota-torture-${batch}`, deadlines: { firstResultTimeoutMs: 60_000 } };
}

function* entries(seed: number): Generator<JournalEntry, never> {
  const random = new Random(seed + 1);
  const ids: string[] = [];
  let now = START;
  yield client(now, 0);
  for (let round = 0; ; round += 1) {
    const device = `gw-${round % DEVICES}`;
    const id = uuid(round);
    const topic = `v1/wudun/test/${device}/ota/upgrade`;
    const ingest = (text: string, retained = false): JournalEntry => ({
      t: "ingest",
      now,
      topic: `${topic}/result`,
      payload: toBase64(new TextEncoder().encode(text)),
      retained,
    });
    const result = (status: StatusName, reply: string) => {
      const mid = uuid(round * 16 + 0x1000_0000 + random.below(16));
      const { message } = buildResult({ device, reply, status, mid, timestamp: now, finalVersion: "2.0.0" });
      return encode(message);
    };
    now += 1000 + random.below(20_000);
    const { message: command } = buildCommand({
      device,
      source: "ems_II",
      downloadUrl: "https://files.example/ems.bin",
      md5: "0123456789abcdef0123456789abcdef",
      mid: id,
      timestamp: now,
      traceId: `第 ${round} 轮 \u2028`,
    });
    yield { t: "open", now, topic: `${topic}/command`, command, expected: { version: "2.0.0" }, supersede: true };
    yield { t: "sent", now: now + 10, id };
    yield { t: "ack", now: now + 20, id, code: 0 };
    const prepared = result("prepared", id);
    switch (random.below(6)) {
      case 0:
        yield ingest(prepared);
        yield ingest(result("rolled_back", id));
        yield ingest(prepared); // again: the tracker remembers its fingerprint
        break;
      case 1:
        yield { t: "cancel", now, id };
        yield ingest(result("succeeded", id));
        break;
      case 2:
        yield { t: "refused", now, id, reason: { kind: "reason-code", code: 135 } };
        break;
      case 3:
        now += 61_000;
        yield { t: "tick", now };
        yield ingest("no JSON at all", true);
        break;
      default:
        yield ingest(prepared);
        yield ingest(result("succeeded", id));
    }
    ids.push(id);
    if (ids.length <= REMEMBERED) continue;
    const old = ids.shift() ?? "";
    // whatever became of it, it is closed: its device had another since
    yield { t: "forget", now, id: old };
  }
}

function uuid(number: number): string {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, "0")}`;
}

/** All that can be asked of a tracker, as text. */
export function stateOf({ tracker, client }: Replay): string {
  const { attempts } = tracker.page({ limit: 1000 });
  const whole = attempts.map(({ id }) => tracker.attempt(id));
  const explained = attempts.map(({ id }) => tracker.explain(id));
  const logs = (["unsolicited", "suspect", "invalid"] as const).map((kind) => tracker.log(kind));
  return JSON.stringify([client, tracker.counts(), tracker.nextDeadline(), attempts, whole, explained, logs]);
}
