import type { Text } from "../index.js";
import type { Output } from "./output.js";
import { width } from "./terminal.js";

export interface Progress {
  /** Bytes done so far. */
  at(bytes: number): void;
  /** Takes the line away. */
  end(): void;
}

const SILENT: Progress = { at: () => undefined, end: () => undefined };
/** Work that is done before a bar could be read shows none. */
const SHOW_FROM_BYTES = 4 << 20;
/** Between two pictures. */
const FRAME_MS = 125;

/** A line on standard error while bytes go by; nothing where that is no terminal. */
export function startProgress(output: Output, label: Text, total: number | undefined): Progress {
  if (process.stderr.isTTY !== true || (total !== undefined && total < SHOW_FROM_BYTES)) return SILENT;
  const started = performance.now();
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    at(bytes) {
      const now = performance.now();
      if (now - shownAt < FRAME_MS) return;
      shownAt = now;
      const seconds = (now - started) / 1000;
      output.status(progressLine({ label: output.say(label), bytes, total, seconds, columns: output.columns }));
    },
    end: () => output.status(undefined),
  };
}

/** Rates of less time than this are guesses. */
const KNOWN_AFTER_SECONDS = 0.5;
const MOST_BAR = 40;
const LEAST_BAR = 10;

export interface ProgressState {
  label: string;
  bytes: number;
  /** Where the end is known. A file may have grown since. */
  total?: number | undefined;
  /** Since the start. */
  seconds: number;
  /** Of the terminal. */
  columns: number;
}

/** Label, bar, share, bytes, rate and remaining time: the bar as long as fits, and none where it would be too short. */
export function progressLine({ label, bytes, total, seconds, columns }: ProgressState): string {
  const known = bytes > 0 && seconds >= KNOWN_AFTER_SECONDS;
  const rate = known ? `${mebibytes(bytes / seconds)}/s` : "…";
  if (total === undefined) return `${label} ${mebibytes(bytes)}, ${rate}`;
  const done = Math.min(bytes, total);
  const left = known ? duration(((total - done) * seconds) / bytes) : "…";
  const facts = `${Math.floor((done / total) * 100)}% ${mebibytes(done)} / ${mebibytes(total)}, ${rate}, ETA ${left}`;
  const room = Math.min(MOST_BAR, columns - 1 - width(`${label} [] ${facts}`));
  if (room < LEAST_BAR) return `${label} ${facts}`;
  const filled = "=".repeat(Math.floor((done / total) * room));
  return `${label} [${filled.padEnd(room)}] ${facts}`;
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / (1 << 20)).toFixed(1)} MiB`;
}
