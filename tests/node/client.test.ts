import { execFile } from "node:child_process";
import { createServer, type Server, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { OtaError } from "wudun-ota";
import { type ConnectOptions, connect } from "wudun-ota/client";
import { dynamicSecurity } from "../support/dynamic-security.js";
import { type FirmwareHost, hostFirmware } from "../support/firmware.js";
import { type Mosquitto, startMosquitto } from "../support/mosquitto.js";
import { startProxy } from "../support/proxy.js";
import { commandTopic, eventsOf, gateway, namespace, open, request, until } from "../support/upgrades.js";
import { type Wire, watchWire } from "../support/wire.js";

const PASSWORD = "s3cret-w0rd/%";
const credentials = { username: "operator", password: PASSWORD };

let host: FirmwareHost;
beforeAll(async () => {
  host = await hostFirmware();
});
afterAll(() => host.close());

async function failureOf(options: Partial<ConnectOptions> & { url: string }): Promise<OtaError> {
  const outcome = await connect({ namespace, ...options }).catch((error: unknown) => error);
  if (!OtaError.is(outcome)) throw new Error(`expected an OtaError, got ${String(outcome)}`);
  return outcome;
}

/** Takes connections, and never answers. */
async function silentServer(): Promise<{ server: Server; port: number }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return { server, port: typeof address === "object" && address ? address.port : 0 };
}

describe("with a password", () => {
  let broker: Mosquitto;
  let wire: Wire;
  beforeAll(async () => {
    const acl = [
      "user operator\ntopic readwrite #",
      "user gateway\ntopic readwrite #",
      "user watcher\ntopic read #",
    ].join("\n");
    broker = await startMosquitto({ users: { operator: PASSWORD, gateway: "gw", watcher: "watch" }, acl });
    wire = await watchWire(broker.tcpUrl, { username: "watcher", password: "watch" });
  });
  afterAll(async () => {
    await wire.close();
    await broker.stop();
  });

  test.each([
    ["ws", 5],
    ["ws", 4],
    ["mqtt", 5],
    ["mqtt", 4],
  ] as const)("an upgrade over %s, protocol version %i", async (protocol, protocolVersion) => {
    const url = protocol === "ws" ? broker.wsUrl : broker.tcpUrl;
    await gateway({ url, username: "gateway", password: "gw", protocolVersion });
    const client = await open({ url, ...credentials, protocolVersion });
    expect(client.protocolVersion).toBe(protocolVersion);
    const upgrade = await client.upgrade(request(host));
    const kinds: string[] = [];
    for await (const { entry } of upgrade) kinds.push(entry.kind);
    expect(kinds.slice(0, 2)).toEqual(["opened", "sent"]);
    expect(kinds).toContain("acknowledged");
    expect(kinds).toContain("echo");
    expect(kinds.filter((kind) => kind === "result")).toHaveLength(2);
    const late: string[] = [];
    for await (const { entry } of client.follow(upgrade.id)) late.push(entry.kind);
    expect(late).toEqual(kinds);
    expect(await upgrade.outcome).toMatchObject({ state: "succeeded", verification: "verified", open: false });

    const [sent, ...others] = wire.commands().filter(({ payload }) => payload.includes(upgrade.id));
    expect(others).toEqual([]);
    expect(sent).toMatchObject({ topic: commandTopic, qos: 1, retain: false });
    if (protocolVersion === 5) {
      expect(sent?.expiry).toBeGreaterThan(590);
      expect(sent?.expiry).toBeLessThanOrEqual(600);
    }
  });

  test("credentials inside the URL", async () => {
    const { host: at } = new URL(broker.tcpUrl);
    const client = await open({ url: `mqtt://operator:${encodeURIComponent(PASSWORD)}@${at}` });
    expect(client.state).toBe("connected");
  });

  test.each([
    ["ws", 5],
    ["ws", 4],
    ["mqtt", 5],
    ["mqtt", 4],
  ] as const)("a wrong password over %s, protocol version %i", async (protocol, protocolVersion) => {
    const { host: at } = new URL(protocol === "ws" ? broker.wsUrl : broker.tcpUrl);
    const error = await failureOf({ url: `${protocol}://operator:wr0ng-word@${at}`, protocolVersion });
    expect(error.code).toBe("connect-unauthorized");
    expect(error.text.zh).toContain("拒绝登录");
    expect(JSON.stringify([error, error.message, error.text, error.stack])).not.toMatch(/wr0ng-word|operator/);
  });
});

