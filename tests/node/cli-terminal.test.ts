import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startOnTerminal } from "../support/cli.js";
import { type Mosquitto, startMosquitto } from "../support/mosquitto.js";

const PASSWORD = "corr3ct-h0rse";
const UPGRADE = ["--source", "ems_II", "--url", "https://files.example/ems.bin", "--md5", "0".repeat(32)];

let folder: string;
let broker: Mosquitto;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wudun-ota-cli-terminal-"));
  broker = await startMosquitto({ users: { operator: PASSWORD } });
});
afterAll(async () => {
  await broker?.stop();
  await rm(folder, { recursive: true, force: true });
});

const login = () => ["--broker", broker.wsUrl, "--username", "operator", "--product-key", "KEY"];

describe("on a terminal", () => {
  test("asks for the password and does not show it", async () => {
    const running = startOnTerminal(["watch", ...login()]);
    await running.until(/Password for ws:.*: $/);
    running.child.stdin.write(`${PASSWORD}x\u007f\r`);
    await running.until(/connected to/);
    running.child.stdin.write("\u0003");
    const { code, out } = await running.ended;
    expect(code).toBe(0);
    expect(out).not.toContain(PASSWORD.slice(0, 5));
  });

  test("a wrong password that was typed is not shown either; Ctrl-C ends the question", async () => {
    const wrong = startOnTerminal(["watch", ...login(), "--password-prompt"], {
      env: { WUDUN_OTA_PASSWORD: PASSWORD },
    });
    await wrong.until(/Password for/);
    wrong.child.stdin.write("typed-wr0ng\r");
    const refused = await wrong.ended;
    expect(refused.code).toBe(1);
    expect(refused.out).not.toContain("typed-wr0ng");
    const stopped = startOnTerminal(["watch", ...login()]);
    await stopped.until(/Password for/);
    stopped.child.stdin.write("half\u0003");
    expect((await stopped.ended).code).toBe(1);
  });

  test.each([
    ["n\r", 1],
    ["\u0003", 1],
    ["\u0004", 1],
  ])("%j to the question sends nothing", async (answer, expected) => {
    const env = { WUDUN_OTA_PASSWORD: PASSWORD, XDG_STATE_HOME: folder };
    const running = startOnTerminal(["upgrade", ...login(), "--device", "GW-1", ...UPGRADE], { env });
    await running.until(/Upgrade GW-1\? \[y\/N\]/);
    expect(running.out()).toContain("https://files.example/ems.bin");
    running.child.stdin.write(answer);
    const { code, out } = await running.ended;
    expect(code).toBe(expected);
    expect(out).not.toContain("connected to");
  });

  test("yes sends", async () => {
    const env = { WUDUN_OTA_PASSWORD: PASSWORD, XDG_STATE_HOME: folder };
    const args = ["upgrade", ...login(), "--device", "GW-2", ...UPGRADE, "--first-result-timeout", "1500ms"];
    const running = startOnTerminal(args, { env });
    await running.until(/\[y\/N\]/);
    running.child.stdin.write("y\r");
    const { code, out } = await running.ended;
    expect(code).toBe(1);
    expect(out).toContain("GW-2: no result in time");
    expect(out).toContain("waiting for the first result");
  });

  test("has colours, unless NO_COLOR is set, and a bar while a file is hashed", async () => {
    const file = join(folder, "image");
    await writeFile(file, new Uint8Array(8 << 20));
    const bar = await startOnTerminal(["md5", file]).ended;
    expect(bar.out).toMatch(/\d% \d\.\d MiB \/ 8\.0 MiB, .*ETA /);
    expect(bar.out).toMatch(/[0-9a-f]{32} {2}\//);
    expect((await startOnTerminal(["md5", "/nowhere"]).ended).out).toContain("\u001b[31merror: \u001b[39m");
    expect((await startOnTerminal(["md5", "/nowhere"], { env: { NO_COLOR: "1" } }).ended).out).toMatch(/^error: /);
  });
});
