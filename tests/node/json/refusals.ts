/** Which of the refusals of §5 a document calls for, found independently of the core. */

const MAX_DEPTH = 64;
const MAX_KEYS = 1_024;

/** `text` is what `JSON.parse` accepts: strings, brackets, commas and colons are all there is to look at. */
export function refusalsOf(text: string): Set<string> {
  const found = new Set<string>();
  /** For each object that is open, its keys; for each array, nothing. */
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case "{":
      case "[":
        open.push(text[at] === "{" ? new Set() : undefined);
        if (open.length > MAX_DEPTH) found.add("json-too-deep");
        break;
      case "}":
      case "]":
        open.pop();
        break;
      case '"': {
        const start = at;
        for (at += 1; text[at] !== '"'; at++) if (text[at] === "\\") at++;
        const raw = text.slice(start, at + 1);
        const content: string = raw.includes("\\") ? JSON.parse(raw) : raw.slice(1, -1);
        if (/\p{Surrogate}/u.test(content)) found.add("json-unpaired-surrogate");
        const keys = open.at(-1);
        if (keys !== undefined && isKey(text, at + 1)) {
          if (keys.has(content)) found.add("json-duplicate-key");
          keys.add(content);
          if (keys.size > MAX_KEYS) found.add("json-too-many-keys");
        }
      }
    }
  }
  return found;
}

function isKey(text: string, after: number): boolean {
  let at = after;
  while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t") at++;
  return text[at] === ":";
}
