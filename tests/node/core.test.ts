import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  buildCommand,
  buildResult,
  type CommandMessage,
  check,
  type Diagnostic,
  decode,
  encode,
  formatTopic,
  OtaError,
  parseTopic,
  ready,
  STATUSES,
  safeBuildCommand,
  safeDecode,
  safeEncode,
  safeFormatTopic,
  safeParseTopic,
  safeTopicFilter,
  type Topic,
  topicFilter,
  validate,
} from "wudun-ota";

const topic = "v1/wudun/pk/gw-1/ota/upgrade/command";
const input = {
  device: "gw-1",
  source: "ems_II",
  downloadUrl: "https://fw.example/ems.bin",
  md5: "0123456789ABCDEF0123456789abcdef",
};
const message: CommandMessage = {
  mid: "3f1c2b64-9d0e-4a57-8b21-6c0d5e7f8a90",
  type: "ota_upgrade",
  device_uid: "gw-1",
  timestamp: 1_800_000_000_000,
  data: {
    source: "ems_II",
    download_url: "https://fw.example/ems.bin",
    md5_code: "0123456789abcdef0123456789abcdef",
  },
};
const json = JSON.stringify(message);

const codes = (found: { code: string }[]) => found.map((diagnostic) => diagnostic.code);

/** What reading finds, whether or not the message is valid. */
function findings(...args: Parameters<typeof safeDecode>): Diagnostic[] {
  const result = safeDecode(...args);
  return result.ok ? result.value.diagnostics : result.error.diagnostics;
}

