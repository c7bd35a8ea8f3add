/** Names, tones and glyphs of states. */
import { type AttemptRow, type AttemptState, STATUSES, type StatusName, type Verification } from "wudun-ota";
import { type Messages, useMessages, useText } from "../i18n";

export type Tone = "good" | "warn" | "bad" | "info" | "mute";

export const TONES: Record<AttemptState, Tone> = {
  unpublished: "mute",
  sent: "info",
  prepared: "info",
  succeeded: "good",
  forbidden: "warn",
  prepare_failed: "bad",
  rolled_back: "warn",
  rollback_failed: "bad",
  timed_out: "warn",
  cancelled: "mute",
  not_sent: "bad",
  refused: "bad",
};

/** In the order in which they are offered. */
export const ATTEMPT_STATES = Object.keys(TONES) as AttemptState[];

const SUCCESS_TONES: Record<Verification, Tone> = { verified: "good", unverified: "info", mismatched: "bad" };

/** A success counts in green when it is verified only. */
export function toneOf(state: AttemptState, verification?: Verification): Tone {
  return state === "succeeded" && verification !== undefined ? SUCCESS_TONES[verification] : TONES[state];
}

function named(states: Messages["watch"]["states"], state: AttemptState): string | undefined {
  return Object.entries(states).find(([name]) => name === state)?.[1];
}

/** A state in words; those that devices report have the vendor's term. */
export function useStateName(): (state: AttemptState | StatusName) => string {
  const m = useMessages();
  const text = useText();
  return (state) => {
    const status = STATUSES.find((one) => one.name === state);
    return named(m.watch.states, state) ?? (status ? text(status.label) : state);
  };
}

/** Verification where it says something: beside a success, or where what runs is not what was asked for. */
export function tellingVerification({ state, outcome, verification }: AttemptRow): Verification | undefined {
  const succeeded = state === "succeeded" || outcome === "succeeded";
  const failed = state === "rolled_back" || state === "rollback_failed";
  return succeeded || (verification === "mismatched" && !failed) ? verification : undefined;
}
