import { OtaError, type Text } from "wudun-ota";

/** What an error says, in both languages where it can. */
export function textOf(error: unknown): Text {
  if (OtaError.is(error)) return error.text;
  const words = error instanceof Error ? error.message : String(error);
  return { en: words, zh: words };
}
