import type { Diagnostic, Text } from "../index.js";

/** What the process ends with: done, the answer is no, wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** An expected failure: shown in words, without a stack trace. */
export class Failure extends Error {
  readonly text: Text;
  readonly exitCode: ExitCode;
  /** A stable word for scripts, kebab-case. */
  readonly code: string;
  readonly diagnostics: readonly Diagnostic[];

  constructor(exitCode: ExitCode, code: string, text: Text, diagnostics: readonly Diagnostic[] = []) {
    super(text.en);
    this.name = "Failure";
    this.exitCode = exitCode;
    this.code = code;
    this.text = text;
    this.diagnostics = diagnostics;
  }
}

/** The command line itself is wrong. */
export function usage(text: Text, diagnostics: readonly Diagnostic[] = []): Failure {
  return new Failure(2, "usage", text, diagnostics);
}

/** The command line is right, and what it asked for did not come about. */
export function failed(code: string, text: Text): Failure {
  return new Failure(1, code, text);
}