function thrown(run: () => unknown): OtaError {
  try {
    run();
  } catch (error) {
    if (OtaError.is(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("topics", () => {
  it("formats and parses all namespaces", () => {
    const topics: [string, Topic][] = [
      [topic, { namespace: { kind: "wudun", productKey: "pk" }, device: "gw-1", channel: "command" }],
      [
        "v1/user/t/gw-1/ota/upgrade/result",
        { namespace: { kind: "user", tenant: "t" }, device: "gw-1", channel: "result" },
      ],
      [
        "/a/b/gw-1/ota/upgrade/result",
        { namespace: { kind: "prefix", prefix: "/a/b" }, device: "gw-1", channel: "result" },
      ],
    ];
    for (const [text, parts] of topics) {
      expect(formatTopic(parts)).toBe(text);
      expect(parseTopic(text)).toEqual(parts);
    }
  });

  it("makes filters for one device or all, one side or both", () => {
    const namespace = { kind: "user", tenant: "t" } as const;
    expect(topicFilter({ namespace })).toBe("v1/user/t/+/ota/upgrade/+");
    expect(topicFilter({ namespace, device: "gw-1", channel: "result" })).toBe("v1/user/t/gw-1/ota/upgrade/result");
  });

  it("refuses an unpaired surrogate, which could not even cross to the core", () => {
    const namespace = { kind: "wudun", productKey: "pk" } as const;
    const results = [
      safeFormatTopic({ namespace, device: "gw\ud800", channel: "command" }),
      safeTopicFilter({ namespace: { kind: "prefix", prefix: "\udc00" } }),
      safeParseTopic("a/\udfff/ota/upgrade/result"),
    ];
    for (const result of results) expect(result.ok ? result.value : result.error.code).toBe("level-character");
    expect(codes(findings(json, { topic: "a/\ud83d/ota/upgrade/command" }))).toContain("level-character");
  });
});

describe("builders", () => {
  it("fill in a random mid and the present time", () => {
    const before = Date.now();
    const { message: first, diagnostics } = buildCommand(input);
    const { message: second } = buildCommand(input);
    expect(diagnostics).toEqual([]);
    expect(first.mid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(first.mid).not.toBe(second.mid);
    expect(first.timestamp).toBeGreaterThanOrEqual(before);
    expect(first.timestamp).toBeLessThanOrEqual(Date.now());
  });

  it("write the wire message, and nothing that was not given", () => {
    const given = { mid: message.mid, timestamp: message.timestamp };
    expect(buildCommand({ ...input, ...given, traceId: undefined }).message).toEqual(message);
    const result = buildResult({
      ...given,
      device: "gw-1",
      reply: message.mid,
      status: "succeeded",
      finalVersion: "1.1",
    });
    expect(result.message).toEqual({
      mid: message.mid,
      type: "ota_upgrade",
      device_uid: "gw-1",
      timestamp: message.timestamp,
      data: { final_version: "1.1", status: 4 },
      reply: message.mid,
    });
  });

  it("report every finding at once, in both languages", () => {
    const error = thrown(() => buildCommand({ device: "a/b", source: "", downloadUrl: "ftp://x", md5: "0" }));
    expect(error.diagnostics.map((diagnostic) => diagnostic.path)).toEqual([
      "/device_uid",
      "/data/source",
      "/data/download_url",
      "/data/md5_code",
    ]);
    expect(error.code).toBe(error.diagnostics[0]?.code);
    expect(error.message).toBe(error.text.en);
    expect(error.text.zh).toMatch(/\p{Script=Han}/u);
  });

  it("refuse half a character and what is not even the right type", () => {
    const half = safeBuildCommand({ ...input, source: "ems\ud800" });
    expect(half.ok ? half.value : codes(half.error.diagnostics)).toEqual(["json-unpaired-surrogate"]);
    const wrong = thrown(() => Reflect.apply(buildCommand, undefined, [{ ...input, device: 5 }]));
    expect(wrong).toMatchObject({ code: "invalid-argument", message: "`device` must be a string" });
    const number = thrown(() => Reflect.apply(buildResult, undefined, [{ device: "gw-1", status: 4 }]));
    expect(number.message).toMatch(/^`status` must be one of forbidden, prepared,/);
    const misspelt = thrown(() => Reflect.apply(buildCommand, undefined, [{ ...input, traceID: "x" }]));
    expect(misspelt.message).toMatch(/unknown field `traceID`.*`traceId`$/);
  });

  it("find everything that is missing at once", () => {
    const error = thrown(() => Reflect.apply(buildCommand, undefined, [{}]));
    expect(error.diagnostics.map((diagnostic) => diagnostic.path)).toEqual([
      "/device_uid",
      "/data/source",
      "/data/download_url",
      "/data/md5_code",
    ]);
  });
});

describe("encode", () => {
  it("writes the fields in the protocol's order, unknown ones last and kept", () => {
    const { mid, data, ...rest } = message;
    const shuffled = { note: { deep: [1, "二"] }, data: { "x-y": null, ...data }, ...rest, mid };
    expect(encode(shuffled)).toBe(
      `{"mid":"${mid}","type":"ota_upgrade","device_uid":"gw-1","timestamp":1800000000000,` +
        `"data":{"source":"ems_II","download_url":"https://fw.example/ems.bin",` +
        `"md5_code":"0123456789abcdef0123456789abcdef","x-y":null},"note":{"deep":[1,"二"]}}`,
    );
  });

  it("does not encode what decode would not accept", () => {
    const result = safeEncode({ ...message, mid: "none" });
    expect(result.ok ? result.value : codes(result.error.diagnostics)).toContain("mid-form");
    const cyclic: CommandMessage = { ...message };
    cyclic.self = cyclic;
    expect(thrown(() => encode(cyclic)).code).toBe("not-json");
  });
});

describe("decode", () => {
  it("tells what came, from bytes and from text", () => {
    const expected = { kind: "command", message, topic: parseTopic(topic), diagnostics: [] };
    expect(decode(json, { topic })).toEqual(expected);
    expect(decode(Buffer.from(json), { topic })).toEqual(expected);
    expect(check(json, { topic })).toBe(true);
    expect(check(json, { topic: topic.replace("gw-1", "gw-2") })).toBe(false);
  });

  it("gives a result its status and phase", () => {
    const { message: result } = buildResult({ device: "gw-1", status: "rolled_back" });
    expect(decode(encode(result), { kind: "result" })).toMatchObject({
      kind: "result",
      status: "rolled_back",
      phase: "final",
    });
  });

  it("keeps unknown members as JSON.parse gives them, `__proto__` included", () => {
    const unknown = '"__proto__":{"polluted":1},"constructor":-0,"big":1e400,"2":[],"é":"\\u0000"';
    const text = json.replace(/}}$/, `,${unknown}},${unknown}}`);
    const { message: read } = decode(text, { kind: "command" });
    expect(read).toEqual(JSON.parse(text));
    for (const object of [read, read?.data]) {
      expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
      expect(Object.getOwnPropertyDescriptor(object, "__proto__")?.value).toEqual({ polluted: 1 });
    }
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });

  it("counts places in UTF-16 units in text and in bytes in bytes", () => {
    const before = '{"trace_id":"升级😀é",';
    const text = json.replace("{", before).replace(/}}$/, "},}");
    const inText = findings(text, { kind: "command" });
    const inBytes = findings(Buffer.from(text), { kind: "command" });
    expect(codes(inText)).toEqual(["json-trailing-comma"]);
    expect(text.slice(inText[0]?.start, inText[0]?.end)).toBe(",");
    expect(Buffer.from(text).subarray(inBytes[0]?.start, inBytes[0]?.end).toString()).toBe(",");
    const characters = [...text.slice(0, inText[0]?.start)].length;
    expect([inText[0]?.column, inBytes[0]?.column]).toEqual([characters + 1, characters + 1]);
    expect(inBytes[0]?.start).toBe(Buffer.byteLength(text.slice(0, inText[0]?.start)));
  });

  it("refuses unpaired surrogates, literal or escaped, and finds them", () => {
    for (const half of ["\ud83d", "\ude00", "\\ud83d", "\ud83dx\ude00"]) {
      const text = `{"a":"😀","b":"${half}"}`;
      const diagnostics = findings(text);
      expect(codes(diagnostics)).toEqual(["json-unpaired-surrogate"]);
      expect(diagnostics[0]).toMatchObject({ start: 15, end: half.startsWith("\\") ? 21 : 16 });
    }
  });

  it("agrees with JSON.parse about text that holds no half character", () => {
    const text = json.replace('"gw-1"', '"gw-\\ud83d\\ude00\u2028"');
    expect(decode(text, { kind: "command" }).message).toEqual(JSON.parse(text));
  });

  it("says what is wrong with its arguments", () => {
    const wrong: unknown[][] = [[5], [json, { kind: "other" }], [json, { topic: 5 }], [json, { now: Number.NaN }]];
    for (const args of wrong) {
      expect(thrown(() => Reflect.apply(decode, undefined, args)).code).toBe("invalid-argument");
    }
    const bytes = new Uint8Array(4);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    expect(thrown(() => decode(bytes)).code).toBe("buffer-detached");
  });
});

describe("validate", () => {
  it("finds what decode finds, without places", () => {
    const found = validate(
      "command",
      { ...message, device_uid: "", data: { ...message.data, md5_code: "x" } },
      { topic },
    );
    expect(new Set(found.map((diagnostic) => diagnostic.path))).toEqual(new Set(["/device_uid", "/data/md5_code"]));
    for (const diagnostic of found) expect(diagnostic).not.toHaveProperty("start");
    expect(validate("command", message, { topic, now: message.timestamp })).toEqual([]);
  });

  it("never throws for a value: cycles, BigInt, nothing at all, a toJSON that throws", () => {
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    const throws = {
      toJSON() {
        throw new Error("no");
      },
    };
    for (const value of [cyclic, { a: 1n }, undefined, () => 1, Symbol("s"), throws]) {
      expect(codes(validate("command", value))).toEqual(["json-syntax"]);
    }
  });
});

describe("OtaError", () => {
  it("is printed under its name", () => {
    for (const [name, made] of [
      ["thrown", thrown(() => parseTopic("x"))],
      ["constructed", new OtaError("x", { en: "x", zh: "x" })],
    ] as const) {
      expect(inspect(made), name).toMatch(/^OtaError: /);
    }
  });
  it("is told apart across copies of the package", async () => {
    const { OtaError: Other, safeParseTopic: other } = await import("wudun-ota/slim");
    expect(Other).not.toBe(OtaError);
    const result = other("x");
    expect(result.ok ? undefined : OtaError.is(result.error)).toBe(true);
    expect(OtaError.is(new Error("x"))).toBe(false);
    expect(OtaError.is({ code: "x" })).toBe(false);
  });
});

describe("STATUSES", () => {
  it("is the table of §4", () => {
    expect(STATUSES.map((row) => [row.code, row.name, row.label.zh, row.phase, row.done])).toEqual([
      [1, "forbidden", "禁止更新", "preparation", true],
      [2, "prepared", "更新已准备", "preparation", false],
      [3, "prepare_failed", "更新准备失败", "preparation", true],
      [4, "succeeded", "更新成功", "final", true],
      [5, "rolled_back", "回滚成功", "final", true],
      [6, "rollback_failed", "回滚失败", "final", true],
    ]);
  });
});

describe("loading", () => {
  it("may be awaited", async () => {
    await expect(ready()).resolves.toBeUndefined();
  });
});
