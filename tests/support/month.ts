/**
 * A month of virtual time in a fleet: upgrades that end, time out and are forgotten, results that come again, suspect
 * and invalid ones, those of strangers, and deliveries of retained ones.
 */

import { createTracker } from "wudun-ota";
import { watchMemories } from "./memories.js";

const START = 1_800_000_000_000;
const MONTH_MS = 30 * 86_400_000;
const DEVICES = 500;
/** What is heard in the time of one upgrade. */
const STEPS = 7;
/** Addresses without attempts that are heard of: more than a tracker remembers. */
const STRANGERS = 20_000;
/** Finished attempts that are kept. */
const KEPT = 400;

const hex = (n: number, digits: number) => n.toString(16).padStart(digits, "0");
const uuid = (kind: number, n: number) =>
  `${hex(n % 2 ** 32, 8)}-${hex(kind, 4)}-4000-8000-${hex(Math.floor(n / 2 ** 32), 12)}`;
const device = (n: number) => `WD-EMS2-${String(n % DEVICES).padStart(12, "0")}`;
const topic = (name: string, channel: string) => `v1/wudun/plant-7/${name}/ota/upgrade/${channel}`;
const encoder = new TextEncoder();
const bytes = (value: unknown) => encoder.encode(JSON.stringify(value));

function command(n: number, now: number) {
  return bytes({
    mid: uuid(1, n),
    type: "ota_upgrade",
    device_uid: device(n),
    timestamp: now,
    data: {
      source: "ems_II",
      download_url: `https://files.example.com/ems-II/${n % 1_000}.bin`,
      md5_code: "9e107d9d372bb6826bd81d3542a419d6",
    },
  });
}

function result(n: number, status: number, now: number, name = device(n)) {
  return bytes({
    mid: uuid(1 + status, n),
    type: "ota_upgrade",
    device_uid: name,
    timestamp: now,
    data: { source: "ems_II", version: "v1", ...(status > 3 ? { final_version: "v2" } : {}), status },
    ...(n % 2 === 0 ? { reply: uuid(1, n) } : {}),
  });
}

export interface Month {
  /** How each message was taken. */
  dispositions: Map<string, number>;
  /** Bytes of WebAssembly memory after each tenth of the month. */
  sizes: number[];
  /** Attempts that are left. */
  total: number;
  open: number;
}

/** Lets a tracker hear so many messages, spread over a month. */
export function month(messages: number): Month {
  const memories = watchMemories();
  const tracker = createTracker({ firstResultTimeoutMs: 60_000, finalResultTimeoutMs: 300_000 });
  const dispositions = new Map<string, number>();
  const sizes: number[] = [];
  const mids: string[] = [];
  let last = new Uint8Array();
  try {
    for (let i = 0; i < messages; i++) {
      const now = START + Math.floor((i / messages) * MONTH_MS);
      const n = Math.floor(i / STEPS);
      const said = topic(device(n), "result");
      const hear = (where: string, payload: Uint8Array, retained = false) => {
        const { disposition } = tracker.ingest(where, payload, { now, retained });
        dispositions.set(disposition, (dispositions.get(disposition) ?? 0) + 1);
      };
      switch (i % STEPS) {
        case 0: {
          tracker.tick(now);
          const sent = command(n, now);
          const id = tracker.open(
            { topic: topic(device(n), "command"), command: JSON.parse(new TextDecoder().decode(sent)) },
            now,
          );
          tracker.sent(id, now);
          mids.push(id);
          hear(topic(device(n), "command"), sent);
          break;
        }
        case 1:
          hear(said, result(n, 2, now));
          break;
        case 2:
          // Some devices never say how it ended.
          last = result(n, n % 11 === 0 ? 2 : 4, now);
          hear(said, last);
          break;
        case 3:
          // The same again, now and then with a clock that is wrong by years.
          hear(said, n % 3 === 0 ? last : result(n, n % 11 === 0 ? 2 : 4, n % 5 === 0 ? START / 2 : now));
          break;
        case 4: {
          const stranger = `stranger-${n % STRANGERS}`;
          hear(topic(stranger, "result"), result(n, 4, now, stranger));
          break;
        }
        case 5:
          hear(said, bytes({ status: "no message", n }));
          break;
        default:
          hear(said, result(n, 5, now), true);
          forgetOldest(tracker, mids);
      }
      if ((i + 1) % Math.floor(messages / 10) === 0) sizes.push(memories.size());
    }
    const { total, open } = tracker.counts();
    return { dispositions, sizes, total, open };
  } finally {
    memories.stop();
    tracker.dispose();
  }
}

function forgetOldest(tracker: ReturnType<typeof createTracker>, mids: string[]): void {
  const [oldest] = mids;
  if (mids.length <= KEPT || oldest === undefined || tracker.attempt(oldest)?.open === true) return;
  tracker.forget(oldest);
  mids.shift();
}
