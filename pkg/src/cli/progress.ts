import cliProgress from "cli-progress";
import type { Text } from "../index.js";
import type { Output } from "./output.js";

export interface Progress {
  /** Bytes done so far. */
  at(bytes: number): void;
  /** Takes the bar away. */
  end(): void;
}

const SILENT: Progress = { at: () => undefined, end: () => undefined };
/** Work that is done before a bar could be read shows none. */
const SHOW_FROM_BYTES = 4 << 20;

/** A bar on standard error while bytes go by; nothing where that is no terminal. */
export function startProgress(output: Output, label: Text, total: number | undefined): Progress {
  if (process.stderr.isTTY !== true) return SILENT;
  if (total === undefined) return counter(output, label);
  if (total < SHOW_FROM_BYTES) return SILENT;
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format: `${output.say(label)} [{bar}] {percentage}% {done} / {all}, {rate}, {left}`,
    barCompleteChar: "=",
    barIncompleteChar: " ",
    clearOnComplete: true,
    // The cursor would stay hidden if the process were killed.
    hideCursor: false,
    fps: 8,
  });
  const all = mebibytes(total);
  const started = performance.now();
  const facts = (bytes: number) => {
    const seconds = (performance.now() - started) / 1000;
    const known = bytes > 0 && seconds > 0.5;
    return {
      done: mebibytes(bytes),
      all,
      rate: known ? `${mebibytes(bytes / seconds)}/s` : "…",
      left: known ? `ETA ${duration(((total - bytes) * seconds) / bytes)}` : "ETA …",
    };
  };
  bar.start(total, 0, facts(0));
  return {
    at: (bytes) => bar.update(Math.min(bytes, total), facts(bytes)),
    end: () => bar.stop(),
  };
}

/** Without a known end, the bytes are counted. */
function counter(output: Output, label: Text): Progress {
  let shownAt = 0;
  return {
    at: (bytes) => {
      const now = performance.now();
      if (now - shownAt < 125) return;
      shownAt = now;
      output.status(`${output.say(label)} ${mebibytes(bytes)}`);
    },
    end: () => output.status(undefined),
  };
}

function duration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / (1 << 20)).toFixed(1)} MiB`;
}
