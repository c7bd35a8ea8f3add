/** Values that a schema is asked about: messages of which some members are changed. */

import type { Kind } from "wudun-ota";
import type { Random } from "../../support/random.js";

type Pool = readonly [unknown, ...unknown[]];

/** Of the wrong type nearly everywhere. */
const ODD: Pool = [null, true, false, 0, 1, -1, 1.5, 1e300, "", " ", [], {}, ["a"], { a: 1 }, [[]], undefined];
const HEX = "0123456789abcdefABCDEF";

function hex(random: Random, length: number): string {
  let text = "";
  for (let left = length; left > 0; left--) text += HEX[random.below(HEX.length)];
  return text;
}

/** `text` with one character changed, lost or put in, half of the time. */
function nearly(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  const put = random.pick([
    "",
    "g",
    "-",
    ":",
    "/",
    "%",
    "0",
    "[",
    "]",
    ".",
    "\n",
    " ",
    "é",
    "@",
    "?",
    "#",
    "\\",
    "::",
    "%00",
    "%41",
  ]);
  return random.one(2) ? text : text.slice(0, at) + put + text.slice(at + random.below(2));
}

const mid = (random: Random) => nearly(random, [8, 4, 4, 4, 12].map((length) => hex(random, length)).join("-"));

const LEVELS: Pool = [
  "GW-1",
  "固件",
  "😀",
  " ",
  "a b",
  "a\u00a0b",
  "a/b",
  "+",
  "#",
  "a+",
  "\u0000",
  "a\u001f",
  "\u007f",
  "\u009f",
  "\u00a0",
  "\ufdcf",
  "\ufdd0",
  "\ufdef",
  "\ufdf0",
  "\ufffd",
  "\ufffe",
  "\uffff",
  "\u{1fffd}",
  "\u{1fffe}",
  "\u{1ffff}",
  "\u{10fffd}",
  "\u{10ffff}",
  "$a",
  "\u2028",
  "a\nb",
  "\ufeff",
];
const TEXTS: Pool = ["t", "固件", "\u0000", "\u2028", "a\nb", "\uffff", "x".repeat(300)];
const TIMES: Pool = [
  1763889600000,
  1,
  0,
  -1,
  0.5,
  1.5,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 53 + 2,
  1e15,
  1e16,
  1e300,
  -0,
  "1763889600000",
  1763889600000.5,
];
const STATUSES: Pool = [1, 2, 3, 4, 5, 6, 0, 7, -1, 1.5, "1", "succeeded", 256, 258, 1e10];

function ipv6(random: Random): string {
  const group = () => hex(random, 1 + random.below(5));
  const groups = Array.from({ length: random.below(9) }, group);
  if (random.one(4)) groups.push(random.pick(["1.2.3.4", "255.255.255.255", "256.1.1.1", "01.2.3.4", "1.2.3"]));
  if (random.one(3)) return groups.join(":");
  const at = random.below(groups.length + 1);
  return `${groups.slice(0, at).join(":")}::${groups.slice(at).join(":")}`;
}

function url(random: Random): string {
  const scheme = random.pick(["https", "http", "HTTPS", "hTtP", "ftp", "file", "httpss", "", "https+x"]);
  const user = random.pick(["", "", "", "u@", "u:p@", ":@", "@", "a@b@", "u%20:%zz@"]);
  const host = random.one(3)
    ? `[${ipv6(random)}]`
    : random.pick([
        "files.example",
        "a_b~!$&'()*+,;=-",
        "1.2.3.4",
        "256.1.1.1",
        "",
        "h%20",
        "h%00",
        "h%0",
        "é",
        "h h",
        "127.1",
        "[v1.a]",
        "[fe80::1%25eth0]",
        "localhost",
        "a.",
        "[::1]x",
        "xn--a",
      ]);
  const port = random.pick([
    "",
    "",
    "",
    ":1",
    ":80",
    ":00080",
    ":0",
    ":00000",
    ":65535",
    ":65536",
    ":99999",
    ":000001",
    ":",
    ":x",
    ":59999",
    ":60000",
    ":65529",
    ":6553",
  ]);
  const path = random.pick([
    "",
    "/",
    "/a",
    "//a",
    "/a/../b;x=1",
    "/%E5%9B%BA",
    "/%",
    "/%2",
    "/%00",
    "/%2500",
    "/a b",
    "/[1]",
    "/é",
    "/|",
    '/"',
    "/a@b:c",
  ]);
  const query = random.pick(["", "", "?", "?a=1&b=/?", "?%zz", "?[", "?é", "??"]);
  const fragment = random.pick(["", "", "", "#", "#a"]);
  const separator = random.pick(["://", "://", "://", "://", ":", ":/", "//"]);
  return nearly(random, nearly(random, `${scheme}${separator}${user}${host}${port}${path}${query}${fragment}`));
}

/** What a field may be given, by its name; of the right kind in most cases. */
const FIELDS: Record<string, (random: Random) => unknown> = {
  mid,
  reply: mid,
  type: (random) => random.pick(["ota_upgrade", "OTA_UPGRADE", "ota_upgrade ", "", "x"]),
  device_uid: (random) => random.pick(LEVELS),
  sub_device_uid: (random) => random.pick(LEVELS),
  timestamp: (random) => random.pick(TIMES),
  trace_id: (random) => random.pick(TEXTS),
  source: (random) => random.pick(TEXTS),
  download_url: url,
  md5_code: (random) => nearly(random, hex(random, 32)),
  status: (random) => random.pick(STATUSES),
};
const DATA = {
  command: ["source", "download_url", "md5_code"],
  result: ["source", "version", "target_version", "target_commit_sha", "final_version", "final_commit_sha", "status"],
} as const;
const ENVELOPE = ["mid", "type", "device_uid", "sub_device_uid", "timestamp", "trace_id", "reply"] as const;
const UNKNOWN = ["x", "deviceUid", "", "constructor", "toString", "键"] as const;

function valid(kind: Kind): { [name: string]: unknown; data: unknown } {
  const data: Record<string, unknown> =
    kind === "command"
      ? { source: "ems_II", download_url: "https://files.example/a.bin", md5_code: "0123456789abcdef0123456789abcdef" }
      : { source: "ems_II", final_version: "2.4.0", status: 4 };
  return {
    mid: "3f1c2b64-9d0e-4a57-8b21-6c0d5e7f8a90",
    type: "ota_upgrade",
    device_uid: "GW-1",
    timestamp: 1763889600000,
    data,
  };
}

/** A message with up to three members changed, removed or added; seldom something else altogether. */
export function value(random: Random, kind: Kind): unknown {
  if (random.one(500)) return random.pick(ODD) ?? null;
  const message = valid(kind);
  const { data } = message;
  for (let left = random.below(4); left > 0; left--) {
    const inData = random.one(2);
    const object = inData && typeof data === "object" && data !== null ? (data as Record<string, unknown>) : message;
    const name = random.pick(inData ? DATA[kind] : ENVELOPE);
    const odd = random.one(5);
    const change = random.below(12);
    if (change === 0) delete object[name];
    else if (change === 1) object[random.pick(UNKNOWN)] = random.pick(ODD);
    else object[name] = odd ? random.pick(ODD) : (FIELDS[name] ?? ((random) => random.pick(TEXTS)))(random);
  }
  if (random.one(60)) message.data = random.pick(ODD);
  return message;
}
