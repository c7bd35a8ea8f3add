/** The documents made from the rules: they accept what the core accepts, and their own judges accept them. */

import { Parser } from "@asyncapi/parser";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  type CommandMessage,
  check,
  commandSchema,
  decode,
  type Kind,
  type Namespace,
  type ResultMessage,
  resultSchema,
  topicFilter,
  validate,
} from "wudun-ota";
import { asyncApi, jsonSchema, safeAsyncApi } from "wudun-ota/schema";
import { Random } from "../support/random.js";
import { value } from "./schema/values.js";

const KINDS = ["command", "result"] as const;
const VALUES = 60_000;
const SEED = Number(process.env.SEED ?? 20261123);

const compiled = new Map<Kind, ValidateFunction>();
function accepts(kind: Kind, value: unknown): boolean {
  let validate = compiled.get(kind);
  if (validate === undefined) {
    validate = new Ajv2020({ strict: true, strictTypes: false, allErrors: false }).compile(jsonSchema(kind));
    compiled.set(kind, validate);
  }
  return validate(value);
}

const RESULT = {
  mid: "3f1c2b64-9d0e-4a57-8b21-6c0d5e7f8a90",
  type: "ota_upgrade",
  device_uid: "GW-1",
  timestamp: 1763889600000,
  data: { status: 4 },
};
const COMMAND = {
  ...RESULT,
  data: { source: "s", download_url: "https://h/", md5_code: "0123456789abcdef0123456789abcdef" },
};
const SAMPLES = { command: COMMAND, result: RESULT };

describe.each(KINDS)("jsonSchema(%s)", (kind) => {
  test("is a schema of 2020-12 whose examples it accepts", () => {
    const schema = jsonSchema(kind);
    expect(new Ajv2020().validateSchema(schema)).toBe(true);
    expect(schema.examples.length).toBeGreaterThan(0);
    for (const example of schema.examples) {
      expect(accepts(kind, example)).toBe(true);
      expect(validate(kind, example)).toStrictEqual([]);
    }
  });

  test(`agrees with the core on ${VALUES} values`, { timeout: 120_000 }, () => {
    const random = new Random(SEED);
    let valid = 0;
    for (let done = 0; done < VALUES; done++) {
      // As it arrives: `undefined` is gone, −0 is 0.
      const text = JSON.stringify(value(random, kind));
      const expected = accepts(kind, JSON.parse(text));
      valid += Number(expected);
      if (check(text, { kind }) !== expected) {
        throw new Error(`the schema ${expected ? "accepts" : "refuses"} (seed ${SEED}): ${text}`);
      }
    }
    // Both answers are frequent.
    expect(valid).toBeGreaterThan(VALUES / 5);
    expect(valid).toBeLessThan((VALUES * 4) / 5);
  });
});

/** What JSON Schema cannot say of a message: the whole list. The schema accepts each of these. */
const UNSAID: { rule: string; text: string; options?: object; code: string }[] = [
  {
    rule: "the size of a payload (§5, refusal 3)",
    text: JSON.stringify({ ...RESULT, x: "a".repeat(65_536) }),
    code: "json-too-large",
  },
  {
    rule: "a key that occurs twice (§5, refusal 1)",
    text: JSON.stringify(RESULT).replace("{", '{"mid":"",'),
    code: "json-duplicate-key",
  },
  {
    rule: "nesting deeper than 64 (§5, refusal 2)",
    text: JSON.stringify(RESULT).replace("{", `{"x":${"[".repeat(64)}${"]".repeat(64)},`),
    code: "json-too-deep",
  },
  {
    rule: "more than 1,024 keys in an object that the protocol does not name (§5, refusal 5)",
    text: JSON.stringify({ ...RESULT, x: Object.fromEntries(Array.from({ length: 1_025 }, (_, at) => [`k${at}`, 0])) }),
    code: "json-too-many-keys",
  },
  {
    rule: "an unpaired surrogate in a text that has no pattern (§5, refusal 4)",
    text: JSON.stringify({ ...RESULT, trace_id: "\ud800" }),
    code: "json-unpaired-surrogate",
  },
  {
    rule: "device_uid is the topic's device (§6)",
    text: JSON.stringify(RESULT),
    options: { topic: "v1/wudun/KEY/GW-2/ota/upgrade/result" },
    code: "device-mismatch",
  },
];

describe("what JSON Schema cannot say", () => {
  test.each(UNSAID)("$rule", ({ text, options, code }) => {
    expect(accepts("result", JSON.parse(text))).toBe(true);
    expect(() => decode(text, { kind: "result", ...options })).toThrow(expect.objectContaining({ code }));
  });

  test("keys of the message and of its data are counted by both", () => {
    const members = Object.fromEntries(Array.from({ length: 1_020 }, (_, at) => [`k${at}`, 0]));
    for (const [message, fits] of [
      [{ ...RESULT, ...members, data: {} }, false],
      [{ ...RESULT, data: { ...members, a: 0, b: 0, c: 0, d: 0 } }, true],
      [{ ...RESULT, data: { ...members, a: 0, b: 0, c: 0, d: 0, e: 0 } }, false],
    ] as const) {
      expect(accepts("result", message)).toBe(fits);
      expect(check(JSON.stringify(message), { kind: "result" })).toBe(fits);
    }
  });
});

