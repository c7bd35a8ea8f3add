import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jsonLines, runCli, startCli } from "../support/cli.js";

const DEVICE = ["--product-key", "KEY", "--device", "GW-1"];
const TARGET = [...DEVICE, "--source", "ems_II", "--url", "https://files.example/ems.bin"];
const MD5 = "0123456789abcdef0123456789abcdef";
const TOPIC = "v1/wudun/KEY/GW-1/ota/upgrade/command";
const COMMAND = `{
  "mid": "00000000-0000-4000-8000-000000000001",
  "type": "ota_upgrade",
  "device_uid": "GW-1",
  "timestamp": 1700000000000,
  "data": {
    "source": "ems_II",
    "download_url": "https://files.example/ems.bin",
    "md5_code": "${MD5}",
  }
}
`;
const RESULT = JSON.stringify({
  mid: "00000000-0000-4000-8000-000000000002",
  type: "ota_upgrade",
  device_uid: "GW-1",
  timestamp: 1700000001000,
  data: { source: "ems_II", final_version: "2.4.0", status: 4 },
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wudun-ota-cli-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await mkdtemp(join(folder, "f-")), name);
  await writeFile(path, content);
  return path;
}

const md5Of = (content: string | Uint8Array) => createHash("md5").update(content).digest("hex");

describe.concurrent("usage", () => {
  test.each([
    [[], /Usage: wudun-ota/],
    [["nonsense"], /unknown command 'nonsense'/],
    [["md5"], /name files, folders or -/],
    [["md5", "--nonsense", "x"], /unknown option '--nonsense'/],
    [["console", "--port", "70000"], /whole number from 0 to 65535/],
    [["decode", "--kind", "neither"], /choose one of: command, result/],
    [["--lang", "fr", "md5", "x"], /choose one of: en, zh/],
    [["command", ...TARGET], /--md5 HEX or --file FILE/],
    [["command", ...TARGET, "--md5", "12"], /32 hexadecimal digits/],
    [["command", ...TARGET, "--md5", MD5, "--file", "x"], /cannot be used with/],
    [["command", ...TARGET, "--tenant", "acme", "--md5", MD5], /exclude each other/],
    [["command", "--device", "GW-1", "--source", "s", "--url", "https://h/", "--md5", MD5], /which namespace/],
    [["command", "--product-key", "KEY", "--md5", MD5], /--device is required/],
    [["watch", "--product-key", "KEY"], /--broker is required/],
    [["watch", "--product-key", "KEY", "--broker", "http://h"], /ws, wss, mqtt or mqtts/],
    [["upgrade", ...TARGET, "--md5", MD5, "--broker", "ws://127.0.0.1:1"], /give --yes/],
    [["upgrade", "--send-timeout", "soon"], /a number with ms, s, m or h/],
  ])("%j is wrong usage", async (args, message) => {
    const { code, out, err } = await runCli(args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n {4}at /);
  });

  test("there is no option that takes a password", async () => {
    for (const command of ["upgrade", "watch", "simulate"]) {
      const { code, err } = await runCli([command, "--password", "hunter22"]);
      expect(code).toBe(2);
      expect(err).not.toContain("hunter22");
    }
  });

  test.each([
    [["--broker", "mqtt://u:s3cretpw@h"]],
    [["mqtt://u:s3cretpw@h"]],
    [["md5", "mqtt://u:s3cretpw@h/x"]],
    [["console", "--port", "ws://u:s3cretpw@h"]],
    [["watch", "--product-key", "k", "--broker", "MQTT://u:s3cretpw@"]],
    [["watch", "--product-key", "k", "--broker", "u:s3cretpw@127.0.0.1:1"]],
    [["watch", "--product-key", "k", "--broker", "ws://u:1/s3cretpw@h"]],
    [["upgrade", "--product-key", "ws://u:s3cretpw@h", "--device", "d", "--broker", "ws://127.0.0.1:1", "--resume"]],
    [["command", ...DEVICE, "--source", "s", "--md5", MD5, "--url", "https:u:s3cretpw@h/"]],
    [["preflight", "http://u:s3cretpw@h:99999999/"]],
  ])("a password in the wrong place is not repeated: %j", async (args) => {
    for (const more of [[], ["--json", "--lang", "zh"]]) {
      const { code, out, err } = await runCli([...args, ...more]);
      expect(code).toBeGreaterThan(0);
      expect(out + err).not.toContain("s3cretpw");
    }
  });

  test("help with examples, and the version, are data", async () => {
    const { version } = (await import("../../pkg/package.json", { with: { type: "json" } })).default;
    expect(await runCli(["--version"])).toMatchObject({ code: 0, out: `${version}\n`, err: "" });
    for (const command of [
      "md5",
      "command",
      "decode",
      "validate",
      "preflight",
      "upgrade",
      "watch",
      "simulate",
      "console",
    ]) {
      const { code, out, err } = await runCli([command, "--help"]);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(out).toContain(`Examples:\n`);
      const [options = "", examples = ""] = out.split("Examples:\n");
      expect(examples).toContain(`wudun-ota ${command} `);
      const lines = examples.replaceAll("\\\n", "").split("\n");
      const own = lines.filter((line) => line.includes(`wudun-ota ${command} `) && !line.includes("$("));
      for (const [flag] of own.join("\n").matchAll(/(?<= )--[a-z][a-z0-9-]*/g)) expect(options).toContain(`${flag} `);
    }
  });

  test("speaks Chinese when asked, and when the locale is Chinese", async () => {
    expect((await runCli(["md5", "--help", "--lang", "zh"])).out).toContain("示例：");
    expect((await runCli(["md5", "--nonsense"], { env: { LANG: "zh_CN.UTF-8" } })).err).toContain(
      "未知选项：'--nonsense'",
    );
    expect((await runCli(["md5", "--nonsense", "--lang=en"], { env: { LANG: "zh_CN.UTF-8" } })).err).toContain(
      "unknown option",
    );
  });
});

