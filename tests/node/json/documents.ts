/** Documents to read: messages with unknown members of any kind, whole and damaged. */

import type { Kind } from "wudun-ota";
import type { Random } from "../../support/random.js";

const SPACE = ["", "", "", "", " ", "\n", "\t", "\r\n", "  "] as const;
const STRINGS = [
  '""',
  '"a"',
  '"GW-1"',
  '"固件"',
  '"😀"',
  '"é"',
  '"\\u00e9"',
  '"\\ud83d\\ude00"',
  '"\\n\\t\\"\\\\\\/\\b\\f\\r"',
  '"\u007f\u0080\u2028\ufeff\uffff"',
  '"\\u0000"',
  '"__proto__"',
] as const;
const HALVES = ['"\\uD83D"', '"\\uDE00\\uD83D"', '"a\\ud800b"'] as const;
const NUMBERS = [
  "0",
  "-0",
  "1",
  "1.0",
  "1e3",
  "1E+2",
  "-1.5e-7",
  "0.1",
  "123456789012345678901234567890",
  "1e308",
  "1e309",
  "-1e400",
  "5e-324",
  "2e-324",
  "9007199254740993",
  "0.30000000000000004",
  "1763889600000",
  "4.35",
  "2.2250738585072011e-308",
  "0.000001",
  "1e21",
  "1e-7",
  "18446744073709551616",
  "100000000000000000000000",
  "1.7976931348623157e308",
] as const;
const KEYS = [
  '"a"',
  '"b"',
  '"c"',
  '"__proto__"',
  '"constructor"',
  '"toString"',
  '"0"',
  '"-1"',
  '"键"',
  '""',
  '"\\u0061"',
  '"a/b~c"',
  '"mid"',
  '"data"',
  '"md5"',
  '"k\\n"',
  '"😀"',
  '"length"',
] as const;

const MD5 = '"9e107d9d372bb6826bd81d3542a419d6"';

function value(random: Random, depth: number): string {
  const space = () => random.pick(SPACE);
  switch (random.below(depth > 4 ? 5 : 9)) {
    case 0:
      return random.pick(["null", "true", "false"]);
    case 1:
    case 2:
      return random.pick(random.one(40) ? HALVES : STRINGS);
    case 3:
    case 4:
      return random.one(4) ? number(random) : random.pick(NUMBERS);
    case 5:
    case 6: {
      let items = "";
      for (let left = random.below(4); left > 0; left--) {
        items += `${space()}${value(random, depth + 1)}${space()}${left > 1 ? "," : ""}`;
      }
      return `[${items}]`;
    }
    default: {
      let members = "";
      for (let left = random.below(4); left > 0; left--) {
        const key = random.pick(KEYS);
        members += `${space()}${key}${space()}:${space()}${value(random, depth + 1)}${left > 1 ? "," : ""}`;
      }
      return `{${members}${space()}}`;
    }
  }
}

/** Digits at random: hard cases of rounding are found by many of them. */
function number(random: Random): string {
  let digits = random.one(2) ? "-" : "";
  digits += 1 + random.below(9);
  for (let left = random.below(24); left > 0; left--) digits += random.below(10);
  if (random.one(2)) {
    digits += ".";
    for (let left = 1 + random.below(20); left > 0; left--) digits += random.below(10);
  }
  if (random.one(2)) digits += `e${random.below(640) - 330}`;
  return digits;
}

/** A message, mostly valid, with unknown members beside and inside its data. */
export function message(random: Random, kind: Kind): string {
  const space = () => random.pick(SPACE);
  const member = (key: string, text: string) => `${space()}"${key}"${space()}:${space()}${text}${space()}`;
  const data = [];
  if (kind === "command") {
    data.push(member("source", random.one(2) ? '"ems_II"' : random.pick(STRINGS)));
    data.push(member("download_url", random.pick(['"https://h/a.bin"', '"http:\\/\\/h"', '"https://[::1]:8443/%41"'])));
    data.push(member("md5_code", random.pick([MD5, MD5.toUpperCase(), MD5.replace("9", "\\u0039")])));
  } else {
    if (random.one(2)) data.push(member("status", random.pick(["1", "2", "4.0", "6e0", "4"])));
    if (random.one(2)) data.push(member("source", random.pick(STRINGS)));
    if (random.one(3)) data.push(member("final_version", random.pick(['"2.4.0"', "null", '""', '"\\u0032"'])));
  }
  if (random.one(3)) data.push(member(`x${random.below(3)}`, value(random, 1)));
  if (random.one(6)) data.push(`${random.pick(KEYS)}:${value(random, 1)}`);
  const members = [
    member("mid", '"3f1c2b64-9d0e-4a57-8b21-6c0d5e7f8a90"'),
    member("type", random.pick(['"ota_upgrade"', '"ota_upgrade"', '"\\u006fta_upgrade"'])),
    member("device_uid", random.pick(['"GW-1"', '"GW-1"', '"\\u0047W-1"', '"固件"'])),
    member("timestamp", random.pick(["1763889600000", "1763889600000.0", "1.7638896e12", "1"])),
    member("data", `{${random.shuffle(data).join(",")}${space()}}`),
  ];
  if (random.one(3)) members.push(member("trace_id", random.pick(STRINGS)));
  if (random.one(8)) members.push(member("reply", random.pick(["null", '""', '"x"'])));
  for (let left = random.below(3); left > 0; left--) members.push(`${random.pick(KEYS)}:${value(random, 0)}`);
  return `${space()}{${random.shuffle(members).join(",")}${space()}}${space()}`;
}

