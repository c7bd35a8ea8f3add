import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Attempt, CommandMessage, ResultMessage } from "wudun-ota";
import { decode } from "wudun-ota";
import { connect } from "wudun-ota/client";
import { BEHAVIOURS, type Behaviour, type Correlation, gatewayReplies, startGateway } from "wudun-ota/simulator";
import { hostFirmware } from "../support/firmware.js";
import { startMosquitto } from "../support/mosquitto.js";
import { commandTopic, device, gateway, namespace, until } from "../support/upgrades.js";
import { watchWire } from "../support/wire.js";

const CORRELATIONS = ["none", "reply", "mid", "trace-id"] as const;

/** State, outcome, verification and what is known of phase 1, each derived from §7. */
type Ending = Pick<Attempt, "state" | "outcome" | "verification" | "phase1">;

const verified: Ending = { state: "succeeded", outcome: "succeeded", verification: "verified", phase1: "reported" };

const unprepared: Ending = {
  state: "prepare_failed",
  outcome: "prepare_failed",
  verification: "unverified",
  phase1: "reported",
};

/** The ending of each behaviour, whatever the correlation. */
const endings: Record<Behaviour, Ending> = {
  ok: verified,
  // nothing final is reported, so there is nothing to compare with the expectation
  forbidden: { ...unprepared, state: "forbidden", outcome: "forbidden" },
  "download-fails": unprepared,
  "md5-mismatch": unprepared,
  // the old version still runs: final differs from target and expectation
  "rolls-back": { state: "rolled_back", outcome: "rolled_back", verification: "mismatched", phase1: "reported" },
  "rollback-fails": {
    state: "rollback_failed",
    outcome: "rollback_failed",
    verification: "mismatched",
    phase1: "reported",
  },
  "wrong-version": { ...verified, verification: "mismatched" },
  // a success that says nothing of what runs: nothing to compare
  lies: { ...verified, verification: "unverified" },
  silent: { state: "timed_out" },
  "silent-after-prepared": { state: "timed_out", phase1: "reported" },
  // "timed_out is left only by 1, 3, 4, 5, 6"
  "replies-later": verified,
  duplicates: verified,
  // "a final status without prepared is accepted, phase 1 marked as inferred"
  "out-of-order": { ...verified, phase1: "inferred" },
  "trailing-comma": verified,
  "no-source": verified,
  // the earlier run's result never advances
  retained: verified,
  "skewed-clock": verified,
};

/** Where the correlation makes a difference: rule 4 does not trust a timestamp two hours ahead. */
function endingOf(behaviour: Behaviour, correlation: Correlation): Ending {
  return behaviour === "skewed-clock" && correlation === "none" ? { state: "timed_out" } : endings[behaviour];
}

const matchedBy = { none: "subject", reply: "reply", mid: "mid", "trace-id": "trace-id" } as const;

describe("every behaviour under every correlation", () => {
  const cases = BEHAVIOURS.flatMap(({ name: behaviour }) =>
    CORRELATIONS.map((correlation) => ({ behaviour, correlation, device: `${behaviour}-${correlation}` })),
  );
  const attempts = new Map<string, Attempt>();
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const broker = await startMosquitto();
    const host = await hostFirmware();
    closing.push(broker.stop, host.close);
    const starting = cases.map((one) => startGateway({ url: broker.tcpUrl, namespace, ...one, laterMs: 6_000 }));
    for (const gateway of await Promise.all(starting)) closing.unshift(() => gateway.close());
    const run = async (some: typeof cases, deadlineMs: number) => {
      const deadlines = { firstResultTimeoutMs: deadlineMs, finalResultTimeoutMs: deadlineMs };
      const devices = some.map(({ device }) => device);
      const client = await connect({ url: broker.wsUrl, namespace, devices, deadlines });
      await Promise.all(
        some.map(async ({ device, behaviour, correlation }) => {
          const { id, outcome } = await client.upgrade({
            device,
            source: "ems_II",
            downloadUrl: host.url,
            md5: host.md5,
            traceId: `trace of ${device}`,
            expected: { version: "1.1.0" },
          });
          const first = await outcome;
          if (behaviour === "replies-later") expect(first.state).toBe("timed_out");
          const attempt = await until(client, id, ({ state }) => state === endingOf(behaviour, correlation).state);
          attempts.set(device, attempt);
        }),
      );
      await client.close();
    };
    // what ends by a deadline runs by itself, so that the others need no short one
    const late = cases.filter(
      ({ behaviour, correlation }) =>
        behaviour === "replies-later" || endingOf(behaviour, correlation).state === "timed_out",
    );
    await run(
      cases.filter((one) => !late.includes(one)),
      60_000,
    );
    await run(late, 4_000);
  }, 60_000);

  afterAll(async () => {
    for (const close of closing) await close();
  });

  test.each(cases)("$behaviour, $correlation", ({ behaviour, correlation, device }) => {
    const attempt = attempts.get(device);
    const { state, outcome, verification, phase1 } = attempt ?? {};
    expect({ state, outcome, verification, phase1 }).toEqual({
      outcome: undefined,
      verification: undefined,
      phase1: undefined,
      ...endingOf(behaviour, correlation),
    });
    const results = attempt?.timeline.filter((entry) => entry.kind === "result") ?? [];
    for (const result of results) expect(result.matchedBy).toBe(matchedBy[correlation]);
    expect(results.length > 0).toBe(behaviour !== "silent");
  });
});