test.each([
  [["md5", "/no/such/file"]],
  [["md5", "--check", "/no/such/file"]],
  [["decode", "/no/such/file"]],
  [["validate", "/no/such/file"]],
  [["replay", "/no/such/file"]],
  [["command", ...TARGET, "--file", "/no/such/file"]],
  [["upgrade", ...TARGET, "--broker", "ws://127.0.0.1:1", "--yes", "--file", "/no/such/file"]],
  [["watch", "--product-key", "KEY", "--broker", "ws://127.0.0.1:1", "--ca", "/no/such/file"]],
])("a file that is not there is no wrong usage: %j", async (args) => {
  expect(await runCli(args)).toMatchObject({ code: 1, out: "", err: "error: /no/such/file: no such file\n" });
});

describe.concurrent("md5", () => {
  test("writes what md5sum writes", async () => {
    const a = await file("a.bin", "hello");
    const b = await file("b\\c\n.bin", "");
    const { code, out, err } = await runCli(["md5", a, b]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const escaped = b.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
    expect(out).toBe(`${md5Of("hello")}  ${a}\n\\${md5Of("")}  ${escaped}\n`);
  });

  test("reads standard input", async () => {
    const bytes = new Uint8Array(3_000_000).fill(7);
    expect(await runCli(["md5", "-"], { input: bytes })).toMatchObject({
      code: 0,
      out: `${md5Of(bytes)}  -\n`,
      err: "",
    });
  });

  test("gives size and SHA-256 as JSON, and goes on after a file that is missing", async () => {
    const a = await file("a.bin", "hello");
    const gone = join(folder, "gone");
    const { code, out, err } = await runCli(["md5", gone, a, "--json"]);
    expect(code).toBe(1);
    expect(err).toBe(`error: ${gone}: no such file\n`);
    expect(jsonLines(out)).toEqual([
      { file: gone, error: { code: "file", message: { en: `${gone}: no such file`, zh: `${gone}：文件不存在` } } },
      { file: a, md5: md5Of("hello"), sha256: createHash("sha256").update("hello").digest("hex"), size: 5 },
    ]);
  });

  test("takes the files of a folder, and checks the list it wrote", async () => {
    const images = join(folder, "images");
    await mkdir(join(images, "deep"), { recursive: true });
    // Together enough for threads.
    const sizes = { "b.bin": 30 << 20, "a.bin": 5, "deep/c.bin": 9 << 20 };
    for (const [name, size] of Object.entries(sizes)) {
      await writeFile(join(images, name), new Uint8Array(size).fill(size % 251));
    }
    const listed = await runCli(["md5", images]);
    const names = ["a.bin", "b.bin", "deep/c.bin"].map((name) => join(images, name));
    const lines = await Promise.all(names.map(async (name) => `${md5Of(await readFile(name))}  ${name}\n`));
    expect(listed).toMatchObject({ code: 0, out: lines.join(""), err: "" });

    const list = await file("MD5SUMS", listed.out);
    const good = names.map((name) => `${name}: OK\n`);
    expect(await runCli(["md5", "--check", list])).toMatchObject({ code: 0, out: good.join(""), err: "" });
    expect(await runCli(["md5", "-c", "-"], { input: listed.out })).toMatchObject({ code: 0, out: good.join("") });
  });

  test("says what of a list does not hold", async () => {
    const [right, wrong] = [await file("right.bin", "right"), await file("wrong\n.bin", "wrong")];
    const gone = join(folder, "gone");
    const text = `# kept by hand\r\nMD5 (${right}) = ${md5Of("right").toUpperCase()}\r\n\\${MD5} *${wrong.replace("\n", "\\n")}\n${MD5}  ${gone}\nnonsense\n`;
    const list = await file("list", text);
    const { code, out, err } = await runCli(["md5", "--check", list]);
    expect(code).toBe(1);
    expect(out).toBe(`${right}: OK\n${wrong.replace("\n", "\\u000a")}: FAILED\n${gone}: FAILED open or read\n`);
    expect(err).toBe(
      `error: ${gone}: no such file\nwarning: 1 line is not as md5sum writes it\nwarning: 1 listed file could not be read\nwarning: 1 MD5 did NOT match\n`,
    );
    expect(jsonLines((await runCli(["md5", "-c", list, "--json"])).out)).toEqual([
      { file: right, ok: true, md5: md5Of("right"), expected: md5Of("right") },
      { file: wrong, ok: false, md5: md5Of("wrong"), expected: MD5 },
      expect.objectContaining({ file: gone, error: expect.objectContaining({ code: "file" }) }),
    ]);
    const empty = await file("empty", "nothing\n");
    expect(await runCli(["md5", "--check", empty])).toMatchObject({ code: 1, out: "" });
    expect(await runCli(["md5", "--check", empty, right])).toMatchObject({ code: 2, out: "" });
  });

  test("a reader that leaves early is no error", async () => {
    const a = await file("a.bin", "hello");
    const running = startCli(["md5", ...Array.from({ length: 20 }, () => a)]);
    running.child.stdout.destroy();
    expect(await running.ended).toMatchObject({ code: 0, err: "" });
  });
});

describe.concurrent("command", () => {
  test("prints topic and payload", async () => {
    const { code, out, err } = await runCli(["command", ...TARGET, "--md5", MD5.toUpperCase(), "--trace-id", "t 1"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const [topic, payload = "", ...rest] = out.split("\n");
    expect(topic).toBe(TOPIC);
    expect(rest).toEqual([""]);
    expect(JSON.parse(payload)).toMatchObject({
      type: "ota_upgrade",
      device_uid: "GW-1",
      trace_id: "t 1",
      data: { source: "ems_II", download_url: "https://files.example/ems.bin", md5_code: MD5 },
    });
  });

  test("computes the MD5 of a file, and is one object as JSON", async () => {
    const firmware = await file("fw.bin", "firmware");
    const { code, out } = await runCli(["command", ...TARGET, "--sub-device", "S1", "--file", firmware, "--json"]);
    expect(code).toBe(0);
    const [command] = jsonLines(out);
    expect(command).toMatchObject({ topic: TOPIC, diagnostics: [], message: { sub_device_uid: "S1" } });
    expect(command).toHaveProperty("message.data.md5_code", md5Of("firmware"));
    expect(jsonLines(out)).toHaveLength(1);
  });

  test.each([
    [["--tenant", "acme"], "v1/user/acme/GW-1/ota/upgrade/command"],
    [["--prefix", "site/a"], "site/a/GW-1/ota/upgrade/command"],
  ])("knows the namespace %j", async (namespace, topic) => {
    const target = ["--device", "GW-1", "--source", "s", "--url", "https://h.example/", "--md5", MD5];
    expect((await runCli(["command", ...namespace, ...target])).out).toMatch(`${topic}\n`);
  });

  test("warns on standard error, and refuses what the protocol refuses", async () => {
    const warned = await runCli(["command", ...DEVICE, "--source", "s", "--url", "http://h.example/", "--md5", MD5]);
    expect(warned.code).toBe(0);
    expect(warned.err).toMatch(/^warning\[/);
    expect(warned.out.split("\n")).toHaveLength(3);
    const refused = await runCli([
      "command",
      "--product-key",
      "a/b",
      "--device",
      "GW-1",
      "--source",
      "s",
      "--url",
      "https://h/",
      "--md5",
      MD5,
    ]);
    expect(refused).toMatchObject({ code: 2, out: "" });
    const url = await runCli(["command", ...DEVICE, "--source", "s", "--url", "file:///x", "--md5", MD5, "--json"]);
    expect(url.code).toBe(2);
    expect(jsonLines(url.out)).toEqual([{ error: expect.objectContaining({ code: "usage" }) }]);
    expect(url.err).toContain("/data/download_url");
  });
});

describe.concurrent("decode and validate", () => {
  test("point at the place of a finding", async () => {
    const path = await file("command.json", COMMAND);
    const { code, out, err } = await runCli(["validate", path, "--kind", "command"]);
    expect({ code, err }).toEqual({ code: 1, err: "" });
    const lines = out.split("\n");
    expect(lines[0]).toMatch(/^error\[json-/);
    expect(lines[1]).toContain(`${path}:9:51`);
    expect(lines.slice(2)).toEqual([
      "  |",
      `9 |     "md5_code": "${MD5}",`,
      `${"  |".padEnd(54)}^`,
      "  = help: Remove the comma",
      "",
    ]);
  });

  test("validate says nothing about a good message, and exits 0", async () => {
    const args = ["validate", "--topic", TOPIC.replace("command", "result")];
    expect(await runCli(args, { input: RESULT })).toMatchObject({ code: 0, out: "", err: "" });
    expect(jsonLines((await runCli([...args, "--json"], { input: RESULT })).out)).toEqual([
      { file: "<stdin>", valid: true, kind: "result", diagnostics: [] },
    ]);
  });

  test("lenient reading turns the error into a warning", async () => {
    const path = await file("command.json", COMMAND);
    const { code, out, err } = await runCli(["decode", path, "--lenient", "--topic", TOPIC]);
    expect(code).toBe(0);
    expect(out).toMatch(/^upgrade command\n/);
    expect(out).toMatch(/^data\.md5_code +0123456789abcdef/m);
    expect(out).toMatch(/^timestamp +1700000000000 {2}2023-11-14T22:13:20.000Z$/m);
    expect(err).toMatch(/^warning\[json-/);
  });

  test("decode names the status, and is one object as JSON", async () => {
    const args = ["decode", "-", "--kind", "result"];
    expect((await runCli(args, { input: RESULT })).out).toMatch(/^data\.status +4 {2}succeeded {2}/m);
    expect((await runCli([...args, "--lang", "zh"], { input: RESULT })).out).toMatch(
      /^data\.status +4 {2}succeeded {2}更新成功$/m,
    );
    const { out, err } = await runCli([...args, "--json"], { input: RESULT });
    expect(err).toBe("");
    expect(jsonLines(out)).toEqual([
      { kind: "result", status: "succeeded", phase: "final", message: JSON.parse(RESULT), diagnostics: [] },
    ]);
  });

  test("a message for another device, a huge one and an empty one are not valid", async () => {
    const other = ["validate", "--topic", "v1/wudun/KEY/GW-2/ota/upgrade/result"];
    expect((await runCli(other, { input: RESULT })).out).toContain("/device_uid");
    expect((await runCli(["validate"], { input: " ".repeat(70_000) })).code).toBe(1);
    expect((await runCli(["validate"], { input: "" })).out).toContain("json-empty");
    expect(await runCli(["decode"], { input: "{" })).toMatchObject({ code: 1, out: "" });
  });

  test("a finding shows its line without the credentials in it, and the caret stays in its place", async () => {
    const line = COMMAND.split("\n").map((each) => each.trim());
    const input = line.join("").replace("https://", "https://fw:d0wnl0ad-pw@");
    for (const command of ["validate", "decode"]) {
      const { out, err } = await runCli([command, "--kind", "command"], { input });
      expect(out + err).not.toContain("d0wnl0ad-pw");
      const shown = (out + err).split("\n");
      const at = shown.findIndex((each) => each.includes("[json-trailing-comma]"));
      expect(shown[at + 3]?.[shown[at + 4]?.indexOf("^") ?? 0]).toBe(",");
    }
  });

  test("nothing that a terminal acts on comes out of a message", async () => {
    const nasty = RESULT.replace("2.4.0", "\\u001b[2J\u202e");
    const { out, err } = await runCli(["decode", "--kind", "result"], { input: nasty });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(out + err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });
});