/** A message with an object of many keys somewhere, of which some are alike but for an escape, a letter or their end. */
export function manyKeys(random: Random): string {
  const stems = ["", "k", "固件", "😀", "target_version", "a".repeat(random.below(40)), "__proto__"] as const;
  const few = random.one(2);
  const key = () => {
    const text = `${random.pick(stems)}${random.below(few ? 3_000 : 100_000_000)}`;
    const at = random.below(text.length);
    const unit = text.charCodeAt(at).toString(16).padStart(4, "0");
    return random.one(20) ? `"${text.slice(0, at)}\\u${unit}${text.slice(at + 1)}"` : `"${text}"`;
  };
  const count = random.one(2) ? random.below(100) : 900 + random.below(200);
  const object = `{${Array.from({ length: count }, () => `${key()}:${random.below(10)}`).join(",")}}`;
  const whole = message(random, "result");
  const inside = random.pick([object, `[1,${object},${object}]`, `{"x":${object},"y":{"z":${object}}}`]);
  return random.one(2)
    ? whole.replace("{", () => `{"many":${inside},`)
    : whole.replace("{", () => `{${object.slice(1, -1)}${count > 0 ? "," : ""}`);
}

/** Bytes that mean something to a reader of JSON or of UTF-8. */
const BYTES = [
  ...Buffer.from('{}[]:,"\\/*+-.eE0123456789utfn \n\r\t\0\u0001\u001f'),
  0x7f,
  0x80,
  0xa0,
  0xbf,
  0xc0,
  0xc2,
  0xe0,
  0xed,
  0xef,
  0xf0,
  0xf4,
  0xf5,
  0xff,
];
const PIECES = [
  ",",
  ",,",
  "//x\n",
  "/**/",
  "\ufeff",
  "\0",
  "null",
  "tru",
  "01",
  "-",
  "1.",
  ".5",
  "1e",
  "+1",
  "\\u",
  "\\ud800",
  '\\"',
  '"',
  "'",
  "NaN",
  "Infinity",
  "[[[[",
  "]]",
  "}}",
  "{}",
  '{"a":1,"a":2}',
  '"a":1,',
  "\u00a0",
  "\u2028",
  "\\x41",
  "0x1F",
  "\u000b",
  "\u000c",
].map((piece) => Buffer.from(piece)) as [Buffer, ...Buffer[]];

const MARK = Buffer.from("\ufeff");

/** `bytes` with one to three damages. */
export function damaged(random: Random, bytes: Buffer): Buffer {
  let result = bytes;
  for (let left = 1 + random.below(3); left > 0; left--) {
    const at = random.below(result.length + 1);
    switch (random.below(7)) {
      case 6:
        // At the ends, where a mark or NUL bytes may be.
        if (random.one(4)) result = Buffer.concat([MARK, result]);
        else result = Buffer.concat([result, random.pick(PIECES)]);
        break;
      case 0:
        result = Buffer.from(result);
        if (at < result.length) result[at] = BYTES[random.below(BYTES.length)] ?? 0;
        break;
      case 1:
        result = Buffer.concat([result.subarray(0, at), result.subarray(at + 1 + random.below(3))]);
        break;
      case 2:
      case 3:
        result = Buffer.concat([result.subarray(0, at), random.pick(PIECES), result.subarray(at)]);
        break;
      case 4: {
        const from = random.below(result.length + 1);
        const part = result.subarray(from, from + random.below(40));
        result = Buffer.concat([result.subarray(0, at), part, result.subarray(at)]);
        break;
      }
      default:
        result = random.one(4)
          ? result.subarray(0, at)
          : Buffer.concat([result.subarray(0, at), result.subarray(at + 1)]);
    }
  }
  return result;
}

/** Deep and wide documents, around the limits of §5. */
export function extremes(): string[] {
  const documents = [];
  for (const depth of [60, 61, 62, 63, 64, 65, 70, 500]) {
    for (const [open, close] of [
      ["[", "]"],
      ['{"a":', "}"],
    ] as const) {
      const inner = open === "[" ? "" : "1";
      documents.push(open.repeat(depth) + inner + close.repeat(depth));
      documents.push(`{"data":${open.repeat(depth)}${inner}${close.repeat(depth)}}`);
      documents.push(`{"x":[{"y":${open.repeat(depth)}${inner}${close.repeat(depth)}}]}`);
    }
  }
  for (const keys of [1023, 1024, 1025, 3000]) {
    const members = Array.from({ length: keys }, (_, index) => `"k${index}":0`).join(",");
    documents.push(`{${members}}`, `{"data":{${members}}}`, `{"x":[{${members}}]}`);
  }
  return documents;
}
