import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { beforeAll, expect, test } from "vitest";
import { ENTRIES, reportAll } from "../support/api-report.js";

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

let reports: Awaited<ReturnType<typeof reportAll>>;
beforeAll(async () => {
  reports = await reportAll();
}, 120_000);

const declarations = (entry: string) => reports.get(entry)?.declarations ?? [];
/** What `/slim` and its subpaths have beyond the default entry; every other entry's whole. */
function own(entry: string): string[] {
  if (!entry.startsWith("wudun-ota/slim")) return declarations(entry);
  const shared = new Set(declarations("wudun-ota"));
  return declarations(entry).filter((one) => !shared.has(one));
}
const named = (entry: string) =>
  declarations(entry).map((one) => /^export (?:declare )?(?:\w+ )+?(\w+)\b/.exec(one)?.[1] ?? one);
const listed = (entry: string) =>
  named(entry)
    .map((name) => `\`${name}\``)
    .join(", ");

test("the public interface is as docs/api.md says", async () => {
  const sections = Object.keys(ENTRIES).map((entry) => {
    const code = `\`\`\`ts\n${own(entry).join("\n\n")}\n\`\`\`\n`;
    const heading = `## \`${entry}\`\n\n`;
    if (entry === "wudun-ota/slim") {
      const elsewhere = `${listed("wudun-ota/slim/firmware")}, ${listed("wudun-ota/slim/tracker")}`;
      return `${heading}Everything of \`wudun-ota\` but ${elsewhere}, and:\n\n${code}`;
    }
    if (own(entry).length === 0) return `${heading}Of \`wudun-ota\`: ${listed(entry)}.\n`;
    return heading + code;
  });
  const head = `# The public interface

What the package declares, entry by entry. Made by \`UPDATE_API=1 npx vitest run --project node node/api\` in \`tests/\`;
a test fails when it no longer says what the package declares.
`;
  const page = [head, ...sections].join("\n");
  if (process.env.UPDATE_API) await writeFile(at("docs/api.md"), page);
  expect(await readFile(at("docs/api.md"), "utf8")).toBe(page);
});

test("/slim and its subpaths have all that the default entry has, once", () => {
  const slim = ["wudun-ota/slim", "wudun-ota/slim/firmware", "wudun-ota/slim/tracker"].flatMap(declarations);
  expect(slim).toEqual(expect.arrayContaining(declarations("wudun-ota")));
  expect(new Set(slim).size).toBe(slim.length);
});

test("every type that a declaration names can be imported", () => {
  const exported = new Set([...named("wudun-ota"), ...named("wudun-ota/client")]);
  for (const [entry, { unexported }] of reports) {
    expect(
      unexported.filter((name) => !exported.has(name)),
      entry,
    ).toEqual([]);
  }
});

test("no declaration says any", async () => {
  const folder = at("pkg/dist");
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".d.ts"));
  expect(files.length).toBeGreaterThan(50);
  for (const name of files) {
    const source = ts.createSourceFile(name, await readFile(join(folder, name), "utf8"), ts.ScriptTarget.Latest);
    const visit = (node: ts.Node) => {
      expect(node.kind, `${name}: ${node.pos}`).not.toBe(ts.SyntaxKind.AnyKeyword);
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
});

test("every function has a type test", async () => {
  const folder = at("tests/types");
  const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")));
  const text = files.join("\n");
  const functions = [...reports.keys()].flatMap((entry) =>
    own(entry).flatMap((one) => /^export (?:function (\w+)|const (\w+): \()/.exec(one)?.slice(1) ?? []),
  );
  const names = functions.filter((name) => name !== undefined);
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name) => !text.includes(`expectTypeOf(${name})`))).toEqual([]);
});
