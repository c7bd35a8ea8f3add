/** Rust and JavaScript put the same words together: Rust has written docs/diagnostics.md, JavaScript reads its examples. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type DecodeOptions, type Diagnostic, safeDecode, safeParseTopic } from "wudun-ota";

const page = readFileSync(new URL("../../docs/diagnostics.md", import.meta.url), "utf8");
const now = 1_763_889_600_000;
const on = (channel: string) => `v1/wudun/KEY/GW-1/ota/upgrade/${channel}`;

/** How the page reads an example: on either topic, or stated to be a result. */
const readings: DecodeOptions[] = [{ topic: on("command"), now }, { topic: on("result"), now }, { kind: "result" }];

function findings(example: string): Diagnostic[] {
  const topic = /^Topic: `(.+)`$/m.exec(example)?.[1];
  if (topic !== undefined) {
    const read = safeParseTopic(topic);
    return read.ok ? [] : read.error.diagnostics;
  }
  const payload = /```json\n([\s\S]*?)\n```/.exec(example)?.[1];
  if (payload === undefined) return [];
  return readings.flatMap((options) => {
    const read = safeDecode(payload, options);
    return read.ok ? read.value.diagnostics : read.error.diagnostics;
  });
}

/** A cell as it was before Markdown. */
const plain = (cell: string) => cell.trim().replaceAll("\\|", "|");

const examples = page.split(/^### /m).flatMap((example) => {
  const code = /^`([a-z0-9-]+)`/.exec(example)?.[1];
  const found = /^\| found \| (.*?) \| (.*) \|$/m.exec(example);
  const cure = /^\| cure \| (.*?) \| (.*) \|$/m.exec(example);
  if (code === undefined || found === null || cure === null || !/^(Topic: `|```json)/m.test(example)) return [];
  const [, en = "", zh = ""] = found;
  const [, hintEn = "", hintZh = ""] = cure;
  const hint = { en: plain(hintEn), zh: plain(hintZh) };
  return [{ code, example, hint, message: { en: `${plain(en)}. ${hint.en}`, zh: `${plain(zh)}。${hint.zh}` } }];
});

describe("words", () => {
  it("has examples", () => expect(examples.length).toBeGreaterThan(30));

  it.each(examples)("$code", ({ code, example, hint, message }) => {
    expect(findings(example)).toContainEqual(expect.objectContaining({ code, message, hint }));
  });

  /** What findings of one shape have in common is put together once. */
  it("puts what was found into what findings have in common", () => {
    const said = (field: string, value: string) => {
      const read = safeDecode(JSON.stringify({ data: { [field]: value }, [field]: value }), { kind: "result" });
      const found = read.ok ? [] : read.error.diagnostics;
      return found.filter(({ code }) => code === "mid-form" || code === "field-type").map(({ message }) => message.en);
    };
    const mid = (shown: string) =>
      `\`mid\` is ${shown}; expected a UUID: 8-4-4-4-12 hexadecimal digits without braces or \`urn:uuid:\`. Use a fresh UUID for each message`;
    expect(said("mid", "a")).toEqual([mid("`a`")]);
    expect(said("mid", "\u{E000}\u{E001}")).toEqual([mid("`\u{E000}\u{E001}`")]);
    expect(said("mid", "")).toEqual([mid("empty")]);
    expect(said("mid", "{0} 固")).toEqual([mid("`{0} 固`")]);
    const status = (name: string, code: number) =>
      `\`status\` is the string \`${name}\`; expected an integer. Write the number ${code} for \`${name}\``;
    expect(said("status", "succeeded")).toEqual([status("succeeded", 4)]);
    expect(said("status", "forbidden")).toEqual([status("forbidden", 1)]);
    expect(said("status", "更新成功")).toEqual([status("更新成功", 4)]);
  });
});
