/** The public types of `wudun-ota/client`. All times are Unix milliseconds. */

import type {
  Attempt,
  CommandMessage,
  Expected,
  Ingested,
  Namespace,
  Text,
  TimelineEntry,
  Tracker,
  TrackerOptions,
} from "../core/types.js";
import type { OtaError } from "../index.js";
import type { Journal } from "./journal.js";

/** 4 is MQTT 3.1.1. */
export type ProtocolVersion = 5 | 4;

/** TLS settings for `wss` and `mqtts` outside browsers; PEM text. */
export interface TlsOptions {
  /** Certificate authorities to trust instead of the well-known ones. */
  ca?: string;
  /** The client's certificate. */
  cert?: string;
  /** The key of `cert`. */
  key?: string;
  passphrase?: string;
  /** `false` accepts any certificate: for tests only. */
  rejectUnauthorized?: boolean;
}

/** Where to connect, as whom, and what to watch. */
export interface ConnectOptions {
  /** `ws:` or `wss:` everywhere, `mqtt:` or `mqtts:` outside browsers. Credentials in it are used and never shown. */
  url: string;
  username?: string;
  password?: string;
  namespace: Namespace;
  /** Watch these devices; all of the namespace unless given. */
  devices?: string[];
  /** Stable, one per running client. Made up unless given here or found in the journal. */
  clientId?: string;
  /** 5, with 3.1.1 (`4`) where the broker refuses 5; a value given here is the only one tried. */
  protocolVersion?: ProtocolVersion;
  tls?: TlsOptions;
  /** Never publish. */
  observeOnly?: boolean;
  deadlines?: TrackerOptions;
  /** Where to keep what happened, so that another client can pick it up. */
  journal?: Journal;
  /** Gives up connecting, and later closes the client. */
  signal?: AbortSignal;
  /** 15,000 unless given. */
  connectTimeoutMs?: number;
}

/** What a client knows of its attempts. */
export type Attempts = Pick<Tracker, "attempt" | "page" | "explain" | "counts" | "log" | "nextDeadline">;

/** One upgrade of one device: the fields of its command, and what should run in the end. */
export interface UpgradeRequest {
  device: string;
  /** The first-level device, only when a second-level device acts for it. */
  subDevice?: string;
  /** The update target, such as `ems_II`. */
  source: string;
  downloadUrl: string;
  md5: string;
  traceId?: string;
  mid?: string;
  /** The command's own time; now unless given. For a command that was shown before it is sent. */
  timestamp?: number;
  /** What the device is expected to report at the end; without it, no success is ever `verified`. */
  expected?: Expected;
  /** Give up on an earlier attempt at the same target that the device has not ended. The device may still act on it. */
  supersede?: boolean;
}

/** A new entry on the timeline of an upgrade, with the attempt as it then is. */
export interface UpgradeEvent {
  /** The attempt as it stands now. */
  attempt: Attempt;
  entry: TimelineEntry;
}

/** One upgrade attempt. Each iteration gives every event from the opening on, and ends when the attempt is closed. */
export interface Upgrade extends AsyncIterable<UpgradeEvent> {
  /** The `mid` of the command. */
  readonly id: string;
  readonly command: CommandMessage;
  /** The command topic. */
  readonly topic: string;
  /** The attempt at its first ending; still open when the client was closed before. Never rejects. */
  readonly outcome: Promise<Attempt>;
}

/** Everything that a client sees and does. */
export type ClientEvent =
  | { type: "connected"; protocolVersion: ProtocolVersion; sessionPresent: boolean }
  | { type: "reconnecting"; error?: Text }
  | { type: "session-lost"; message: Text }
  | { type: "message"; topic: string; payload: Uint8Array; retained: boolean; at: number; decoded: Ingested }
  | { type: "attempt"; attempt: Attempt; entry: TimelineEntry }
  | { type: "warning"; message: Text }
  | { type: "closed"; error?: OtaError };

/** A connection to a broker, and the upgrades followed over it. */
export interface Client {
  readonly clientId: string;
  readonly protocolVersion: ProtocolVersion;
  readonly state: "connected" | "reconnecting" | "closed";
  readonly attempts: Attempts;
  /**
   * Sends a command. Nothing is sent unless there is a live connection, the results are subscribed to and the
   * journal has the attempt. Throws `not-connected`, `observe-only`, `closed`, `subscribe-refused`,
   * `journal-failed`, and what `buildCommand` and `Tracker.open` throw.
   */
  upgrade(request: UpgradeRequest): Promise<Upgrade>;
  /** An attempt by its id, also one restored from the journal. Throws `attempt-unknown`. */
  follow(id: string): Upgrade;
  /** Stops waiting for an attempt. The protocol has no cancel message: the device may still act. */
  cancel(id: string): Promise<void>;
  /** Says to which attempt a held-back result belongs. */
  assign(resultId: number, id: string): Promise<Ingested>;
  forget(id: string): Promise<void>;
  /** Everything that happens. A reader that does not keep up loses the oldest events, and is told so. */
  events(): AsyncIterable<ClientEvent>;
  /** Ends the connection and every iteration; leaves nothing running. */
  close(): Promise<void>;
}