describe("asyncApi", () => {
  const namespaces: Namespace[] = [
    { kind: "wudun", productKey: "KEY" },
    { kind: "user", tenant: "acme" },
    { kind: "prefix", prefix: "/site/a/固件" },
    { kind: "prefix", prefix: "{site}/a" },
  ];

  test.each(namespaces)("the official parser accepts it: %o", async (namespace) => {
    const document = asyncApi(namespace);
    const parsed = await new Parser().parse(JSON.stringify(document));
    const errors = parsed.diagnostics.filter(({ severity }) => severity === 0);
    expect(errors).toStrictEqual([]);
    expect(parsed.document?.channels().length).toBe(2);
    expect(parsed.document?.messages().length).toBe(2);
    expect(parsed.document?.operations().length).toBe(2);
  });

  test.each(namespaces.slice(0, 3))("addresses are the topics: %o", (namespace) => {
    for (const kind of KINDS) {
      const { address } = asyncApi(namespace).channels[kind];
      expect(address.replace("{device}", "+")).toBe(topicFilter({ namespace, channel: kind }));
    }
  });

  test("braces in a namespace become a parameter of one value", () => {
    const { command } = asyncApi({ kind: "wudun", productKey: "{x}" }).channels;
    expect(command).toMatchObject({
      address: "{namespace}/{device}/ota/upgrade/command",
      parameters: { namespace: { enum: ["v1/wudun/{x}"], default: "v1/wudun/{x}" } },
    });
  });

  test("its payloads are the schemas", () => {
    const { messages } = asyncApi({ kind: "user", tenant: "t" }).components;
    for (const kind of KINDS) {
      const { $schema, examples, ...schema } = jsonSchema(kind);
      expect(messages[kind]).toMatchObject({ payload: schema, examples: examples.map((payload) => ({ payload })) });
    }
  });

  test("a namespace that breaks a rule is refused", () => {
    expect(safeAsyncApi({ kind: "wudun", productKey: "a/b" })).toMatchObject({
      ok: false,
      error: { code: "level-character" },
    });
    expect(safeAsyncApi({ kind: "prefix", prefix: "$a" })).toMatchObject({
      ok: false,
      error: { code: "prefix-dollar" },
    });
  });
});

describe("Standard Schema", () => {
  test("has the types of the specification", () => {
    expectTypeOf(commandSchema).toExtend<StandardSchemaV1<CommandMessage, CommandMessage>>();
    expectTypeOf(resultSchema).toExtend<StandardSchemaV1<ResultMessage, ResultMessage>>();
    expectTypeOf<StandardSchemaV1.InferOutput<typeof commandSchema>>().toEqualTypeOf<CommandMessage>();
    expectTypeOf<StandardSchemaV1.InferInput<typeof resultSchema>>().toEqualTypeOf<ResultMessage>();
  });

  /** As a library calls it that knows the specification only. */
  const run = async (schema: StandardSchemaV1, value: unknown) => schema["~standard"].validate(value);

  test("gives the message, without what counts as absent", async () => {
    expect(await run(commandSchema, COMMAND)).toStrictEqual({ value: COMMAND });
    expect(await run(resultSchema, { ...RESULT, trace_id: null, reply: "" })).toStrictEqual({ value: RESULT });
    // Warnings are no issues.
    const http = { ...COMMAND, data: { ...COMMAND.data, download_url: "http://h/" } };
    expect(await run(commandSchema, http)).toStrictEqual({ value: http });
  });

  test("gives every error with its path", async () => {
    const { issues } = await run(commandSchema, { ...COMMAND, mid: "x", data: { source: "" } });
    // In the order of their places; what is missing has that of its object.
    expect(issues?.map(({ path }) => path)).toStrictEqual([
      ["mid"],
      ["data", "download_url"],
      ["data", "md5_code"],
      ["data", "source"],
    ]);
    expect(issues?.every(({ message }) => message.length > 0)).toBe(true);
    expect((await run(resultSchema, { ...RESULT, "a/b": [0, "\ud800"] })).issues?.[0]?.path).toStrictEqual(["a/b", 1]);
  });

  test.each([undefined, null, 1, "{}", [], () => 0, 1n])("refuses %o", async (value) => {
    expect((await run(resultSchema, value)).issues).toHaveLength(1);
  });

  test.each(KINDS)("agrees with validate: %s", async (kind) => {
    const random = new Random(SEED);
    const schema = kind === "command" ? commandSchema : resultSchema;
    for (let done = 0; done < 2_000; done++) {
      const wrong = value(random, kind);
      const errors = validate(kind, wrong).filter(({ severity }) => severity === "error");
      expect((await run(schema, wrong)).issues ?? []).toHaveLength(errors.length);
    }
    expect((await run(schema, SAMPLES[kind])).issues).toBeUndefined();
  });
});