test("a password shows in no log, not even in those of the MQTT library", async () => {
  const broker = await startMosquitto();
  onTestFinished(broker.stop);
  const at = new URL(broker.tcpUrl).host;
  const script = `import { connect } from "wudun-ota/client";
    const namespace = { kind: "wudun", productKey: "test" };
    const client = await connect({ url: "mqtt://operator:hunter2@${at}", namespace });
    await client.close();`;
  const run = promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: { ...process.env, DEBUG: "*" },
    maxBuffer: 2 ** 24,
  });
  const { stdout, stderr } = await run;
  expect(stderr).toContain("mqtt-packet");
  expect(stdout + stderr).not.toContain("hunter2");
});

describe("what cannot be reached", () => {
  test("nothing listens", async () => {
    for (const url of ["mqtt://127.0.0.1:1", "ws://127.0.0.1:1/mqtt"]) {
      const error = await failureOf({ url, ...credentials });
      expect(error.code).toBe("connect-unreachable");
      expect(error.message).toContain("ECONNREFUSED");
    }
  });

  test("a server that says nothing", async () => {
    const { port } = await silentServer();
    for (const protocol of ["mqtt", "ws"]) {
      const error = await failureOf({ url: `${protocol}://127.0.0.1:${port}`, connectTimeoutMs: 200 });
      expect(error.code).toBe("connect-timeout");
    }
  });

  test("giving up by a signal", async () => {
    const { server, port } = await silentServer();
    const giveUp = new AbortController();
    server.once("connection", () => giveUp.abort(new Error("changed my mind")));
    const url = `mqtt://127.0.0.1:${port}`;
    await expect(connect({ url, namespace, signal: giveUp.signal })).rejects.toThrow("changed my mind");
  });

  test("a broker that does not answer a subscription", async () => {
    const broker = await startMosquitto();
    onTestFinished(broker.stop);
    const proxy = await startProxy(broker.tcpUrl);
    onTestFinished(proxy.close);
    proxy.lose(({ type }) => type === 9); // SUBACK
    const error = await failureOf({ url: proxy.url, connectTimeoutMs: 300 });
    expect(error.code).toBe("connect-refused");
    expect(error.message).toContain("did not answer");
  });

  test("no broker address", async () => {
    for (const url of ["http://127.0.0.1", "127.0.0.1:1883", "mqtt://", "mqtt://:word@127.0.0.1"]) {
      expect((await failureOf({ url })).code).toBe("options-invalid");
    }
  });
});

describe("with an ACL that refuses publishing", () => {
  let broker: Mosquitto;
  beforeAll(async () => {
    broker = await startMosquitto({ users: { operator: PASSWORD }, acl: "user operator\ntopic read #" });
  });
  afterAll(() => broker.stop());

  test("MQTT 5 gives the reason", async () => {
    const client = await open({ url: broker.wsUrl, ...credentials });
    const warning = eventsOf(client).next("warning");
    const upgrade = await client.upgrade(request(host));
    const attempt = await upgrade.outcome;
    expect(attempt.state).toBe("refused");
    expect(attempt.timeline.at(-1)).toMatchObject({ kind: "refused" });
    expect(attempt.timeline.at(-1)?.text.en).toMatch(/135|0x87|[Nn]ot authori[sz]ed/);
    expect((await warning).message.en).toContain("not authorized");
  });

  test("MQTT 3.1.1: no echo", async () => {
    const deadlines = { firstResultTimeoutMs: 1_000 };
    const client = await open({ url: broker.wsUrl, ...credentials, protocolVersion: 4, deadlines });
    const { outcome } = await client.upgrade(request(host));
    const attempt = await outcome;
    const kinds = attempt.timeline.map(({ kind }) => kind);
    expect(kinds).toEqual(["opened", "sent", "acknowledged", "no-echo", "timed-out"]);
    expect(attempt.timeline.find(({ kind }) => kind === "no-echo")?.text.en).toContain("may have dropped it");
  });
});

