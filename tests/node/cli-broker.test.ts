import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Gateway, type GatewayOptions, startGateway } from "wudun-ota/simulator";
import { makeCertificates } from "../support/certificates.js";
import { type Ended, jsonLines, runCli, startCli } from "../support/cli.js";
import { type FirmwareHost, hostFirmware } from "../support/firmware.js";
import { type Mosquitto, startMosquitto } from "../support/mosquitto.js";
import { type Wire, watchWire } from "../support/wire.js";

const USER = "operator";
const PASSWORD = "corr3ct-h0rse";

let folder: string;
let firmware: string;
let broker: Mosquitto;
let host: FirmwareHost;
/** Sees every message that the broker passes on. */
let wire: Wire;
const gateways: Gateway[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wudun-ota-cli-broker-"));
  firmware = join(folder, "ems.bin");
  host = await hostFirmware();
  await writeFile(firmware, new Uint8Array(await (await fetch(host.url)).arrayBuffer()));
  broker = await startMosquitto({ users: { [USER]: PASSWORD } });
  wire = await watchWire(broker.tcpUrl, { username: USER, password: PASSWORD });
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()));
  await wire?.close();
  await host?.close();
  await broker?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function gateway(device: string, options: Partial<GatewayOptions> = {}): Promise<void> {
  gateways.push(
    await startGateway({
      url: broker.tcpUrl,
      username: USER,
      password: PASSWORD,
      namespace: { kind: "wudun", productKey: "KEY" },
      device,
      newVersion: "2.4.0",
      ...options,
    }),
  );
}

const env = () => ({ WUDUN_OTA_PASSWORD: PASSWORD, XDG_STATE_HOME: folder });
const login = (device: string) => [
  "--broker",
  broker.wsUrl,
  "--username",
  USER,
  "--product-key",
  "KEY",
  "--device",
  device,
];
const target = () => ["--source", "ems_II", "--url", host.url, "--file", firmware, "--yes"];

function upgrade(device: string, ...more: string[]): Promise<Ended> {
  return runCli(["upgrade", ...login(device), ...target(), ...more], { env: env() });
}

function commandsTo(device: string): unknown[] {
  const topic = `v1/wudun/KEY/${device}/ota/upgrade/command`;
  return wire.messages.filter((message) => message.topic === topic).map(({ payload }) => JSON.parse(payload));
}

function lastOf(output: string): unknown {
  return jsonLines(output).at(-1);
}

