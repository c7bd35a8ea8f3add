/**
 * The form of a journal in a file, as text:
 *
 *     wudun-ota journal 1 0f1e2d3c4b5a69788796a5b4c3d2e1f0 9e107d9d372bb682
 *     5d41402abc4b2a76 [{"t":"client",…},{"t":"open",…}]
 *     7d793037a0760186 [{"t":"sent",…}]
 *
 * The first line names the form, its version, and the file by 32 random digits, which its checksum covers. Each line
 * after it is what one call of `append` wrote, so that a crash leaves all of it or nothing; a file that was put together
 * anew begins with a line for each entry, and is there as a whole or not at all. Its checksum covers the
 * file's digits, the checksum of the line before and the entries: a line that is changed, missing, moved or from
 * another journal does not fit.
 */

import type { JournalEntry } from "../client/journal.js";
import { isJournalEntry } from "../client/journal-shape.js";
import { md5, OtaError } from "../index.js";

const NAME = "wudun-ota journal";
const VERSION = 1;
const HEADER = new RegExp(`^${NAME} (\\d+) (.*)$`);
const FILE = /^([0-9a-f]{32}) ([0-9a-f]{16})$/;
const LINE = /^([0-9a-f]{16}) (\[.*\])$/s;
/** No header is longer, in bytes. */
const LONGEST_HEADER = 100;

const SUM_LENGTH = 16;
const NEWLINE = 10;

/** What the next line goes on from. */
export interface Chain {
  readonly file: string;
  /** The checksum of the line before; empty for the first. */
  readonly sum: string;
}

/** A journal as far as it could be read. */
export interface Lines {
  entries: JournalEntry[];
  chain: Chain;
  /** Bytes of header and lines. */
  size: number;
  /** Bytes at the end that are no line: a write that a crash, or the moment of reading, has cut off. */
  torn: number;
}

/** The beginning of a new file. */
export function newFile(): { chain: Chain; text: string } {
  const file = crypto.randomUUID().replaceAll("-", "");
  const chain = { file, sum: "" };
  return { chain, text: `${NAME} ${VERSION} ${file} ${sumOf(chain, "")}\n` };
}

/** Entries as the next line, and what the line after it goes on from. */
export function nextLine(chain: Chain, entries: readonly JournalEntry[]): { chain: Chain; text: string } {
  const json = JSON.stringify(entries);
  const sum = sumOf(chain, json);
  return { chain: { ...chain, sum }, text: `${sum} ${json}\n` };
}

/**
 * Reads a journal. Throws `journal-foreign` for what is none, or of a later version, and `journal-damaged` where a
 * line does not fit although another follows it.
 */
export function readLines(path: string, content: Uint8Array): Lines {
  const headerEnd = content.subarray(0, LONGEST_HEADER).indexOf(NEWLINE);
  const [, version, rest] = HEADER.exec(textOf(content.subarray(0, Math.max(0, headerEnd)))) ?? [];
  if (version === undefined || rest === undefined) throw foreign(path);
  if (Number(version) > VERSION) throw newer(path);
  if (Number(version) < VERSION) throw foreign(path);
  const [, file = "", stated] = FILE.exec(rest) ?? [];
  let chain: Chain = { file, sum: "" };
  if (stated !== sumOf(chain, "")) throw damaged(path, 1, 0);

  let size = headerEnd + 1;
  const entries: JournalEntry[] = [];
  for (let number = 2; size < content.length; number += 1) {
    const end = content.indexOf(NEWLINE, size);
    const line = end < 0 ? undefined : lineOf(content.subarray(size, end));
    if (line === undefined || sumOf(chain, line.json) !== line.sum) {
      if (laterLineFits(chain, content.subarray(size))) throw damaged(path, number, size);
      break;
    }
    const read: unknown = JSON.parse(line.json);
    if (!Array.isArray(read) || !read.every(isJournalEntry)) throw damaged(path, number, size);
    for (const entry of read) entries.push(entry);
    chain = { ...chain, sum: line.sum };
    size = end + 1;
  }
  // These are not written one by one: what they belong to was there.
  if (entries.at(-1)?.t === "chunk") throw damaged(path, entries.length + 2, size);
  return { entries, chain, size, torn: content.length - size };
}

interface Line {
  sum: string;
  json: string;
}

function lineOf(bytes: Uint8Array): Line | undefined {
  const [, sum, json] = LINE.exec(textOf(bytes)) ?? [];
  return sum === undefined || json === undefined ? undefined : { sum, json };
}

/**
 * Whether some line after the first goes on from the line before it: then the first, which does not fit, was not the
 * last to be written. A line that is damaged may have kept its checksum, or what that was made of.
 */
function laterLineFits(chain: Chain, rest: Uint8Array): boolean {
  let before = [chain];
  for (let at = 0; at < rest.length; ) {
    const end = rest.indexOf(NEWLINE, at);
    if (end < 0) return false;
    const bytes = rest.subarray(at, end);
    const line = lineOf(bytes);
    const made = line === undefined ? [] : before.map((link) => sumOf(link, line.json));
    if (line !== undefined && made.includes(line.sum)) return true;
    const sums = [textOf(bytes.subarray(0, SUM_LENGTH)), ...made.slice(0, 1)];
    before = sums.map((sum) => ({ ...chain, sum }));
    at = end + 1;
  }
  return false;
}

function sumOf({ file, sum }: Chain, json: string): string {
  return md5(new TextEncoder().encode(`${file} ${sum} ${json}`)).slice(0, SUM_LENGTH);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

function foreign(path: string): OtaError {
  return new OtaError("journal-foreign", {
    en: `${path} is no journal of wudun-ota`,
    zh: `${path} 不是 wudun-ota 的日志`,
  });
}

function newer(path: string): OtaError {
  return new OtaError("journal-foreign", {
    en: `${path} was written by a newer version of wudun-ota`,
    zh: `${path} 由更新版本的 wudun-ota 写入`,
  });
}

function damaged(path: string, line: number, offset: number): OtaError {
  return new OtaError("journal-damaged", {
    en: `${path} is damaged: line ${line}, at byte ${offset}, is not what was written`,
    zh: `${path} 已损坏：第 ${line} 行（字节偏移 ${offset}）与写入的内容不符`,
  });
}
