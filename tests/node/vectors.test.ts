/** Runs the vectors of tests/vectors/*.json, which tests/vectors.rs runs natively, through the package. */

import { describe, expect, it } from "vitest";
import {
  type Channel,
  type CommandInput,
  type Namespace,
  type OtaError,
  type Result,
  type ResultInput,
  STATUSES,
  safeBuildCommand,
  safeBuildResult,
  safeDecode,
  safeEncode,
  safeFormatTopic,
  safeParseTopic,
  safeTopicFilter,
} from "wudun-ota";
import { type DecodeFile, decodeFailures } from "./vectors/decode.js";
import { differences, expand, type Finding, only, read } from "./vectors/notation.js";
import { type TransitionFile, transitionFailures } from "./vectors/steps.js";

/** What a call gave, or the codes of its errors. */
const outcome = <T>(result: Result<T, OtaError>) =>
  result.ok ? result.value : { codes: result.error.diagnostics.map((d) => d.code) };

const expandAll = <T extends object>(value: T): T =>
  JSON.parse(JSON.stringify(value), (_, part: unknown) => (typeof part === "string" ? expand(part) : part));

/** A test for each vector, by its whole name; there must be some. */
function each<V extends { name: string }>(kind: string, vectors: V[], run: (vector: V) => void): void {
  expect(vectors.length, "vectors").toBeGreaterThan(0);
  for (const vector of vectors) it(kind + vector.name, () => run(vector));
}

interface TopicFile {
  valid: { name: string; topic: string; namespace: Namespace; device: string; channel: Channel }[];
  unparsable: { name: string; topic: string; codes: string[] }[];
  unformattable: { name: string; namespace: Namespace; device: string; channel: Channel; codes: string[] }[];
  filters: {
    name: string;
    namespace: Namespace;
    device?: string;
    channel?: Channel;
    filter?: string;
    codes?: string[];
  }[];
}

describe("topics.json", () => {
  const file = read("topics.json") as TopicFile;
  only(file, ["valid", "unparsable", "unformattable", "filters"]);

  each("", file.valid, ({ name, topic, ...told }) => {
    only(told, ["namespace", "device", "channel"]);
    const parts = expandAll(told);
    expect(outcome(safeParseTopic(expand(topic))), name).toStrictEqual(parts);
    expect(outcome(safeFormatTopic(parts)), name).toBe(expand(topic));
  });

  each("does not parse: ", file.unparsable, ({ name, topic, codes, ...rest }) => {
    only(rest, []);
    expect(outcome(safeParseTopic(expand(topic))), name).toStrictEqual({ codes });
  });

  each("does not format: ", file.unformattable, ({ name, codes, ...parts }) => {
    only(parts, ["namespace", "device", "channel"]);
    expect(outcome(safeFormatTopic(expandAll(parts))), name).toStrictEqual({ codes });
  });

  each("filter: ", file.filters, ({ name, filter, codes, ...parts }) => {
    only(parts, ["namespace", "device", "channel"]);
    const expected = filter === undefined ? { codes } : expand(filter);
    expect(outcome(safeTopicFilter(expandAll(parts))), name).toStrictEqual(expected);
  });
});

interface UrlFile {
  vectors: { name: string; url: string; errors?: string[]; warnings?: string[] }[];
}

describe("urls.json", () => {
  const file = read("urls.json") as UrlFile;
  only(file, ["vectors"]);

  each("", file.vectors, ({ name, url, errors = [], warnings = [], ...rest }) => {
    only(rest, []);
    const result = safeBuildCommand({
      device: "gw-1",
      source: "ems_II",
      downloadUrl: expand(url),
      md5: "0123456789abcdef0123456789abcdef",
    });
    const found = result.ok ? result.value.diagnostics : result.error.diagnostics;
    const codes = (severity: string) => found.filter((d) => d.severity === severity).map((d) => d.code);
    expect(codes("error").sort(), name).toStrictEqual([...errors].sort());
    expect(codes("warning").sort(), name).toStrictEqual([...warnings].sort());
    expect(
      found.filter((d) => d.path !== "/data/download_url"),
      name,
    ).toStrictEqual([]);
    expect(result.ok, name).toBe(errors.length === 0);
  });
});

describe("decode.json", () => {
  const file = read("decode.json") as DecodeFile;
  only(file, ["bases", "vectors"]);

  each("", file.vectors, (vector) => {
    expect(decodeFailures(file, vector), vector.name).toStrictEqual([]);
  });
});

interface BuildFile {
  vectors: {
    name: string;
    command?: CommandInput;
    result?: ResultInput;
    encoded?: string;
    errors?: Finding[];
    warnings?: Finding[];
  }[];
  encode: { name: string; text: string; encoded: string; encodedJs?: string; lenient?: boolean }[];
  statuses: { name: string; code: number; status: string; phase: string; done: boolean; zh: string }[];
}

describe("build.json", () => {
  const file = read("build.json") as BuildFile;
  only(file, ["vectors", "encode", "statuses"]);

  each("", file.vectors, ({ name, command, result, encoded, errors = [], warnings = [], ...rest }) => {
    only(rest, []);
    if (!command === !result) throw new Error("either a command or a result");
    const built = command ? safeBuildCommand(expandAll(command)) : safeBuildResult(expandAll(result ?? { device: "" }));
    const found = built.ok ? built.value.diagnostics : built.error.diagnostics;
    const nowhere = { units: "bytes" } as const;
    expect(differences("error", errors, found, nowhere), name).toStrictEqual([]);
    expect(differences("warning", warnings, found, nowhere), name).toStrictEqual([]);
    expect(
      found.filter((d) => d.start !== undefined),
      name,
    ).toStrictEqual([]);
    const text = built.ok ? outcome(safeEncode(built.value.message)) : undefined;
    expect(text, name).toBe(encoded === undefined ? undefined : expand(encoded));
  });

  each("encode: ", file.encode, ({ name, text, encoded, encodedJs, lenient = false, ...rest }) => {
    only(rest, []);
    const decoded = safeDecode(expand(text), { lenient });
    expect(decoded.ok && outcome(safeEncode(decoded.value.message)), name).toBe(expand(encodedJs ?? encoded));
  });
});

describe("build.json, statuses", () => {
  const { statuses } = read("build.json") as BuildFile;

  it("has as many rows as the package", () => expect(STATUSES.length).toBe(statuses.length));
  each("", statuses, ({ name, status, zh, ...row }) => {
    const found = STATUSES.find(({ code }) => code === row.code);
    expect({ ...found, label: found?.label.zh }, name).toStrictEqual({ ...row, name: status, label: zh });
  });
});

describe("transitions.json", () => {
  const file = read("transitions.json") as TransitionFile;

  each("", file.vectors, (vector) => {
    expect(transitionFailures(file, vector), vector.name).toStrictEqual([]);
  });
});