describe.concurrent("upgrade", () => {
  test("ends with 0 for a verified success", async () => {
    await gateway("E2E");
    const { code, out, err } = await upgrade("E2E", "--expect-version", "2.4.0", "--json");
    expect(err).not.toContain(PASSWORD);
    expect(code).toBe(0);
    const lines = jsonLines(out);
    expect(lines.slice(0, -1)).toEqual(
      lines.slice(0, -1).map(() => expect.objectContaining({ type: "entry", device: "E2E" })),
    );
    expect(lines.at(-1)).toMatchObject({
      type: "outcome",
      success: true,
      attempt: {
        state: "succeeded",
        verification: "verified",
        final: { version: "2.4.0" },
        command: { data: { md5_code: host.md5 } },
      },
    });
    expect(commandsTo("E2E")).toHaveLength(1);
  });

  test("tells the story in words, and calls an unverified success what it is", async () => {
    await gateway("UNV");
    const plain = await upgrade("UNV");
    expect(plain.code).toBe(1);
    expect(plain.out).toMatch(/^unverified success: UNV/m);
    expect(plain.out.split("\n").length).toBeGreaterThan(4);
    expect(plain.err).toContain("--accept-unverified");
    expect(plain.err).toMatch(new RegExp(`^MD5 +${host.md5}$`, "m"));
    const accepted = await upgrade("UNV", "--accept-unverified", "--lang", "zh");
    expect(accepted.code).toBe(0);
    expect(accepted.out).toContain("未核实的成功");
  });

  test.each([
    ["rolls-back", "rolled_back"],
    ["wrong-version", "succeeded"],
    ["forbidden", "forbidden"],
  ] as const)("%s ends with 1", async (behaviour, state) => {
    await gateway(`B-${behaviour}`, { behaviour });
    const { code, out } = await upgrade(`B-${behaviour}`, "--expect-version", "2.4.0", "--json");
    expect(code).toBe(1);
    expect(lastOf(out)).toMatchObject({ type: "outcome", success: false, attempt: { state } });
  });

  test("a deadline ends it with 1", async () => {
    const { code, out } = await upgrade("NOBODY", "--first-result-timeout", "300ms");
    expect(code).toBe(1);
    expect(out).toContain("NOBODY: no result in time");
    const resumed = await runCli(["upgrade", ...login("NOBODY"), "--resume"], { env: env() });
    expect(resumed.code).toBe(1);
    expect(resumed.err).toContain("looking for results that came in the meantime");
  });

  test("a subject that is busy needs --supersede", async () => {
    await upgrade("BUSY", "--first-result-timeout", "200ms");
    const refused = await upgrade("BUSY", "--json");
    expect(refused.code).toBe(1);
    expect(lastOf(refused.out)).toMatchObject({ error: { code: "needs-supersede" } });
    await gateway("BUSY");
    expect((await upgrade("BUSY", "--supersede", "--expect-version", "2.4.0")).code).toBe(0);
  });

  test("killed and resumed: the outcome arrives, and nothing is sent again", async () => {
    await gateway("CRASH", { stepDelayMs: 300 });
    const args = ["upgrade", ...login("CRASH"), "--expect-version", "2.4.0", "--json"];
    const first = startCli([...args, ...target()], { env: env() });
    await first.until(/"kind":"acknowledged"/);
    first.child.kill("SIGKILL");
    expect((await first.ended).signal).toBe("SIGKILL");
    const resumed = await runCli([...args, "--resume"], { env: env() });
    expect(resumed.err).not.toContain("internal");
    expect(lastOf(resumed.out)).toMatchObject({
      success: true,
      attempt: { state: "succeeded", verification: "verified" },
    });
    expect(resumed.code).toBe(0);
    // The end is told again, as often as it is asked for.
    const again = await runCli([...args, "--resume"], { env: env() });
    expect(again.code).toBe(0);
    expect(lastOf(again.out)).toMatchObject({ success: true });
    expect(commandsTo("CRASH")).toHaveLength(1);
  });

  test("a result that came after the deadline, while nobody followed, is found by --resume", async () => {
    await gateway("LATE", { stepDelayMs: 400 });
    const args = ["upgrade", ...login("LATE"), "--expect-version", "2.4.0", "--json"];
    const first = startCli([...args, ...target(), "--first-result-timeout", "1s"], { env: env() });
    await first.until(/"kind":"acknowledged"/);
    first.child.kill("SIGKILL");
    await first.ended;
    await wire.saw(1, ({ topic, payload }) => topic.includes("/LATE/") && payload.includes('"status":4'));
    // The deadlines are those of the one who follows.
    const resumed = await runCli([...args, "--resume", "--first-result-timeout", "1ms"], { env: env() });
    expect(resumed.out).toContain('"kind":"timed-out"');
    expect(lastOf(resumed.out)).toMatchObject({ success: true });
    expect(resumed.code).toBe(0);
    expect(commandsTo("LATE")).toHaveLength(1);
  });

  test("two processes do not share a journal", async () => {
    const first = startCli(["upgrade", ...login("LOCK"), ...target()], { env: env() });
    await first.until(/acknowledged/);
    const second = await runCli(["upgrade", ...login("LOCK"), "--resume", "--json"], { env: env() });
    first.child.kill("SIGINT");
    expect(second.code).toBe(1);
    expect(lastOf(second.out)).toMatchObject({ error: { code: "journal-locked" } });
    expect((await first.ended).code).toBe(1);
    expect(commandsTo("LOCK")).toHaveLength(1);
  });

  test("a commit that is too short to tell, and a journal that is none, are told in words", async () => {
    const short = await upgrade("SHORT", "--expect-commit", "abc");
    expect(short).toMatchObject({ code: 2, out: "" });
    const broken = join(folder, "broken.journal");
    await writeFile(broken, "this is no journal\n");
    const refused = await upgrade("SHORT", "--journal", broken);
    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(refused.err).not.toMatch(/\n {4}at /);
    expect(commandsTo("SHORT")).toHaveLength(0);
  });

  test("Ctrl-C says that the device may still act, and how to go on", async () => {
    await gateway("STOP", { stepDelayMs: 500 });
    const running = startCli(["upgrade", ...login("STOP"), ...target(), "--accept-unverified"], { env: env() });
    await running.until(/The broker acknowledged the command/);
    running.child.kill("SIGINT");
    const { code, err } = await running.ended;
    expect(code).toBe(1);
    expect(err).toContain("STOP may still act");
    const line = /to go on: wudun-ota (.*)$/m.exec(err)?.[1] ?? "";
    const resumed = await runCli(line.split(" "), { env: env() });
    expect(resumed.out).toMatch(/^unverified success/m);
    expect(resumed.code).toBe(0);
    expect(commandsTo("STOP")).toHaveLength(1);
  });

  test("there is nothing to resume without a journal", async () => {
    const { code, out, err } = await runCli(["upgrade", ...login("NEVER"), "--resume"], { env: env() });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("nothing to resume");
  });
});