describe("with rules for subscriptions", () => {
  let broker: Mosquitto;
  beforeAll(async () => {
    const results = "v1/wudun/test/+/ota/upgrade/result";
    const security = await dynamicSecurity({
      "no-results": { publish: ["#"], subscribe: [] },
      "no-commands": { publish: ["#"], subscribe: [results] },
    });
    broker = await startMosquitto({ extra: security.config });
    onClose.push(broker.stop, security.remove);
  });
  const onClose: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const close of onClose) await close();
  });

  test.each([5, 4] as const)("no results, no connection (protocol version %i)", async (protocolVersion) => {
    const error = await failureOf({ url: broker.wsUrl, username: "no-results", password: "secret", protocolVersion });
    expect(error.code).toBe("subscribe-refused");
    expect(error.message).toContain("v1/wudun/test/+/ota/upgrade/result");
  });

  test.each([5, 4] as const)("commands cannot be watched: a warning (protocol version %i)", async (protocolVersion) => {
    const url = broker.tcpUrl;
    const client = await open({ url, username: "no-commands", password: "secret", protocolVersion });
    const { message } = await eventsOf(client).next("warning");
    expect(message.en).toContain(protocolVersion === 4 ? "cannot be known" : "cannot be seen");
    const { id } = await client.upgrade(request(host, { supersede: true }));
    const attempt = await until(client, id, ({ timeline }) => timeline.some(({ kind }) => kind === "acknowledged"));
    expect(attempt.state).toBe("sent");
    await client.cancel(id);
  });

  test("nobody listens", async () => {
    const client = await open({ url: broker.tcpUrl, username: "no-commands", password: "secret" });
    const events = eventsOf(client);
    const { id } = await client.upgrade(request(host, { device: "nobody" }));
    const { message } = await events.next("warning", (warning) => warning.message.en.includes("nobody"));
    expect(message.en).toContain("nobody is subscribed to the command topic");
    const attempt = client.attempts.attempt(id);
    expect(attempt?.state).toBe("sent");
    expect(attempt?.timeline.at(-1)?.kind).toBe("acknowledged");
  });
});

