import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The built program. */
export const CLI = fileURLToPath(new URL("../../pkg/dist/cli.js", import.meta.url));

export interface CliOptions {
  /** What standard input delivers before it ends; without it, it is empty. */
  input?: string | Uint8Array;
  env?: Record<string, string>;
  cwd?: string;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  err: string;
}

/** A program that is running. */
export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  /** What it has written so far. */
  out(): string;
  err(): string;
  /** Resolves when its output (of both streams) matches; rejects when it ends without. */
  until(pattern: RegExp): Promise<void>;
}

/** Runs the built program to its end. */
export function runCli(args: string[], options: CliOptions = {}): Promise<Ended> {
  const running = startCli(args, options);
  running.child.stdin.on("error", () => undefined); // it may not read all of it
  running.child.stdin.end(options.input ?? "");
  return running.ended;
}

/** Starts the built program; its standard input stays open. */
export function startCli(args: string[], options: CliOptions = {}): Running {
  return startProgram(process.execPath, [CLI, ...args], options);
}

/** Starts any program, as `startCli` does. */
export function startProgram(program: string, args: string[], options: CliOptions = {}): Running {
  return watch(spawn(program, args, settings(options)));
}

/** Starts the built program on a terminal of its own: both output streams arrive as one. */
export function startOnTerminal(args: string[], options: CliOptions = {}): Running {
  const words = [process.execPath, CLI, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  return watch(spawn("script", ["-qefc", `exec ${words.join(" ")}`, "/dev/null"], settings(options)));
}

/** One JSON value a line. */
export function jsonLines(text: string): unknown[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));
}

function settings({ env, cwd }: CliOptions) {
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    cwd,
    // Nothing of the person's own settings.
    env: { PATH, HOME, TMPDIR, LANG: "C.UTF-8", TERM: "xterm", ...env },
    stdio: "pipe" as const,
  };
}

/** A test that fails leaves nothing running. */
const alive = new Set<ChildProcessWithoutNullStreams>();
process.once("exit", () => {
  for (const child of alive) child.kill("SIGKILL");
});

function watch(child: ChildProcessWithoutNullStreams): Running {
  alive.add(child);
  let out = "";
  let err = "";
  const listeners = new Set<() => void>();
  const heard = () => {
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    heard();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
    heard();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      alive.delete(child);
      resolve({ code, signal, out, err });
    });
  });
  return {
    child,
    ended,
    out: () => out,
    err: () => err,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!pattern.test(out) && !pattern.test(err)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
        ended.then(() => reject(new Error(`ended without ${pattern}:\n${out}\n${err}`)), reject);
      }),
  };
}
