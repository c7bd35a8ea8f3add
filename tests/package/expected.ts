import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

const image = Buffer.from("firmware ".repeat(300_000));

/** What `use` of fixture/portal.mjs has to come to. */
export const EXPECTED = {
  kind: "result",
  status: "succeeded",
  version: "v2.4.0",
  md5: createHash("md5").update(image).digest("hex"),
  size: image.length,
  code: "json-syntax",
  // random digits, by the engine's own source of them
  id: "00000000-0000-0000-0000-000000000000",
};

/** A page that uses the package. */
export const PAGE = {
  "index.html": '<!doctype html><link rel="icon" href="data:,"><script type="module" src="./main.js"></script>',
  "main.js": 'import { use } from "./portal.mjs";\nglobalThis.result = use();\n',
};

/** The oldest versions, by the README's table. */
export async function stated(): Promise<Record<string, string>> {
  const page = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const rows = page.matchAll(/^\| (Chrome|Firefox|Safari|Node|TypeScript)[^|]*\| ([\d.]+) \|/gm);
  return Object.fromEntries([...rows].map(([, engine = "", version = ""]) => [engine, version]));
}
