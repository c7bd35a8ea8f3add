import { expect, test } from "vitest";
import { Random } from "../support/random.js";

// As in jsdom: the names are gone before the module is loaded.
async function standIns() {
  const { TextEncoder, TextDecoder } = globalThis;
  Reflect.deleteProperty(globalThis, "TextEncoder");
  Reflect.deleteProperty(globalThis, "TextDecoder");
  try {
    return await import("../../pkg/src/core/encoding.js");
  } finally {
    Object.assign(globalThis, { TextEncoder, TextDecoder });
  }
}

test("where there is no TextEncoder, ours does the same", async () => {
  const { TextEncoder: Encoder, TextDecoder: Decoder } = await standIns();
  expect(Encoder).not.toBe(TextEncoder);
  const [ours, theirs] = [new Encoder(), new TextEncoder()];
  const random = new Random(7);
  const points = [
    0, 0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdfff, 0xe000, 0xfeff, 0xffff, 0x1_0000, 0x10_ffff,
  ];
  for (let round = 0; round < 2000; round += 1) {
    const text = Array.from({ length: random.below(12) }, () =>
      String.fromCodePoint(points[random.below(points.length)] ?? 0),
    ).join("");
    const bytes = theirs.encode(text);
    expect([...ours.encode(text)]).toEqual([...bytes]);
    const size = random.below(24);
    const [one, other] = [new Uint8Array(size), new Uint8Array(size)];
    expect(ours.encodeInto(text, one)).toEqual(theirs.encodeInto(text, other));
    expect(one).toEqual(other);
    expect(new Decoder("utf-8", { ignoreBOM: true }).decode(bytes)).toBe(
      new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes),
    );
  }
  expect(new Decoder("latin1").decode(Uint8Array.of(0x41, 0x7f, 0xe9))).toBe("A\u007f\u00e9");
});
