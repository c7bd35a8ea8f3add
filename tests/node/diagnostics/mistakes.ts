/** Mistakes that people and devices make. Each changes a message that is right. */

import type { DecodeOptions } from "wudun-ota";

export const NOW = 1_763_889_600_000;

const COMMAND = `{
  "mid": "3f1c2b64-9d0e-4a57-8b21-6c0d5e7f8a90",
  "type": "ota_upgrade",
  "device_uid": "GW-1",
  "timestamp": 1763889600000,
  "data": {
    "source": "ems_II",
    "download_url": "https://files.example/ems.bin",
    "md5_code": "9e107d9d372bb6826bd81d3542a419d6"
  }
}`;
const RESULT = `{
  "mid": "b9a0a6f2-51c8-4a35-9a05-0e8a3f1d7c11",
  "type": "ota_upgrade",
  "device_uid": "GW-1",
  "timestamp": 1763889600000,
  "data": { "source": "ems_II", "final_version": "2.4.0", "status": 4 }
}`;
const TOPIC = "v1/wudun/KEY/GW-1/ota/upgrade/";

export interface Mistake {
  name: string;
  payload: string | Uint8Array;
  options: DecodeOptions;
}

function changed(base: string, from: string, to: string): string {
  if (base.split(from).length !== 2) throw new Error(`not once in the message: ${from}`);
  return base.replace(from, () => to);
}

const inCommand = (name: string, from: string, to: string, options: DecodeOptions = {}): Mistake => ({
  name,
  payload: changed(COMMAND, from, to),
  options: { topic: `${TOPIC}command`, now: NOW, ...options },
});
const inResult = (name: string, from: string, to: string, options: DecodeOptions = {}): Mistake => ({
  name,
  payload: changed(RESULT, from, to),
  options: { topic: `${TOPIC}result`, now: NOW, ...options },
});
const whole = (name: string, payload: string | Uint8Array, options: DecodeOptions = {}): Mistake => ({
  name,
  payload,
  options: { kind: "result", now: NOW, ...options },
});
const url = (name: string, to: string): Mistake => inCommand(name, "https://files.example/ems.bin", to);
const md5 = (name: string, to: string): Mistake => inCommand(name, "9e107d9d372bb6826bd81d3542a419d6", to);
const mid = (name: string, to: string): Mistake => inCommand(name, "3f1c2b64-9d0e-4a57-8b21-6c0d5e7f8a90", to);
const time = (name: string, to: string): Mistake => inResult(name, "1763889600000", to);
const status = (name: string, to: string): Mistake => inResult(name, '"status": 4', `"status": ${to}`);
const bytes = (text: string, ...more: number[]) => Uint8Array.from([...Buffer.from(text), ...more]);

