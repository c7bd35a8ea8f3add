import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import WebSocket from "ws";
import type { DemoInfo } from "wudun-ota/node";
import { eventsOf, open, request } from "../support/upgrades.js";

const START = fileURLToPath(new URL("../../scripts/start.mjs", import.meta.url));

/** Runs `npm start -- …`, without npm. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [START, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let err = "";
  const listeners = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    for (const look of listeners) look();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.once("close", (code) => resolve({ code, out, err })),
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  const saw = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(out)?.[1];
        if (found !== undefined) resolve(found);
      };
      listeners.add(look);
      look();
      ended.then(({ code }) => reject(new Error(`ended with ${code}:\n${err}`)));
    });
  return { child, ended, saw };
}

describe("npm start -- --once", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "wudun-ota-once-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const parse = (out: string): Record<string, unknown>[] =>
    out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));

  test("a verified success of a file, as JSON lines: 0", async () => {
    const file = join(folder, "a firmware.bin");
    const image = Buffer.alloc(300_000, "firmware");
    await writeFile(file, image);
    const { code, out } = await start("--once", "--json", "--firmware", file).ended;
    const md5 = createHash("md5").update(image).digest("hex");
    const steps = parse(out);
    expect(steps.map(({ step }) => step)).toEqual([
      ...["demo", "hashed", "hosted", "warning", "warning", "connected", "opened", "sent"],
      ...steps.slice(8, 10).map(({ step }) => step), // echo and acknowledgement, in either order
      ...["result", "result", "outcome"],
    ]);
    const warnings = steps.filter(({ step }) => step === "warning");
    expect(warnings.map(({ code, path }) => [code, path])).toEqual([
      ["url-http", "/data/download_url"],
      ["url-host-local", "/data/download_url"],
    ]);
    const outcome = {
      step: "outcome",
      success: true,
      state: "succeeded",
      verification: "verified",
      md5,
      size: 300_000,
    };
    expect(steps.at(-1)).toMatchObject(outcome);
    expect(code).toBe(0);
  });

  test("the default image is the same 8 MiB each time", async () => {
    const { code, out } = await start("--once", "--json").ended;
    expect(code).toBe(0);
    expect(parse(out).at(-1)).toMatchObject({ size: 8 * 1024 * 1024, md5: "59ccb2a1476d2483bf78efeab830255f" });
  });

  test.each([
    ["rolls-back", "rolled_back"],
    ["wrong-version", "succeeded"],
    ["silent-after-prepared", "timed_out"],
  ])("%s: 1", async (behaviour, state) => {
    const { code, out } = await start("--once", "--json", "--behaviour", behaviour).ended;
    expect(parse(out).at(-1)).toMatchObject({ step: "outcome", success: false, state });
    expect(code).toBe(1);
  });

  test.each([[["--nonsense"]], [["--once", "--behaviour", "polite"]], [["--json"]]])(
    "wrong usage %j: 2, before anything is built",
    async (args) => {
      const { code, out, err } = await start(...args).ended;
      expect(err).toContain("Usage:");
      expect(err).not.toMatch(/Building|up to date/i);
      expect(out).toBe("");
      expect(code).toBe(2);
    },
  );
});

test("npm start -- --once of a file that is not there: 1, like every command, before anything is built", async () => {
  const { code, out, err } = await start("--once", "--firmware", "/no/such/file").ended;
  expect({ code, out, err }).toEqual({ code: 1, out: "", err: "/no/such/file: no such file\n" });
});

describe("npm start", () => {
  test("serves console, broker, firmware host and eight gateways until Ctrl-C, whatever port is taken", async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) =>
      squatter
        .once("listening", resolve)
        .once("error", () => resolve())
        .listen(8080, "127.0.0.1"),
    );
    onTestFinished(() => void squatter.close());
    const demo = start();
    const url = await demo.saw(/Open (\S+)/);
    expect(url).not.toContain(":8080/");
    const origin = new URL(url).origin;

    const page = await fetch(url);
    expect(page.headers.get("content-security-policy")).toContain("script-src 'self' 'wasm-unsafe-eval';");
    expect(page.headers.get("content-security-policy")).not.toContain("unsafe-inline");
    for (const path of ["nonsense", "..%2f..%2fpackage.json", "%2e%2e/package.json", "%"]) {
      expect((await fetch(`${url}${path}`)).status).toBe(404);
    }
    const info = (await (await fetch(`${url}demo.json`)).json()) as DemoInfo;
    expect(info.devices).toHaveLength(8);
    expect(new Set(info.devices.map(({ behaviour }) => behaviour)).size).toBe(8);

    const image = `${info.firmwareHost}/firmware/${encodeURIComponent("镜像 1.bin")}`;
    const put = (from?: string) =>
      fetch(image, { method: "PUT", body: "image", headers: from === undefined ? {} : { Origin: from } });
    const kept = await put(origin);
    expect(kept.headers.get("access-control-allow-origin")).toBe(origin);
    const md5 = createHash("md5").update("image").digest("hex");
    expect(await kept.json()).toMatchObject({ url: image, size: 5, md5 });
    expect((await put("https://example.com")).status).toBe(403);
    const preflight = await fetch(image, { method: "OPTIONS", headers: { Origin: origin } });
    expect(preflight.headers.get("access-control-allow-methods")).toContain("PUT");

    expect(await upgradeRequestStatus(info.brokerUrl, "https://example.com")).toBe(401);
    expect(await upgradeRequestStatus(info.brokerUrl, origin)).toBe(101);

    const client = await open({ url: info.brokerUrl, namespace: info.namespace });
    const events = eventsOf(client);
    const { device } = info.devices[0] ?? { device: "" };
    const upgrade = await client.upgrade({ ...request({ url: image, md5 }), device });
    expect(await upgrade.outcome).toMatchObject({ state: "succeeded", verification: "verified" });
    demo.child.kill("SIGINT");
    await events.next("reconnecting");
    expect((await demo.ended).code).toBe(0);
  });
});

/** The HTTP status that a WebSocket from this page gets. */
function upgradeRequestStatus(url: string, origin: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, "mqtt", { origin });
    socket.once("open", () => resolve(101));
    socket.once("unexpected-response", (_request, response) => resolve(response.statusCode));
    socket.on("open", () => socket.close());
    socket.on("error", () => {});
  });
}
