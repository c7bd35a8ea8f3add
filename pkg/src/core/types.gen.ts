// Generated from the Rust types. Do not edit; `UPDATE_TYPES=1 cargo test types` rewrites this page.

/** The part of a topic before the device level. */
export type Namespace =
  | { kind: "wudun"; productKey: string }
  | { kind: "user"; tenant: string }
  | { kind: "prefix"; prefix: string };

export type Channel = "command" | "result";

export interface Topic {
  namespace: Namespace;
  device: string;
  channel: Channel;
}

export interface Text {
  en: string;
  zh: string;
}

export type Severity = "error" | "warning" | "info";

export type Code = string;

export interface Diagnostic {
  code: Code;
  severity: Severity;
  path: string;
  start?: number;
  end?: number;
  line?: number;
  column?: number;
  message: Text;
}

export type StatusName = "forbidden" | "prepared" | "prepare_failed" | "succeeded" | "rolled_back" | "rollback_failed";

export type Phase = "preparation" | "final";

export type AttemptState =
  | "unpublished"
  | "sent"
  | "prepared"
  | "forbidden"
  | "prepare_failed"
  | "succeeded"
  | "rolled_back"
  | "rollback_failed"
  | "timed_out"
  | "cancelled"
  | "not_sent"
  | "refused";

export type Verification = "verified" | "mismatched" | "unverified";

export type MatchedBy = "reply" | "mid" | "trace-id" | "subject" | "operator";

export type Disposition =
  | "advanced"
  | "recorded"
  | "duplicate"
  | "retained"
  | "suspect"
  | "ambiguous"
  | "unsolicited"
  | "wrong-subject"
  | "invalid"
  | "echo"
  | "foreign-command";

export type RefusalReason =
  | { kind: "reason-code"; code: number }
  | { kind: "connection-lost" }
  | { kind: "no-echo" }
  | { kind: "other"; text: string };

export type AlertCode =
  | "outcome-worsened"
  | "outcome-differs"
  | "prepared-then-failed"
  | "acted-after-cancel"
  | "ambiguous"
  | "wrong-subject"
  | "suspect-time"
  | "retained-command"
  | "foreign-command"
  | "invalid-result"
  | "target-differs"
  | "verification-mismatched"
  | "superseded"
  | "early-result";

export interface Alert {
  code: AlertCode;
  message: Text;
}

export interface Expected {
  version?: string;
  commit?: string;
}

export interface Snapshot {
  state: AttemptState;
  /** The ending that the device reported, also beside `timed_out` and `cancelled`. */
  outcome?: StatusName;
  verification?: Verification;
  phase1?: "reported" | "inferred";
}

export type TimelineKind =
  | "opened"
  | "sent"
  | "acknowledged"
  | "echo"
  | "no-echo"
  | "refused"
  | "result"
  | "foreign-command"
  | "timed-out"
  | "not-sent"
  | "cancelled"
  | "superseded"
  | "assigned";

export interface TimelineEntry {
  at: number;
  kind: TimelineKind;
  before: Snapshot;
  after: Snapshot;
  disposition?: Disposition;
  matchedBy?: MatchedBy;
  resultId?: number;
  status?: StatusName;
  mid?: string;
  alerts: Alert[];
  /** The entry in words. */
  text: Text;
}

export interface Change {
  attemptId: string;
  before: Snapshot;
  after: Snapshot;
  alerts: Alert[];
}

export interface Ingested {
  disposition: Disposition;
  resultId?: number;
  matchedBy?: MatchedBy;
  attemptId?: string;
  before?: Snapshot;
  after?: Snapshot;
  alerts: Alert[];
  diagnostics: Diagnostic[];
  /** Every attempt that it was recorded on. */
  attemptIds: string[];
}
