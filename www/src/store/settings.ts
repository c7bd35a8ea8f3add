/** What the browser remembers between visits. Passwords are never part of it. */
import type { Namespace } from "wudun-ota";
import { create } from "zustand";
import { persist } from "zustand/middleware";
import type { Language } from "../i18n";

export type Theme = "system" | "light" | "dark";

/** What to speak: `auto` is MQTT 5, with 3.1.1 where the broker refuses it. */
export type Protocol = "auto" | "5" | "4";

export interface ConnectionSettings {
  url: string;
  kind: Namespace["kind"];
  productKey: string;
  tenant: string;
  prefix: string;
  username: string;
  protocol: Protocol;
  observeOnly: boolean;
}

interface Settings {
  language: Language;
  theme: Theme;
  connection: ConnectionSettings;
  setLanguage(language: Language): void;
  setTheme(theme: Theme): void;
  setConnection(change: Partial<ConnectionSettings>): void;
}

export const useSettings = create<Settings>()(
  persist(
    (set) => ({
      language: navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en",
      theme: "system",
      connection: {
        url: "",
        kind: "wudun",
        productKey: "",
        tenant: "",
        prefix: "",
        username: "",
        protocol: "auto",
        observeOnly: false,
      },
      setLanguage: (language) => set({ language }),
      setTheme: (theme) => set({ theme }),
      setConnection: (change) => set((now) => ({ connection: { ...now.connection, ...change } })),
    }),
    {
      name: "wudun-ota.settings",
      partialize: ({ language, theme, connection }) => ({ language, theme, connection }),
      // What an earlier version remembered may lack what this one knows.
      merge: (remembered, now) => {
        const known = remembered as Partial<Settings> | undefined;
        return { ...now, ...known, connection: { ...now.connection, ...known?.connection } };
      },
    },
  ),
);

/** The namespace that the form describes. */
export function namespaceOf(settings: ConnectionSettings): Namespace {
  switch (settings.kind) {
    case "wudun":
      return { kind: "wudun", productKey: settings.productKey };
    case "user":
      return { kind: "user", tenant: settings.tenant };
    case "prefix":
      return { kind: "prefix", prefix: settings.prefix };
  }
}

/** One client id for each browser profile, so that the broker recognises the session. */
export function clientId(): string {
  const key = "wudun-ota.client-id";
  const known = localStorage.getItem(key);
  if (known) return known;
  const random = crypto.getRandomValues(new Uint8Array(8));
  const id = `wudun-ota-console-${Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  localStorage.setItem(key, id);
  return id;
}
