/** The connection to the broker: one client at most, and what is known of it. */
import { type Namespace, OtaError, type Text } from "wudun-ota";
import { type Client, type ClientEvent, connect } from "wudun-ota/client";
import { create } from "zustand";
import { noteEvent, showClient, showJournal, takeEvent } from "./feed";
import { openJournal, scopeOf } from "./journal";
import { clientId, type Protocol } from "./settings";
import { textOf } from "./text";

export interface ConnectRequest {
  url: string;
  namespace: Namespace;
  username: string;
  password: string;
  protocol: Protocol;
  observeOnly: boolean;
}

export interface ConnectionInfo {
  url: string;
  namespace: Namespace;
  observeOnly: boolean;
  clientId: string;
  protocolVersion: 5 | 4;
  sessionPresent?: boolean;
  since: number;
}

interface Session {
  phase: "idle" | "connecting" | "connected" | "reconnecting";
  client?: Client;
  info?: ConnectionInfo;
  /** Why the last attempt to connect, or the connection, came to nothing. */
  error?: { code?: string; text: Text };
  /** Kept here, and nowhere else, until the page is gone. */
  password: string;
  /** The broker forgot the session; said once, until dismissed by the next connection. */
  sessionLost?: Text;
  setPassword(password: string): void;
  /** The person has read the error and goes on. */
  dismissError(): void;
  open(request: ConnectRequest): Promise<void>;
  abort(): void;
  close(): Promise<void>;
}

let dialling: AbortController | undefined;

export const useSession = create<Session>((set, get) => {
  function take(event: ClientEvent): void {
    takeEvent(event);
    switch (event.type) {
      case "connected":
        noteEvent("connected");
        set(({ info }) => ({
          phase: "connected",
          ...(info
            ? { info: { ...info, protocolVersion: event.protocolVersion, sessionPresent: event.sessionPresent } }
            : {}),
        }));
        break;
      case "reconnecting":
        noteEvent("reconnecting", event.error);
        set({ phase: "reconnecting" });
        break;
      case "session-lost":
        noteEvent("session-lost", event.message);
        set({ sessionLost: event.message });
        break;
      case "warning":
        noteEvent("warning", event.message);
        break;
      case "closed":
        noteEvent("closed", event.error?.text);
        if (event.error) set({ error: { code: event.error.code, text: event.error.text } });
        break;
      case "message":
      case "attempt":
        break;
    }
  }

  async function follow(client: Client, scope: string): Promise<void> {
    for await (const event of client.events()) take(event);
    if (get().client !== client) return;
    set({ phase: "idle", client: undefined, info: undefined });
    await showJournal(scope);
  }

  return {
    phase: "idle",
    password: "",

    setPassword(password) {
      set({ password, error: undefined });
    },

    dismissError() {
      set({ error: undefined });
    },

    async open({ url, namespace, username, password, protocol, observeOnly }) {
      if (get().phase !== "idle") return;
      const abort = new AbortController();
      dialling = abort;
      set({ phase: "connecting", error: undefined, sessionLost: undefined });
      noteEvent("connecting");
      const scope = scopeOf(url, namespace);
      try {
        const client = await connect({
          url,
          namespace,
          observeOnly,
          clientId: clientId(),
          journal: openJournal(scope),
          signal: abort.signal,
          ...(username ? { username, password } : {}),
          ...(protocol === "auto" ? {} : { protocolVersion: protocol === "5" ? 5 : 4 }),
        });
        const { clientId: id, protocolVersion } = client;
        set({
          phase: "connected",
          client,
          info: { url, namespace, observeOnly, clientId: id, protocolVersion, since: Date.now() },
        });
        showClient(client);
        void follow(client, scope);
      } catch (error) {
        const text = abort.signal.aborted ? undefined : textOf(error);
        noteEvent("closed", text);
        const code = OtaError.is(error) ? { code: error.code } : {};
        set({ phase: "idle", error: text && { ...code, text } });
      }
    },

    abort() {
      dialling?.abort();
    },

    async close() {
      await get().client?.close();
    },
  };
});
