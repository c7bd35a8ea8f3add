import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jsonLines, runCli, startCli } from "../support/cli.js";
import { lastOf, openSite, PASSWORD, type Site, USER } from "../support/cli-site.js";
import { startMosquitto } from "../support/mosquitto.js";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

describe.concurrent("upgrade", () => {
  test("ends with 0 for a verified success", async () => {
    await site.gateway("E2E");
    const { code, out, err } = await site.upgrade("E2E", "--expect-version", "2.4.0", "--json");
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
        command: { data: { md5_code: site.host.md5 } },
      },
    });
    expect(site.commandsTo("E2E")).toHaveLength(1);
  });

  test("tells the story in words, and calls an unverified success what it is", async () => {
    await site.gateway("UNV");
    const plain = await site.upgrade("UNV");
    expect(plain.code).toBe(1);
    expect(plain.out).toMatch(/^unverified success: UNV/m);
    expect(plain.out.split("\n").length).toBeGreaterThan(4);
    expect(plain.err).toContain("--accept-unverified");
    expect(plain.err).toMatch(new RegExp(`^MD5 +${site.host.md5}$`, "m"));
    const accepted = await site.upgrade("UNV", "--accept-unverified", "--lang", "zh");
    expect(accepted.code).toBe(0);
    expect(accepted.out).toContain("未核实的成功");
  });

  test.each([
    ["rolls-back", "rolled_back"],
    ["wrong-version", "succeeded"],
    ["forbidden", "forbidden"],
  ] as const)("%s ends with 1", async (behaviour, state) => {
    await site.gateway(`B-${behaviour}`, { behaviour });
    const { code, out } = await site.upgrade(`B-${behaviour}`, "--expect-version", "2.4.0", "--json");
    expect(code).toBe(1);
    expect(lastOf(out)).toMatchObject({ type: "outcome", success: false, attempt: { state } });
  });

  test("a deadline ends it with 1", async () => {
    const { code, out } = await site.upgrade("NOBODY", "--first-result-timeout", "300ms");
    expect(code).toBe(1);
    expect(out).toContain("NOBODY: no result in time");
    const resumed = await runCli(["upgrade", ...site.login("NOBODY"), "--resume"], { env: site.env });
    expect(resumed.code).toBe(1);
    expect(resumed.err).toContain("looking for results that came in the meantime");
  });

  test("a subject that is busy needs --supersede", async () => {
    await site.upgrade("BUSY", "--first-result-timeout", "200ms");
    const refused = await site.upgrade("BUSY", "--json");
    expect(refused.code).toBe(1);
    expect(lastOf(refused.out)).toMatchObject({ error: { code: "needs-supersede" } });
    await site.gateway("BUSY");
    expect((await site.upgrade("BUSY", "--supersede", "--expect-version", "2.4.0")).code).toBe(0);
  });

  test("killed and resumed: the outcome arrives, and nothing is sent again", async () => {
    await site.gateway("CRASH", { stepDelayMs: 300 });
    const args = ["upgrade", ...site.login("CRASH"), "--expect-version", "2.4.0", "--json"];
    const first = startCli([...args, ...site.target], { env: site.env });
    await first.until(/"kind":"acknowledged"/);
    first.child.kill("SIGKILL");
    expect((await first.ended).signal).toBe("SIGKILL");
    const resumed = await runCli([...args, "--resume"], { env: site.env });
    expect(resumed.err).not.toContain("internal");
    expect(lastOf(resumed.out)).toMatchObject({
      success: true,
      attempt: { state: "succeeded", verification: "verified" },
    });
    expect(resumed.code).toBe(0);
    // The end is told again, as often as it is asked for.
    const again = await runCli([...args, "--resume"], { env: site.env });
    expect(again.code).toBe(0);
    expect(lastOf(again.out)).toMatchObject({ success: true });
    expect(site.commandsTo("CRASH")).toHaveLength(1);
  });

  test("a result that came after the deadline, while nobody followed, is found by --resume", async () => {
    await site.gateway("LATE", { stepDelayMs: 400 });
    const args = ["upgrade", ...site.login("LATE"), "--expect-version", "2.4.0", "--json"];
    const first = startCli([...args, ...site.target, "--first-result-timeout", "1s"], { env: site.env });
    await first.until(/"kind":"acknowledged"/);
    first.child.kill("SIGKILL");
    await first.ended;
    await site.wire.saw(1, ({ topic, payload }) => topic.includes("/LATE/") && payload.includes('"status":4'));
    // The deadlines are those of the one who follows.
    const resumed = await runCli([...args, "--resume", "--first-result-timeout", "1ms"], { env: site.env });
    expect(resumed.out).toContain('"kind":"timed-out"');
    expect(lastOf(resumed.out)).toMatchObject({ success: true });
    expect(resumed.code).toBe(0);
    expect(site.commandsTo("LATE")).toHaveLength(1);
  });

  test("two processes do not share a journal", async () => {
    const first = startCli(["upgrade", ...site.login("LOCK"), ...site.target], { env: site.env });
    await first.until(/acknowledged/);
    const second = await runCli(["upgrade", ...site.login("LOCK"), "--resume", "--json"], { env: site.env });
    first.child.kill("SIGINT");
    expect(second.code).toBe(1);
    expect(lastOf(second.out)).toMatchObject({ error: { code: "journal-locked" } });
    expect((await first.ended).code).toBe(1);
    expect(site.commandsTo("LOCK")).toHaveLength(1);
  });

  test("a commit that is too short to tell, and a journal that is none, are told in words", async () => {
    const short = await site.upgrade("SHORT", "--expect-commit", "abc");
    expect(short).toMatchObject({ code: 2, out: "" });
    const broken = join(site.folder, "broken.journal");
    await writeFile(broken, "this is no journal\n");
    const refused = await site.upgrade("SHORT", "--journal", broken);
    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(refused.err).not.toMatch(/\n {4}at /);
    expect(site.commandsTo("SHORT")).toHaveLength(0);
  });

  test("Ctrl-C says that the device may still act, and how to go on", async () => {
    await site.gateway("STOP", { stepDelayMs: 500 });
    const running = startCli(["upgrade", ...site.login("STOP"), ...site.target, "--accept-unverified"], {
      env: site.env,
    });
    await running.until(/The broker acknowledged the command/);
    running.child.kill("SIGINT");
    const { code, err } = await running.ended;
    expect(code).toBe(1);
    expect(err).toContain("STOP may still act");
    const line = /to go on: wudun-ota (.*)$/m.exec(err)?.[1] ?? "";
    const resumed = await runCli(line.split(" "), { env: site.env });
    expect(resumed.out).toMatch(/^unverified success/m);
    expect(resumed.code).toBe(0);
    expect(site.commandsTo("STOP")).toHaveLength(1);
  });

  test("there is nothing to resume without a journal", async () => {
    const { code, out, err } = await runCli(["upgrade", ...site.login("NEVER"), "--resume"], { env: site.env });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("nothing to resume");
  });
});

describe("a broker that forbids publishing", () => {
  test("ends an upgrade with 1 and says why", async () => {
    const strict = await startMosquitto({ users: { [USER]: PASSWORD }, acl: `user ${USER}\ntopic read #` });
    try {
      const args = ["--broker", strict.wsUrl, "--username", USER, "--product-key", "KEY", "--device", "ACL"];
      const { code, out } = await runCli(["upgrade", ...args, ...site.target, "--json"], { env: site.env });
      expect(code).toBe(1);
      expect(lastOf(out)).toMatchObject({ success: false, attempt: { state: "refused" } });
      const old = ["--protocol", "4", "--first-result-timeout", "1s"];
      const silent = await runCli(["upgrade", ...args, ...site.target, ...old, "--supersede"], { env: site.env });
      expect(silent.code).toBe(1);
      expect(silent.out).toContain("the broker may have dropped it");
      expect(silent.out).toContain("ACL: no result in time");
    } finally {
      await strict.stop();
    }
  });
});
