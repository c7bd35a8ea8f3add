import { createHash } from "node:crypto";
import { createContext, runInContext } from "node:vm";
import { expect, test } from "vitest";
import { buildResult, check, createMd5, decode, encode, hashFirmware, md5, safeDecode } from "wudun-ota";

/** A realm as jsdom or a frame is one: with constructors of its own. */
const realm = createContext({});

function elsewhere(text: string): Uint8Array {
  const bytes: Uint8Array = runInContext(`Uint8Array.from(${JSON.stringify([...Buffer.from(text)])})`, realm);
  expect(bytes instanceof Uint8Array).toBe(false);
  return bytes;
}

const digest = createHash("md5").update("firmware").digest("hex");

test("bytes of another realm are bytes", async () => {
  const { message } = buildResult({ device: "gw-1", status: "succeeded" });
  const payload = elsewhere(encode(message));
  expect(decode(payload)).toMatchObject({ kind: "result", message });
  expect(check(payload)).toBe(true);
  expect(safeDecode(elsewhere("x".repeat(70_000)))).toMatchObject({ ok: false, error: { code: "json-too-large" } });
  const image = elsewhere("firmware");
  expect(md5(image)).toBe(digest);
  expect(createMd5().update(image.buffer).digest()).toBe(digest);
  expect(await hashFirmware(image)).toMatchObject({ md5: digest });
});

test("what is no bytes is refused in any realm", () => {
  for (const source of ["new Uint16Array(4)", "({ length: 4, [Symbol.toStringTag]: 'Uint8Array' })", "[1, 2]"]) {
    expect(() => decode(runInContext(source, realm))).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  }
});