describe.concurrent("passwords", () => {
  const wrong = "wr0ng-s3cret";

  test.each([
    ["from the environment", () => [broker.wsUrl, "--username", USER], wrong],
    ["inside the URL", () => [broker.wsUrl.replace("://", `://${USER}:${wrong}@`)], undefined],
    [
      "with odd characters inside the URL",
      () => [broker.tcpUrl.replace("://", `://${USER}:${wrong}%2F%40%20x@`)],
      undefined,
    ],
  ])("a wrong one %s is refused and never shown", async (_where, args, password) => {
    for (const more of [[], ["--json", "--lang", "zh", "--protocol", "4"]]) {
      const { code, out, err } = await runCli(["watch", "--product-key", "KEY", "--broker", ...args(), ...more], {
        env: { DEBUG: "*", ...(password === undefined ? {} : { WUDUN_OTA_PASSWORD: password }) },
      });
      expect(code).toBe(1);
      expect(out + err).not.toContain(wrong);
      expect(err).not.toMatch(/\n {4}at /);
      if (more[0] === "--json") expect(lastOf(out)).toMatchObject({ error: { code: "connect-unauthorized" } });
      else expect(out).toBe("");
    }
  });

  test("a connection that is refused shows none", async () => {
    for (const url of [
      `ws://u:${wrong}@127.0.0.1:1/`,
      `mqtts://u:${wrong}@127.0.0.1:1`,
      `ws://u:${wrong}@h:99999/`,
      `ws://u:${wrong}/x@h`,
    ]) {
      const { code, out, err } = await runCli(["watch", "--product-key", "KEY", "--broker", url, "--json"]);
      expect(code).not.toBe(0);
      expect(out + err).not.toContain(wrong);
    }
  });

  test("the right one inside the URL is used and not shown", async () => {
    await gateway("URL");
    const withPassword = broker.wsUrl.replace("://", `://${USER}:${PASSWORD}@`);
    const args = [
      "upgrade",
      "--broker",
      withPassword,
      "--product-key",
      "KEY",
      "--device",
      "URL",
      ...target(),
      "--expect-version",
      "2.4.0",
    ];
    const { code, out, err } = await runCli(args, { env: { XDG_STATE_HOME: folder } });
    expect(code).toBe(0);
    expect(out + err).not.toContain(PASSWORD);
  });

  test("a download URL with credentials reaches the device, and not the screen", async () => {
    await gateway("DL");
    const secretUrl = host.url.replace("://", "://fw:d0wnl0ad-pw@");
    for (const json of [[], ["--json"]]) {
      const args = [
        "upgrade",
        ...login("DL"),
        "--source",
        "ems_II",
        "--url",
        secretUrl,
        "--file",
        firmware,
        "--yes",
        ...json,
      ];
      const { out, err } = await runCli([...args, "--first-result-timeout", "5s", "--supersede"], { env: env() });
      expect(out + err).not.toContain("d0wnl0ad-pw");
    }
    expect(commandsTo("DL")[0]).toMatchObject({ data: { download_url: secretUrl } });
  });
});

describe("a broker that forbids publishing", () => {
  test("ends an upgrade with 1 and says why", async () => {
    const strict = await startMosquitto({ users: { [USER]: PASSWORD }, acl: `user ${USER}\ntopic read #` });
    try {
      const args = ["--broker", strict.wsUrl, "--username", USER, "--product-key", "KEY", "--device", "ACL"];
      const { code, out } = await runCli(["upgrade", ...args, ...target(), "--json"], { env: env() });
      expect(code).toBe(1);
      expect(lastOf(out)).toMatchObject({ success: false, attempt: { state: "refused" } });
      const old = ["--protocol", "4", "--first-result-timeout", "1s"];
      const silent = await runCli(["upgrade", ...args, ...target(), ...old, "--supersede"], { env: env() });
      expect(silent.code).toBe(1);
      expect(silent.out).toContain("the broker may have dropped it");
      expect(silent.out).toContain("ACL: no result in time");
    } finally {
      await strict.stop();
    }
  });
});

