import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type FirmwareHost, hostFirmware } from "../support/firmware.js";
import { startMosquitto } from "../support/mosquitto.js";
import { type LossyProxy, type Passed, startProxy } from "../support/proxy.js";
import { eventsOf, gateway, open, request, until } from "../support/upgrades.js";
import { type Wire, watchWire } from "../support/wire.js";

const PUBLISH = 3;
const PUBACK = 4;
const DUP = 8;

const isPublish = ({ type }: Passed) => type === PUBLISH;
const isSubscribe = ({ type }: Passed) => type === 8;
const isConnect = ({ type }: Passed) => type === 1;
const isPuback = ({ type }: Passed) => type === PUBACK;

let host: FirmwareHost;
beforeAll(async () => {
  host = await hostFirmware();
});
afterAll(() => host.close());

/** A broker, a proxy in front of it that can be made to lose packets, and a watcher behind it. */
async function setting(): Promise<{ proxy: LossyProxy; wire: Wire; url: string }> {
  const broker = await startMosquitto();
  const proxy = await startProxy(broker.tcpUrl);
  const wire = await watchWire(broker.tcpUrl);
  onTestFinished(async () => {
    await wire.close();
    await proxy.close();
    await broker.stop();
  });
  return { proxy, wire, url: broker.tcpUrl };
}

/** The connection that follows has been made, and has said all that it has to say. */
async function reconnected(proxy: LossyProxy, connection: number): Promise<Passed[]> {
  await proxy.saw(1, (packet) => isConnect(packet) && packet.connection === connection);
  return proxy.sent.filter((packet) => packet.connection === connection);
}

describe.each([5, 4] as const)("protocol version %i", (protocolVersion) => {
  test("a reconnect repeats the packet that was not acknowledged: the same one", async () => {
    const { proxy } = await setting();
    proxy.lose(isPuback);
    const client = await open({ url: proxy.url, protocolVersion });
    const { id } = await client.upgrade(request(host));
    await proxy.saw(1, isPublish);
    proxy.lose(() => false);
    proxy.cut();
    const attempt = await until(client, id, ({ timeline }) => timeline.some(({ kind }) => kind === "acknowledged"));
    expect(attempt.state).toBe("sent");
    const [first, second, ...more] = proxy.sent.filter(isPublish);
    expect(more).toEqual([]);
    expect(first?.flags).toBe(2); // QoS 1, no DUP, no RETAIN
    expect(second?.flags).toBe(2 | DUP);
    // equal but for the first byte and, in MQTT 5, what is left of the message expiry
    const packetId = (packet: Passed | undefined) => {
      const bytes = packet?.bytes;
      const topicAt = 2;
      const length = bytes?.readUInt16BE(topicAt + 1) ?? 0;
      return bytes?.readUInt16BE(topicAt + 3 + length);
    };
    expect(packetId(second)).toBe(packetId(first));
    expect(second?.bytes.toString()).toContain(id);
  });

  test("two losses without an acknowledgement: refused, and not repeated again", async () => {
    const { proxy } = await setting();
    proxy.lose(isPuback);
    const client = await open({ url: proxy.url, protocolVersion });
    const events = eventsOf(client);
    const { id, outcome } = await client.upgrade(request(host));
    await proxy.saw(1, isPublish);
    proxy.cut();
    await proxy.saw(2, isPublish);
    proxy.cut();
    const attempt = await outcome;
    expect(attempt.state).toBe("refused");
    expect(attempt.timeline.at(-1)).toMatchObject({ kind: "refused" });
    for (let connection = 1; connection <= 3; connection += 1) await events.next("connected");
    // this one goes out on the third connection, after everything that would have been repeated
    await client.upgrade(request(host, { device: "another" }));
    const third = await proxy.saw(3, isPublish);
    expect(third[2]?.connection).toBe(3);
    expect(third[2]?.bytes.toString()).not.toContain(id);
  });

  test.each(["cancelled", "superseded", "expired"])("what is %s is not repeated", async (how) => {
    const { proxy } = await setting();
    proxy.lose(isPuback);
    const firstResultTimeoutMs = how === "expired" ? 300 : 60_000;
    const client = await open({ url: proxy.url, protocolVersion, deadlines: { firstResultTimeoutMs } });
    const { id, outcome } = await client.upgrade(request(host));
    await proxy.saw(1, isPublish);
    if (how === "cancelled") await client.cancel(id);
    if (how === "superseded") await client.upgrade(request(host, { supersede: true }));
    expect((await outcome).state).toBe(how === "expired" ? "timed_out" : "cancelled");
    proxy.lose(() => false);
    const events = eventsOf(client);
    await events.next("connected");
    proxy.cut();
    await events.next("connected");
    await client.upgrade(request(host, { device: "another" }));
    await proxy.saw(1, (packet) => isPublish(packet) && packet.bytes.includes("another"));
    const repeated = (await reconnected(proxy, 2)).filter((packet) => isPublish(packet) && packet.bytes.includes(id));
    expect(repeated).toEqual([]);
  });
});

test("nothing is published while disconnected, nor afterwards", async () => {
  const broker = await startMosquitto();
  onTestFinished(broker.stop);
  const client = await open({ url: broker.wsUrl });
  const events = eventsOf(client);
  await broker.kill();
  const { error } = await events.next("reconnecting");
  expect(error === undefined || error.en.includes("closed") || error.en.includes("127.0.0.1")).toBe(true);
  expect(client.state).toBe("reconnecting");
  await expect(client.upgrade(request(host))).rejects.toMatchObject({ code: "not-connected" });
  expect(client.attempts.counts().total).toBe(0);
  await broker.start();
  const wire = await watchWire(broker.tcpUrl);
  onTestFinished(wire.close);
  await events.next("connected");
  await gateway({ url: broker.tcpUrl });
  const { outcome, id } = await client.upgrade(request(host));
  expect(await outcome).toMatchObject({ state: "succeeded" });
  expect(wire.commands().map(({ payload }) => payload.includes(id))).toEqual([true]);
});

test.each([5, 4] as const)(
  "a lost session is reported and subscribed to again (protocol version %i)",
  async (protocolVersion) => {
    const broker = await startMosquitto(); // without persistence, a restart loses all sessions
    onTestFinished(broker.stop);
    const client = await open({ url: broker.wsUrl, protocolVersion });
    const events = eventsOf(client);
    expect((await events.next("connected")).sessionPresent).toBe(false);
    const { id, outcome } = await client.upgrade(request(host));
    await broker.kill();
    await broker.start();
    expect((await events.next("session-lost")).message.en).toContain("may have been missed");
    expect((await events.next("connected")).sessionPresent).toBe(false);
    const wire = await watchWire(broker.tcpUrl);
    onTestFinished(wire.close);
    const result = { mid: id, type: "ota_upgrade", device_uid: "gateway", timestamp: Date.now(), data: { status: 3 } };
    await wire.mqtt.publishAsync("v1/wudun/test/gateway/ota/upgrade/result", JSON.stringify(result), { qos: 1 });
    expect((await outcome).state).toBe("prepare_failed");
  },
);

test("a session that is still there needs no new subscription", async () => {
  const { proxy } = await setting();
  const client = await open({ url: proxy.url });
  const events = eventsOf(client);
  await events.next("connected");
  proxy.cut();
  expect((await events.next("connected")).sessionPresent).toBe(true);
  expect(proxy.sent.filter(isSubscribe).map(({ connection }) => connection)).toEqual([1, 1]);
});