export const MISTAKES: Mistake[] = [
  inCommand("a comma after the last member", '6"\n', '6",\n'),
  inCommand("the same, read leniently", '6"\n', '6",\n', { lenient: true }),
  inResult("a comma after the last item of an array", '"data"', '"x": [1, 2, ], "data"'),
  inCommand("a missing comma between lines", '"ems_II",', '"ems_II"'),
  inResult("a comma too many", '"status": 4', '"status": 4,, "x": 1'),
  inResult("single quotes", '"GW-1"', "'GW-1'"),
  inResult("a key in single quotes", '"mid"', "'mid'"),
  inResult("a key without quotes", '"mid"', "mid"),
  inResult("typographic quotes", '"GW-1"', "“GW-1”"),
  inResult("a full-width colon", '"type":', '"type"：'),
  inResult("text without quotes", '"GW-1"', "GW"),
  inResult("Python's True", '"status": 4', '"ok": True'),
  inResult("Python's None", '"status": 4', '"x": None'),
  inResult("NaN", '"status": 4', '"x": NaN'),
  inResult("a number with a leading zero", '"status": 4', '"status": 04'),
  inResult("a number with a plus sign", '"status": 4', '"status": +4'),
  inResult("a number without a digit before the point", '"status": 4', '"x": .5'),
  inResult("a hexadecimal number", '"status": 4', '"x": 0x1F'),
  inResult("an equals sign for a colon", '"status": 4', '"status" = 4'),
  inResult("a string that does not end on its line", '"GW-1",', '"GW-1,'),
  inResult("a backslash that escapes nothing", '"GW-1"', '"C:\\GW-1"'),
  inResult("half an escape", '"GW-1"', '"\\u12"'),
  inResult("a comment", '"status": 4', '"status": 4 // done\n '),
  inResult("a comment that does not end", '"status": 4', '"status": 4 /* done'),
  inResult("a key that occurs twice", '"status": 4', '"status": 4, "status": 5'),
  inResult("half of a surrogate pair", '"2.4.0"', '"2.4.0 \\ud83d"'),
  whole("nothing", ""),
  whole("only white space", " \n "),
  whole("a payload that was cut off", RESULT.slice(0, 150)),
  whole("two documents", `{"mid": 1}{"mid": 2}`),
  whole("a bracket too many", "{}}"),
  whole("a byte order mark", bytes("\ufeff{}")),
  whole("NUL bytes at the end", bytes(RESULT, 0, 0, 0)),
  whole("GBK instead of UTF-8", bytes('{"device_uid": "', 0xcd, 0xf8, 0xb9, 0xd8)),
  whole("UTF-16 instead of UTF-8", Buffer.from('{"a":1}', "utf16le")),
  whole("an array of messages", '[{"mid": "x"}]'),
  whole("a number", "5"),
  whole("JSON inside a string", JSON.stringify(RESULT)),
  whole("nested too deeply", `{"x": ${"[".repeat(70)}`),
  whole("larger than the limit", RESULT, { maxBytes: 100 }),
  whole("an empty object", "{}"),
  inCommand("a misspelt field", '"device_uid"', '"device_id"'),
  inCommand("a field in camel case", '"download_url"', '"downloadUrl"'),
  inCommand("a field under a shorter name", '"md5_code"', '"md5"'),
  inResult("a misspelt optional field", '"final_version"', '"finel_version"'),
  inResult("a field beside its object", '"data": { "source": "ems_II",', '"source": "ems_II", "data": {'),
  inResult("a field inside the wrong object", '"status": 4', '"status": 4, "trace_id": "t-1"'),
  inResult("data as text", '{ "source": "ems_II", "final_version": "2.4.0", "status": 4 }', '"{\\"status\\": 4}"'),
  mid("a mid without hyphens", "3f1c2b649d0e4a578b216c0d5e7f8a90"),
  mid("a mid in braces", "{3f1c2b64-9d0e-4a57-8b21-6c0d5e7f8a90}"),
  mid("a mid with its scheme", "urn:uuid:3f1c2b64-9d0e-4a57-8b21-6c0d5e7f8a90"),
  mid("a mid with a space", "3f1c2b64-9d0e-4a57-8b21-6c0d5e7f8a90 "),
  mid("an empty mid", ""),
  mid("a mid that is no UUID", "42"),
  inCommand("a type in the wrong case", "ota_upgrade", "OTA-Upgrade"),
  inCommand("another type", "ota_upgrade", "ota_status"),
  inCommand("an empty type", "ota_upgrade", ""),
  inCommand("the device of another topic", "GW-1", "GW-2"),
  inCommand("a device in another case", "GW-1", "gw-1"),
  inCommand("an empty device", "GW-1", ""),
  inCommand("a device with a slash", "GW-1", "site/GW-1"),
  inCommand("a device that is a number", '"GW-1"', "17"),
  inResult("an empty optional field", '"2.4.0"', '""'),
  time("seconds", "1763889600"),
  time("microseconds", "1763889600000000"),
  time("nanoseconds", "1763889600000000000"),
  time("a clock that is ahead", "1763890800000"),
  time("zero", "0"),
  time("a timestamp in quotes", '"1763889600000"'),
  time("a date", '"2026-11-23T10:00:00Z"'),
  time("a fraction", "1763889600.5"),
  status("a status in quotes", '"4"'),
  status("a status by its name", '"succeeded"'),
  status("a status by the vendor's term", '"更新成功"'),
  status("an unknown status", "7"),
  status("no status", "null"),
  inResult("a reply that is no UUID", '"data"', '"reply": "7", "data"'),
  inCommand("an empty source", "ems_II", ""),
  url("an empty URL", ""),
  url("a URL without scheme", "files.example/ems.bin"),
  url("http", "http://files.example/ems.bin"),
  url("a misspelt scheme", "htps://files.example/ems.bin"),
  url("another scheme", "ftp://files.example/ems.bin"),
  url("a URL with a space", "https://files.example/ems II.bin"),
  url("a URL with a space at its end", "https://files.example/ems.bin "),
  url("a URL with Chinese characters", "https://files.example/固件.bin"),
  url("a host with Chinese characters", "https://固件.example/ems.bin"),
  url("backslashes", "https:\\\\\\\\files.example\\\\ems.bin"),
  url("a percent sign", "https://files.example/100%.bin"),
  url("a fragment", "https://files.example/ems#2.bin"),
  url("a colon without port", "https://files.example:/ems.bin"),
  url("a port that does not exist", "https://files.example:70000/ems.bin"),
  url("no host", "https:///ems.bin"),
  url("an IPv6 address with a zone", "https://[fe80::1%25eth0]/ems.bin"),
  url("this machine", "https://localhost:8443/ems.bin"),
  url("a number for a host", "https://3232235777/ems.bin"),
  url("user and password", "https://admin:secret@files.example/ems.bin"),
  url("a very long URL", `https://files.example/${"a".repeat(2_100)}`),
  md5("an empty MD5", ""),
  md5("SHA-256 instead of MD5", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
  md5("SHA-1 instead of MD5", "a9993e364706816aba3e25717850c26c9cd0d89d"),
  md5("an MD5 in Base64", "nhB9nTcrtoJr2B01QqQZ1g=="),
  md5("an MD5 with colons", "9e:10:7d:9d:37:2b:b6:82:6b:d8:1d:35:42:a4:19:d6"),
  md5("an MD5 that lacks a digit", "9e107d9d372bb6826bd81d3542a419d"),
  md5("the MD5 of nothing", "d41d8cd98f00b204e9800998ecf8427e"),
  whole("a command on the result topic", COMMAND, { kind: "command", topic: `${TOPIC}result` }),
  whole("no topic and no kind", RESULT, { kind: undefined }),
  whole("a topic with a slash at its end", RESULT, { kind: undefined, topic: `${TOPIC}result/` }),
  whole("a topic with a misspelt channel", RESULT, { kind: undefined, topic: `${TOPIC}results` }),
  whole("a subscription for a topic", RESULT, { kind: undefined, topic: `${TOPIC}#` }),
  whole("an empty topic", RESULT, { kind: undefined, topic: "" }),
  whole("a wildcard in the topic", RESULT, { kind: undefined, topic: "v1/wudun/KEY/+/ota/upgrade/result" }),
  whole("everything on one long line", JSON.stringify({ ...JSON.parse(RESULT), x: "y".repeat(200), device_uid: "" })),
  inResult("a place behind tabs and wide characters", '"status": 4', '\t"备注": "升级完成😀",\t"status":\t"4"'),
  inResult("lines that end as on Windows", ',\n  "type": "ota_upgrade",\n', ',\r\n  "type": "x",\r\n'),
];