describe("TLS", () => {
  test("trusts the authority that is named, and shows the client's certificate", async () => {
    const certificates = await makeCertificates();
    const secure = await startMosquitto({ tls: certificates.files });
    try {
      const { ca, cert } = certificates.files;
      const [clientCert, clientKey] = [join(folder, "client.crt"), join(folder, "client.key")];
      await writeFile(clientCert, certificates.client.cert);
      await writeFile(clientKey, certificates.client.key);
      const args = ["watch", "--product-key", "KEY", "--broker", secure.tlsUrl];
      const unknown = await runCli([...args, "--json"]);
      expect(unknown.code).toBe(1);
      expect(lastOf(unknown.out)).toMatchObject({ error: { code: "tls-failed" } });
      const running = startCli([...args, "--ca", ca, "--cert", clientCert, "--key", clientKey]);
      await running.until(/connected to/);
      running.child.kill("SIGINT");
      expect((await running.ended).code).toBe(0);
      expect((await runCli([...args, "--cert", cert])).code).toBe(2);
      expect((await runCli([...args, "--ca", join(folder, "nowhere")])).err).toContain("no such file");
    } finally {
      await secure.stop();
      await certificates.remove();
    }
  });
});

describe.concurrent("watch", () => {
  test("shows one line a message, sends nothing, and ends with Ctrl-C", async () => {
    const args = ["watch", "--broker", broker.tcpUrl, "--username", USER, "--product-key", "KEY"];
    const words = startCli(args, { env: env() });
    const json = startCli([...args, "--json", "--device", "W1"], { env: env() });
    await Promise.all([words.until(/connected to/), json.until(/connected to/)]);
    await gateway("W1");
    await upgrade("W1");
    await wire.mqtt.publishAsync("v1/wudun/KEY/W2/ota/upgrade/result", "{nonsense\u001b[2J", { qos: 1 });
    await wire.mqtt.publishAsync("v1/wudun/KEY/W1/ota/upgrade/result", "{nonsense", { qos: 1 });
    await Promise.all([words.until(/W2 .*invalid/), json.until(/"valid":false/)]);
    words.child.kill("SIGINT");
    json.child.kill("SIGTERM");
    const [said, data] = await Promise.all([words.ended, json.ended]);
    expect(said.code).toBe(0);
    expect(said.out).toMatch(/W1 command source=ems_II/);
    expect(said.out).toMatch(/W1 prepared/);
    expect(said.out).toMatch(/W1 succeeded .*final=2\.4\.0/);
    expect(said.out).not.toContain("\u001b");
    expect(data.code).toBe(0);
    expect(jsonLines(data.out)).toMatchObject([
      { device: "W1", kind: "command", valid: true, retained: false },
      { device: "W1", kind: "result", status: "prepared" },
      { device: "W1", kind: "result", status: "succeeded" },
      { device: "W1", valid: false, payload: "{nonsense" },
    ]);
    expect(commandsTo("W1")).toHaveLength(1);
  });

  test("ends when nobody reads any more", async () => {
    const running = startCli(["watch", "--broker", broker.tcpUrl, "--username", USER, "--product-key", "KEY"], {
      env: env(),
    });
    await running.until(/connected to/);
    running.child.stdout.destroy();
    const more = setInterval(() => wire.mqtt.publish("v1/wudun/KEY/X/ota/upgrade/result", "{}"), 50);
    const { code, err } = await running.ended;
    clearInterval(more);
    expect(code).toBe(0);
    expect(err).not.toContain("error");
  });
});

describe.concurrent("simulate", () => {
  test("runs gateways that an upgrade succeeds on", async () => {
    const args = ["simulate", "--broker", broker.wsUrl, "--username", USER, "--product-key", "KEY", "--device", "SIM"];
    const running = startCli(
      [...args, "--count", "2", "--behaviour", "ok", "--behaviour", "forbidden", "--new-version", "2.4.0", "--json"],
      { env: env() },
    );
    await running.until(/2 gateways listen/);
    expect((await upgrade("SIM-1", "--expect-version", "2.4.0")).code).toBe(0);
    expect((await upgrade("SIM-2", "--expect-version", "2.4.0")).code).toBe(1);
    running.child.kill("SIGINT");
    const { code, out, err } = await running.ended;
    expect(code).toBe(0);
    expect(out + err).not.toContain(PASSWORD);
    expect(new Set(jsonLines(out))).toContainEqual(
      expect.objectContaining({ device: "SIM-1", behaviour: "ok", kind: "result" }),
    );
    expect(jsonLines(out)).toContainEqual(expect.objectContaining({ device: "SIM-2", behaviour: "forbidden" }));
  });
});

describe.concurrent("console", () => {
  test("is served on loopback until Ctrl-C", async () => {
    const running = startCli(["console", "--port", "0", "--json"]);
    await running.until(/"url"/);
    const [{ url: address }] = jsonLines(running.out()) as [{ url: string }];
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const page = await fetch(address);
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    await page.body?.cancel();
    running.child.kill("SIGINT");
    expect((await running.ended).code).toBe(0);
  });
});
