/**
 * What the command line prints about mistakes, whole, in both languages. `vitest -u` rewrites the page; read it.
 */

import { describe, expect, test } from "vitest";
import { type Decoded, type Diagnostic, safeDecode } from "wudun-ota";
import { excerptOf, renderDiagnostic, renderDiagnostics } from "../../pkg/src/cli/diagnostics.js";
import { MISTAKES, type Mistake } from "./diagnostics/mistakes.js";

const plain = (_colour: string, text: string) => text;
function findings({ payload: bytes, options }: Mistake): {
  bytes: Uint8Array;
  diagnostics: Diagnostic[];
  decoded?: Decoded;
} {
  const read = safeDecode(bytes, options);
  if (!read.ok) return { bytes, diagnostics: read.error.diagnostics };
  return { bytes, diagnostics: read.value.diagnostics, decoded: read.value };
}

function renderings(language: "en" | "zh"): string {
  const pages = MISTAKES.map((mistake) => {
    const { bytes, diagnostics } = findings(mistake);
    const excerpt = excerptOf("message.json", bytes);
    return `# ${mistake.name}\n\n${renderDiagnostics(diagnostics, language, plain, excerpt)}\n`;
  });
  return pages.join("\n\n");
}

test("there are enough of them, all different", () => {
  expect(MISTAKES.length).toBeGreaterThan(60);
  expect(new Set(MISTAKES.map(({ name }) => name)).size).toBe(MISTAKES.length);
});

test("those that the documentation shows are of the code that it shows them for", () => {
  const shown = MISTAKES.filter(({ code }) => code !== undefined);
  expect(shown.length).toBeGreaterThan(40);
  for (const mistake of shown) {
    expect(findings(mistake).diagnostics.map(({ code }) => code)).toContain(mistake.code);
  }
});

test.each(["en", "zh"] as const)("renderings: %s", async (language) => {
  await expect(renderings(language)).toMatchFileSnapshot(`./diagnostics/renderings.${language}.txt`);
});

describe.each(MISTAKES)("$name", (mistake) => {
  test("is found, with words in both languages and the hint at the end of them", () => {
    const { diagnostics } = findings(mistake);
    expect(diagnostics).not.toStrictEqual([]);
    for (const { message, hint } of diagnostics) {
      expect(message.en).not.toMatch(/``|undefined|\.$/);
      expect(message.zh).not.toMatch(/``|undefined|。$/);
      expect(message.zh).toMatch(/\p{Script=Han}/u);
      if (hint === undefined) continue;
      expect(message.en.endsWith(`. ${hint.en}`)).toBe(true);
      expect(message.zh.endsWith(`。${hint.zh}`)).toBe(true);
    }
  });

  test("has a caret below each place, and no line that is too wide", () => {
    const { bytes, diagnostics } = findings(mistake);
    for (const finding of diagnostics) {
      const lines = renderDiagnostic(finding, "en", plain, excerptOf("m", bytes)).split("\n").slice(1);
      const places = lines.filter((line) => /^ +\| *\^+$/.test(line));
      if (finding.line !== undefined) expect(places.length).toBeGreaterThan(0);
      for (const line of lines.filter((line) => /^[ \d]+\|/.test(line))) expect(line.length).toBeLessThan(110);
    }
  });
});
