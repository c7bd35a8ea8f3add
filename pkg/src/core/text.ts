/** JavaScript strings on their way to Rust. A JavaScript string may hold unpaired surrogates, UTF-8 may not. */

const encoder = /* @__PURE__ */ new TextEncoder();
// Not `\p{Surrogate}`, which takes engines a while to look up. Under `u` a pair is one character.
const unpairedSurrogate = /[\ud800-\udfff]/u;

export function isWellFormed(text: string): boolean {
  return !unpairedSurrogate.test(text);
}

/** UTF-8; an unpaired surrogate becomes three bytes as well (generalised UTF-8, "WTF-8"). */
export function toBytes(text: string): Uint8Array {
  return isWellFormed(text) ? encoder.encode(text) : toWtf8(text);
}

/** How many bytes `toBytes` gives. */
export function sizeOf(text: string): number {
  let size = 0;
  for (let at = 0; at < text.length; at++) {
    const point = text.codePointAt(at) ?? 0;
    if (point > 0xffff) at++;
    size += point > 0xffff ? 4 : point > 0x7ff ? 3 : point > 0x7f ? 2 : 1;
  }
  return size;
}

function toWtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  const follow = (bits: number) => {
    bytes[length++] = 0x80 | (bits & 0x3f);
  };
  for (let at = 0; at < text.length; at++) {
    const point = text.codePointAt(at) ?? 0;
    if (point < 0x80) {
      bytes[length++] = point;
    } else if (point < 0x800) {
      bytes[length++] = 0xc0 | (point >> 6);
      follow(point);
    } else if (point < 0x10000) {
      bytes[length++] = 0xe0 | (point >> 12);
      follow(point >> 6);
      follow(point);
    } else {
      at++;
      bytes[length++] = 0xf0 | (point >> 18);
      follow(point >> 12);
      follow(point >> 6);
      follow(point);
    }
  }
  return bytes.slice(0, length);
}