describe("an open broker", () => {
  let broker: Mosquitto;
  let wire: Wire;
  beforeAll(async () => {
    broker = await startMosquitto();
    wire = await watchWire(broker.tcpUrl);
  });
  afterAll(async () => {
    await wire.close();
    await broker.stop();
  });

  test("only observing", async () => {
    const observer = await open({ url: broker.wsUrl, observeOnly: true });
    const seen = observer.events();
    await gateway({ url: broker.wsUrl, device: "observed" });
    const client = await open({ url: broker.wsUrl });
    const upgrade = await client.upgrade(request(host, { device: "observed" }));
    await upgrade.outcome;
    const channels: string[] = [];
    for await (const seenEvent of seen) {
      if (seenEvent.type !== "message") continue;
      channels.push(seenEvent.topic.split("/").at(-1) ?? "");
      if (channels.length === 3) break;
    }
    expect(channels).toEqual(["command", "result", "result"]);
    await expect(observer.upgrade(request(host))).rejects.toMatchObject({ code: "observe-only" });
  });

  test("watching some devices: another one is subscribed to before its command goes out", async () => {
    await gateway({ url: broker.wsUrl, device: "second" });
    const client = await open({ url: broker.wsUrl, devices: ["first"] });
    const upgrade = await client.upgrade(request(host, { device: "second" }));
    expect(await upgrade.outcome).toMatchObject({ state: "succeeded", verification: "verified" });
  });

  test("one open attempt at a time on a subject", async () => {
    const device = "busy";
    const client = await open({ url: broker.wsUrl });
    const first = await client.upgrade(request(host, { device }));
    await expect(client.upgrade(request(host, { device }))).rejects.toMatchObject({ code: "needs-supersede" });
    const second = await client.upgrade(request(host, { device, supersede: true }));
    expect((await first.outcome).state).toBe("cancelled");
    expect(client.attempts.attempt(second.id)?.state).toBe("sent");
    expect(() => client.follow("00000000-0000-0000-0000-000000000000")).toThrow(OtaError);
    await client.cancel(second.id);
    await client.forget(second.id);
    expect(client.attempts.attempt(second.id)).toBeUndefined();
  });

  test("more commands at once than the broker takes unacknowledged", async () => {
    const client = await open({ url: broker.wsUrl }); // Mosquitto: 20
    const devices = Array.from({ length: 50 }, (_, index) => `many-${index}`);
    const upgrades = await Promise.all(devices.map((device) => client.upgrade(request(host, { device }))));
    await Promise.all(
      upgrades.map(({ id }) =>
        until(client, id, ({ timeline }) => timeline.some(({ kind }) => kind === "acknowledged")),
      ),
    );
    expect(client.state).toBe("connected");
    expect(client.attempts.counts().open).toBe(50);
  });

  test("invalid requests are refused before anything is opened", async () => {
    const client = await open({ url: broker.wsUrl });
    const before = wire.commands().length;
    await expect(client.upgrade(request(host, { md5: "nonsense" }))).rejects.toSatisfy(OtaError.is);
    await expect(client.upgrade(request(host, { device: "a/b" }))).rejects.toSatisfy(OtaError.is);
    expect(client.attempts.counts().total).toBe(0);
    expect(wire.commands()).toHaveLength(before);
  });

  test("closing ends iterations, events and outcomes", async () => {
    const client = await open({ url: broker.wsUrl });
    const upgrade = await client.upgrade(request(host, { device: "unanswering" }));
    const kinds = (async () => {
      const found: string[] = [];
      for await (const { entry } of upgrade) found.push(entry.kind);
      return found;
    })();
    const closed = eventsOf(client).next("closed");
    await client.close();
    expect(await kinds).toContain("sent");
    expect((await upgrade.outcome).open).toBe(true);
    expect((await closed).error).toBeUndefined();
    expect(client.state).toBe("closed");
    await expect(client.upgrade(request(host))).rejects.toMatchObject({ code: "closed" });
  });

  test("a client id that somebody else takes over ends the client", async () => {
    const both = [
      await open({ url: broker.wsUrl, clientId: "shared" }),
      await open({ url: broker.tcpUrl, clientId: "shared" }),
    ];
    const { error } = await Promise.race(both.map((client) => eventsOf(client).next("closed")));
    expect(error?.code).toBe("session-taken-over");
    expect(both.map(({ state }) => state)).toContain("closed");
  });

  test("a reader that does not keep up loses the oldest events, and is told", async () => {
    const client = await open({ url: broker.wsUrl, observeOnly: true });
    const slow = client.events();
    const quick = eventsOf(client);
    const topic = "v1/wudun/test/chatty/ota/upgrade/result";
    for (let index = 0; index < 1_010; index += 1) wire.mqtt.publish(topic, `${index}`, { qos: 1 });
    await quick.next("message", ({ payload }) => new TextDecoder().decode(payload) === "1009");
    const types: string[] = [];
    for await (const { type } of slow) if (types.push(type) === 3) break;
    expect(types).toEqual(["warning", "message", "message"]);
  });

  test("a signal closes the client", async () => {
    const stop = new AbortController();
    const client = await open({ url: broker.wsUrl, signal: stop.signal });
    const closed = eventsOf(client).next("closed");
    stop.abort();
    await closed;
    expect(client.state).toBe("closed");
    onTestFinished(() => client.close());
  });
});
