import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeCertificates } from "../support/certificates.js";
import { jsonLines, runCli, startCli } from "../support/cli.js";
import { lastOf, openSite, PASSWORD, type Site, USER } from "../support/cli-site.js";
import { startMosquitto } from "../support/mosquitto.js";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

describe.concurrent("passwords", () => {
  const wrong = "wr0ng-s3cret";

  test.each([
    ["from the environment", () => [site.broker.wsUrl, "--username", USER], wrong],
    ["inside the URL", () => [site.broker.wsUrl.replace("://", `://${USER}:${wrong}@`)], undefined],
    [
      "with odd characters inside the URL",
      () => [site.broker.tcpUrl.replace("://", `://${USER}:${wrong}%2F%40%20x@`)],
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
    await site.gateway("URL");
    const withPassword = site.broker.wsUrl.replace("://", `://${USER}:${PASSWORD}@`);
    const args = [
      "upgrade",
      "--broker",
      withPassword,
      "--product-key",
      "KEY",
      "--device",
      "URL",
      ...site.target,
      "--expect-version",
      "2.4.0",
    ];
    const { code, out, err } = await runCli(args, { env: { XDG_STATE_HOME: site.folder } });
    expect(code).toBe(0);
    expect(out + err).not.toContain(PASSWORD);
  });

  test("a download URL with credentials reaches the device, and not the screen", async () => {
    await site.gateway("DL");
    const secretUrl = site.host.url.replace("://", "://fw:d0wnl0ad-pw@");
    for (const json of [[], ["--json"]]) {
      const args = [
        "upgrade",
        ...site.login("DL"),
        "--source",
        "ems_II",
        "--url",
        secretUrl,
        "--file",
        site.firmware,
        "--yes",
        ...json,
      ];
      const { out, err } = await runCli([...args, "--first-result-timeout", "5s", "--supersede"], { env: site.env });
      expect(out + err).not.toContain("d0wnl0ad-pw");
    }
    expect(site.commandsTo("DL")[0]).toMatchObject({ data: { download_url: secretUrl } });
  });
});

describe("TLS", () => {
  test("trusts the authority that is named, and shows the client's certificate", async () => {
    const certificates = await makeCertificates();
    const secure = await startMosquitto({ tls: certificates.files });
    try {
      const { ca, cert } = certificates.files;
      const [clientCert, clientKey] = [join(site.folder, "client.crt"), join(site.folder, "client.key")];
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
      expect((await runCli([...args, "--ca", join(site.folder, "nowhere")])).err).toContain("no such file");
    } finally {
      await secure.stop();
      await certificates.remove();
    }
  });
});

describe.concurrent("watch", () => {
  test("shows one line a message, sends nothing, and ends with Ctrl-C", async () => {
    const args = ["watch", "--broker", site.broker.tcpUrl, "--username", USER, "--product-key", "KEY"];
    const words = startCli(args, { env: site.env });
    const json = startCli([...args, "--json", "--device", "W1"], { env: site.env });
    await Promise.all([words.until(/connected to/), json.until(/connected to/)]);
    await site.gateway("W1");
    await site.upgrade("W1");
    await site.wire.mqtt.publishAsync("v1/wudun/KEY/W2/ota/upgrade/result", "{nonsense\u001b[2J", { qos: 1 });
    await site.wire.mqtt.publishAsync("v1/wudun/KEY/W1/ota/upgrade/result", "{nonsense", { qos: 1 });
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
    expect(site.commandsTo("W1")).toHaveLength(1);
  });

  test("ends when nobody reads any more", async () => {
    const running = startCli(["watch", "--broker", site.broker.tcpUrl, "--username", USER, "--product-key", "KEY"], {
      env: site.env,
    });
    await running.until(/connected to/);
    running.child.stdout.destroy();
    const more = setInterval(() => site.wire.mqtt.publish("v1/wudun/KEY/X/ota/upgrade/result", "{}"), 50);
    const { code, err } = await running.ended;
    clearInterval(more);
    expect(code).toBe(0);
    expect(err).not.toContain("error");
  });
});

describe.concurrent("simulate", () => {
  test("runs gateways that an upgrade succeeds on", async () => {
    const args = [
      "simulate",
      "--broker",
      site.broker.wsUrl,
      "--username",
      USER,
      "--product-key",
      "KEY",
      "--device",
      "SIM",
    ];
    const running = startCli(
      [...args, "--count", "2", "--behaviour", "ok", "--behaviour", "forbidden", "--new-version", "2.4.0", "--json"],
      { env: site.env },
    );
    await running.until(/2 gateways listen/);
    expect((await site.upgrade("SIM-1", "--expect-version", "2.4.0")).code).toBe(0);
    expect((await site.upgrade("SIM-2", "--expect-version", "2.4.0")).code).toBe(1);
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
