/**
 * What stands in for `TextEncoder` and `TextDecoder` where there are none, as in the pages of jsdom. The build puts
 * these in the place of the names everywhere; wherever the platform has its own, they are its own.
 */

type Encoder = Pick<globalThis.TextEncoder, "encode" | "encodeInto">;
type Decoder = { decode(bytes?: Uint8Array): string };

class Utf8Encoder implements Encoder {
  encode(text = ""): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(text.length * 3);
    return bytes.slice(0, this.encodeInto(text, bytes).written);
  }

  encodeInto(text: string, to: Uint8Array): { read: number; written: number } {
    let read = 0;
    let written = 0;
    for (const character of text) {
      const bytes = utf8Of(character.codePointAt(0) ?? 0);
      if (written + bytes.length > to.length) break;
      to.set(bytes, written);
      written += bytes.length;
      read += character.length;
    }
    return { read, written };
  }
}

function utf8Of(point: number): number[] {
  if (point < 0x80) return [point];
  const last = 0x80 | (point & 63);
  if (point < 0x800) return [0xc0 | (point >> 6), last];
  const middle = 0x80 | ((point >> 6) & 63);
  if (point >= 0xd800 && point <= 0xdfff) return [0xef, 0xbf, 0xbd];
  if (point < 0x1_0000) return [0xe0 | (point >> 12), middle, last];
  return [0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), middle, last];
}

/** Reads what is known to be UTF-8, or a unit for every byte. */
class PlainDecoder implements Decoder {
  readonly #single: boolean;

  constructor(label = "utf-8") {
    this.#single = label === "latin1";
  }

  decode(bytes: Uint8Array = new Uint8Array()): string {
    if (this.#single) return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    return decodeURIComponent(Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""));
  }
}

export const TextEncoder: new () => Encoder = /* @__PURE__ */ chooseEncoder();
export const TextDecoder: new (label?: string, options?: TextDecoderOptions) => Decoder =
  /* @__PURE__ */ chooseDecoder();

function chooseEncoder(): new () => Encoder {
  return typeof globalThis.TextEncoder === "function" ? globalThis.TextEncoder : Utf8Encoder;
}

function chooseDecoder(): new (label?: string, options?: TextDecoderOptions) => Decoder {
  return typeof globalThis.TextDecoder === "function" ? globalThis.TextDecoder : PlainDecoder;
}
