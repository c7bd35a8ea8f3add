/** Reports of a tracker: as the core gives them, in numbers, and as callers get them, in words. */

import { inWords, needWords, parse } from "./instance.js";
import type {
  Alert,
  AlertCode,
  Attempt,
  AttemptState,
  Explained,
  Ingested,
  LogEntry,
  LogKind,
  Text,
  TimelineEntry,
} from "./types.js";
import { phraseOf, textOf } from "./words.js";

/** What raises alerts: each comes as its code and the number of its text. */
export type Wire<T extends { alerts: Alert[] }> = Omit<T, "alerts"> & { alerts: [AlertCode, number][] };

/** Each finding comes as a text. */
export type WireIngested = Omit<Wire<Ingested>, "diagnostics"> & { diagnostics: string[] };

/** A text comes as its lines. */
export type WireExplained = Omit<Explained, "text"> & { text: string };
type WireEntry = Omit<Wire<TimelineEntry>, "text"> & { text: string };

/** A command comes as JSON. */
type WireAttempt = Omit<Attempt, "command" | "timeline"> & { command: string; timeline: WireEntry[] };
export type WireLogEntry = Omit<Wire<LogEntry>, "payload"> & { payload: number[] };

/** In the order of the core. */
export const logs: readonly LogKind[] = ["unsolicited", "suspect", "invalid"];
/** In the order of the core. */
export const states: readonly AttemptState[] = [
  "unpublished",
  "sent",
  "prepared",
  "forbidden",
  "prepare_failed",
  "succeeded",
  "rolled_back",
  "rollback_failed",
  "timed_out",
  "cancelled",
  "not_sent",
  "refused",
];

export function worded<T extends { alerts: [AlertCode, number][] }>(
  report: T,
): Omit<T, "alerts"> & { alerts: Alert[] } {
  if (report.alerts.length > 0) needWords();
  return { ...report, alerts: report.alerts.map(([code, words]) => ({ code, message: textOf(words) })) };
}

export function told<T extends { text: string }>(entry: T): Omit<T, "text"> & { text: Text } {
  needWords();
  return { ...entry, text: phraseOf(entry.text) };
}

export function ingestedOf(ingested: WireIngested): Ingested {
  return { ...worded(ingested), diagnostics: ingested.diagnostics.flatMap((found) => inWords(`#${found}`)) };
}

export function attemptOf(attempt: WireAttempt): Attempt {
  return {
    ...attempt,
    command: parse(attempt.command),
    timeline: attempt.timeline.map((entry) => told(worded(entry))),
  };
}
