/** The lists that md5sum writes. */

export interface Listed {
  file: string;
  /** In lower case. */
  md5: string;
}

/** A line of `md5sum`, which marks a name that needs escapes by a leading backslash. */
export function md5sumLine(md5: string, file: string): string {
  if (!/[\\\n\r]/.test(file)) return `${md5}  ${file}`;
  const escaped = file.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `\\${md5}  ${escaped}`;
}

/** Reads what `md5sum` or `md5sum --tag` has written; `bad` counts the lines that are neither. */
export function readMd5List(text: string): { listed: Listed[]; bad: number } {
  const listed: Listed[] = [];
  let bad = 0;
  for (const line of text.replace(/^\ufeff/, "").split(/\r?\n/)) {
    if (line === "" || line.startsWith("#")) continue;
    const [, plainMark, plainMd5, plainName] = /^(\\?)([0-9a-fA-F]{32}) [ *](.+)$/.exec(line) ?? [];
    const [, tagMark, tagName, tagMd5] = /^(\\?)MD5 \((.+)\) = ([0-9a-fA-F]{32})$/.exec(line) ?? [];
    const mark = plainMark ?? tagMark;
    const md5 = plainMd5 ?? tagMd5;
    const name = plainName ?? tagName;
    const file = name !== undefined && mark === "\\" ? unescaped(name) : name;
    if (md5 === undefined || file === undefined) bad += 1;
    else listed.push({ file, md5: md5.toLowerCase() });
  }
  return { listed, bad };
}

/** `undefined` for an escape that md5sum does not write. */
function unescaped(name: string): string | undefined {
  const characters: Record<string, string> = { "\\\\": "\\", "\\n": "\n", "\\r": "\r" };
  if (/\\(?![\\nr])/.test(name.replaceAll("\\\\", ""))) return undefined;
  return name.replace(/\\[\\nr]/g, (pair) => characters[pair] ?? pair);
}