describe("a gateway", () => {
  test("drops a command that comes again", async () => {
    const broker = await startMosquitto();
    const host = await hostFirmware();
    const wire = await watchWire(broker.tcpUrl);
    try {
      const started = await gateway({ url: broker.tcpUrl });
      const command = JSON.stringify(commandFor(host));
      for (let time = 0; time < 3; time += 1) await wire.mqtt.publishAsync(commandTopic, command, { qos: 1 });
      await wire.saw(2, ({ topic }) => topic.endsWith("/result"));
      await started.close();
      expect(host.requests()).toBe(1);
      expect(wire.messages.filter(({ topic }) => topic.endsWith("/result"))).toHaveLength(2);
    } finally {
      await wire.close();
      await host.close();
      await broker.stop();
    }
  });

  test("says the same again with the same seed, and answers what it cannot read", async () => {
    const broker = await startMosquitto();
    const host = await hostFirmware();
    try {
      const mids: string[][] = [];
      for (let run = 0; run < 2; run += 1) {
        const wire = await watchWire(broker.tcpUrl);
        const started = await gateway({ url: broker.tcpUrl, seed: 7, correlation: "reply" });
        const ftp = commandFor(host, "ftp://127.0.0.1/image");
        await wire.mqtt.publishAsync(commandTopic, JSON.stringify(ftp), { qos: 1 });
        const good = { ...commandFor(host), mid: "00000000-0000-0000-0000-000000000002" };
        // a trailing comma, as in the vendor's samples
        await wire.mqtt.publishAsync(commandTopic, JSON.stringify(good).replace(/\}$/, ",}"), { qos: 1 });
        const results = await wire.saw(3, ({ topic }) => topic.endsWith("/result"));
        const messages = results.map(({ payload }) => resultOf(payload));
        expect(messages.map(({ data, reply }) => [reply, data.status])).toEqual([
          [ftp.mid, 3],
          [good.mid, 2],
          [good.mid, 4],
        ]);
        mids.push(messages.map(({ mid }) => mid));
        await started.close();
        await wire.close();
      }
      expect(mids[0]).toEqual(mids[1]);
    } finally {
      await host.close();
      await broker.stop();
    }
  });
});

test("the helpers for gateways build both results", () => {
  const command: CommandMessage = commandFor({ url: "https://example.com/a.bin", md5: "0".repeat(32) });
  const replies = gatewayReplies(command, { namespace, version: "1.0.0" });
  const { topic, payload, message } = replies.prepared({ targetVersion: "1.1.0" });
  expect(topic).toBe(`v1/wudun/test/${device}/ota/upgrade/result`);
  expect(message).toMatchObject({ reply: command.mid, data: { source: "ems_II", target_version: "1.1.0", status: 2 } });
  expect(decode(payload, { topic }).diagnostics).toEqual([]);
  expect(replies.succeeded({ finalVersion: "1.1.0" }).message.data).toMatchObject({
    final_version: "1.1.0",
    status: 4,
  });
});

function commandFor({ md5, url }: { url: string; md5: string }, downloadUrl = url): CommandMessage {
  return {
    mid: "00000000-0000-0000-0000-000000000001",
    type: "ota_upgrade",
    device_uid: device,
    timestamp: Date.now(),
    data: { source: "ems_II", download_url: downloadUrl, md5_code: md5 },
  };
}

function resultOf(payload: string): ResultMessage {
  const decoded = decode(payload);
  if (decoded.kind !== "result") throw new Error(`no result: ${payload}`);
  return decoded.message;
}
