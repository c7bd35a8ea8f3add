// The table of sizes in both READMEs.
import { readFileSync } from "node:fs";
import { inRoot } from "./paths.mjs";

/** Each README's words: the heading, and the rows in the order of `sizeRows`. */
const words = {
  "README.md": {
    head: "| minified, all exports used | raw | gzip | brotli |",
    rows: [
      "`core.wasm`",
      "`wudun-ota`, the WebAssembly in it",
      "`wudun-ota/slim`, without `core.wasm`",
      "`wudun-ota/client`, the WebAssembly in it, without MQTT.js",
    ],
  },
  "README.zh-CN.md": {
    head: "| 代码压缩（minify）后，使用全部导出 | 原始大小 | gzip | brotli |",
    rows: [
      "`core.wasm`",
      "`wudun-ota`（内含 WebAssembly）",
      "`wudun-ota/slim`（不含 `core.wasm`）",
      "`wudun-ota/client`（内含 WebAssembly，不含 MQTT.js）",
    ],
  },
};

export const readmes = Object.keys(words);

const place = /(?<=<!-- sizes: npm run sizes -->\n).*?(?=\n<!-- \/sizes -->)/s;

const whole = (size) => `${Math.round(size / 1000)} KB`;

/** The README with a table of these sizes. */
export function withTable(readme, sizes) {
  const { head, rows } = words[readme];
  const lines = rows.map((name, row) => `| ${name} | ${Object.values(sizes[row]).map(whole).join(" | ")} |`);
  const text = readFileSync(inRoot(readme), "utf8");
  if (!place.test(text)) throw new Error(`${readme} has no place for the table of sizes`);
  return text.replace(place, () => [head, "|---|---|---|---|", ...lines].join("\n"));
}

/** The sizes that the README states, in bytes, row by row. */
export function statedSizes(readme) {
  const [table = ""] = place.exec(readFileSync(inRoot(readme), "utf8")) ?? [];
  return table
    .split("\n")
    .slice(2)
    .map((line) => [...line.matchAll(/\| (\d+) KB/g)].map(([, size]) => Number(size) * 1000));
}
