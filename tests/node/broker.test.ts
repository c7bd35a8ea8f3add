import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startAedes } from "../support/aedes.js";
import { type FirmwareHost, hostFirmware } from "../support/firmware.js";
import { startMosquitto } from "../support/mosquitto.js";
import { eventsOf, gateway, open, request, until } from "../support/upgrades.js";
import { watchWire } from "../support/wire.js";

let host: FirmwareHost;
beforeAll(async () => {
  host = await hostFirmware();
});
afterAll(() => host.close());

describe("aedes, which knows MQTT 3.1.1 only", () => {
  test("is spoken to in 3.1.1 by itself", async () => {
    const broker = await startAedes();
    onTestFinished(broker.close);
    await gateway({ url: broker.url });
    const client = await open({ url: broker.url });
    expect(client.protocolVersion).toBe(4);
    const { outcome } = await client.upgrade(request(host));
    expect(await outcome).toMatchObject({ state: "succeeded", verification: "verified" });
  });

  test("is told apart from one that refuses, when only version 5 will do", async () => {
    const broker = await startAedes();
    onTestFinished(broker.close);
    await expect(open({ url: broker.url, protocolVersion: 5 })).rejects.toMatchObject({
      code: "connect-refused",
      message: expect.stringContaining("protocol version"),
    });
  });

  test("hangs up on a command that it does not allow: given up after two losses", async () => {
    const broker = await startAedes();
    onTestFinished(broker.close);
    broker.aedes.authorizePublish = (_client, _packet, done) => done(new Error("not allowed"));
    const client = await open({ url: broker.url });
    const { outcome } = await client.upgrade(request(host));
    expect((await outcome).state).toBe("refused");
  });

  test("hangs up on a subscription to commands: goes on without", async () => {
    const broker = await startAedes();
    onTestFinished(broker.close);
    broker.aedes.authorizeSubscribe = (client, subscription, done) => {
      if (!subscription.topic.endsWith("/command")) return done(null, subscription);
      client?.close();
      return done(new Error("not allowed"), null);
    };
    const client = await open({ url: broker.url });
    const { message } = await eventsOf(client).next("warning");
    expect(message.en).toContain("cannot be watched");
    expect(client.state).toBe("connected");
  });
});

describe.each([5, 4] as const)("protocol version %i", (protocolVersion) => {
  test.each(["ws", "mqtt"])(
    "a broker killed and started again in the middle of an upgrade, over %s",
    async (protocol) => {
      const broker = await startMosquitto({ persistence: true });
      onTestFinished(broker.stop);
      const url = protocol === "ws" ? broker.wsUrl : broker.tcpUrl;
      const wire = await watchWire(broker.tcpUrl, { filter: "v1/wudun/test/+/ota/upgrade/command" });
      onTestFinished(wire.close);
      // long enough for the broker to go and come back before the final result
      await gateway({ url, protocolVersion, stepDelayMs: 1_500 });
      const client = await open({ url, protocolVersion });
      const { id, outcome } = await client.upgrade(request(host));
      await until(client, id, ({ state }) => state === "prepared");
      const events = eventsOf(client);
      await broker.kill("SIGKILL");
      await events.next("reconnecting");
      await broker.start();
      expect(await outcome).toMatchObject({ state: "succeeded", verification: "verified" });
      expect(wire.commands().map(({ payload }) => payload)).toEqual([expect.stringContaining(id)]);
    },
  );
});
