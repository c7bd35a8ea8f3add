import type { Text } from "wudun-ota";
import { useSettings } from "../store/settings";
import { en, type Messages } from "./en";
import { zh } from "./zh";

export type { Messages } from "./en";
export type Language = "en" | "zh-CN";

const tables: Record<Language, Messages> = { en, "zh-CN": zh };

/** The console's texts in the chosen language. */
export function useMessages(): Messages {
  return tables[useSettings((settings) => settings.language)];
}

/** A text of the console in both languages, like those of the package. */
export const bothOf = (pick: (messages: Messages) => string): Text => ({ en: pick(en), zh: pick(zh) });

/** Picks from a text of the package, which comes in both languages. */
export function useText(): (text: Text) => string {
  const chinese = useSettings((settings) => settings.language) === "zh-CN";
  return (text) => (chinese ? text.zh : text.en);
}
