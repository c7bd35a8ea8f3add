/** Where an upgrade stands on its way, as three marks: sent, prepared, ending. */
import type { AttemptRow } from "wudun-ota";

export type Mark =
  | "done"
  | "inferred"
  | "waiting"
  | "future"
  | "off"
  | "verified"
  | "unverified"
  | "mismatched"
  | "refused"
  | "rolled-back"
  | "failed"
  | "timed-out"
  | "cancelled";

export type Stages = readonly [sent: Mark, prepared: Mark, final: Mark];

type Staged = Pick<AttemptRow, "state" | "verification" | "phase1" | "sentAt" | "preparedAt">;

export function stagesOf(attempt: Staged): Stages {
  const prepared: Mark = attempt.phase1 === "inferred" ? "inferred" : "done";
  switch (attempt.state) {
    case "unpublished":
      return ["waiting", "future", "future"];
    case "not_sent":
    case "refused":
      return ["failed", "off", "off"];
    case "sent":
      return ["done", "waiting", "future"];
    case "prepared":
      return ["done", "done", "waiting"];
    case "forbidden":
      return ["done", "refused", "off"];
    case "prepare_failed":
      return ["done", "failed", "off"];
    case "succeeded":
      return ["done", prepared, attempt.verification ?? "unverified"];
    case "rolled_back":
      return ["done", prepared, "rolled-back"];
    case "rollback_failed":
      return ["done", prepared, "failed"];
    case "timed_out":
    case "cancelled": {
      const mark = attempt.state === "timed_out" ? "timed-out" : "cancelled";
      if (attempt.preparedAt !== undefined) return ["done", "done", mark];
      if (attempt.sentAt !== undefined) return ["done", mark, "off"];
      return [mark, "off", "off"];
    }
  }
}
