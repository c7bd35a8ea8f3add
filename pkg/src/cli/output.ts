import type { Diagnostic, Text } from "../index.js";
import { type Excerpt, renderDiagnostics } from "./diagnostics.js";
import { redact, redactAll } from "./secrets.js";
import { type Paint, paintFor } from "./terminal.js";
import { fileProblem, TEXT } from "./text.js";

export type Language = "en" | "zh";

/** Some terminals do not say how wide they are. */
const DEFAULT_COLUMNS = 80;

/**
 * Where everything is written. Standard output carries data only; whatever is said to the person goes to standard
 * error, without credentials.
 */
export class Output {
  readonly language: Language;
  /** Whether data is written as JSON, one object a line. */
  readonly json: boolean;
  readonly paint: Paint = paintFor(process.stdout);
  readonly paintNote: Paint = paintFor(process.stderr);
  readonly #closed = new AbortController();
  #status: string | undefined;

  constructor(language: Language, json: boolean) {
    this.language = language;
    this.json = json;
    const ended = (error: NodeJS.ErrnoException): void => {
      // The reader has gone, as with `| head`. What follows is not an error, only unread.
      if (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED") {
        this.#closed.abort();
      } else {
        this.error(
          TEXT.fileProblem(this.say(TEXT.stdoutName), fileProblem(error) ?? { en: error.message, zh: error.message }),
        );
        process.exit(1);
      }
    };
    process.stdout.on("error", ended);
    process.stderr.on("error", () => undefined);
  }

  /** Aborted when nobody reads standard output any more. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** How wide the terminal of standard error is. */
  get columns(): number {
    return process.stderr.columns || DEFAULT_COLUMNS;
  }

  /** `text` in the chosen language. */
  say(text: Text): string {
    return text[this.language];
  }

  /** A line of data for people. */
  line(text: string): void {
    this.#write(process.stdout, `${text}\n`);
  }

  /** An object of data for programs. */
  object(value: unknown): void {
    this.#write(process.stdout, `${JSON.stringify(value)}\n`);
  }

  /** Something for the person at the terminal. */
  note(text: Text | string): void {
    this.#write(process.stderr, `${redact(typeof text === "string" ? text : this.say(text))}\n`);
  }

  warn(text: Text): void {
    const label = this.language === "zh" ? "警告：" : "warning: ";
    this.note(this.paintNote("yellow", label) + this.say(text));
  }

  error(text: Text): void {
    const label = this.language === "zh" ? "错误：" : "error: ";
    this.note(this.paintNote("red", label) + this.say(text));
  }

  /** Findings for the person, without source text unless `excerpt` has it. */
  findings(diagnostics: readonly Diagnostic[], excerpt?: Excerpt): void {
    if (diagnostics.length > 0) this.note(renderDiagnostics(diagnostics, this.language, this.paintNote, excerpt));
  }

  /** A failure as data: with `--json` only, beside the words on standard error. */
  failure(code: string, message: Text, diagnostics: readonly Diagnostic[]): void {
    if (!this.json) return;
    const error = { code, message, ...(diagnostics.length > 0 ? { diagnostics } : {}) };
    this.object({ error: redactAll(error) });
  }

  /** A line at the bottom of the terminal that the next one replaces; `undefined` takes it away. */
  status(text: string | undefined): void {
    if (process.stderr.isTTY !== true) return;
    this.#clearStatus();
    this.#status = text === undefined ? undefined : redact(text).slice(0, this.columns - 1);
    if (this.#status !== undefined) process.stderr.write(this.paintNote("dim", this.#status));
  }

  /** Resolves when everything written has left the process. */
  async flush(): Promise<void> {
    this.status(undefined);
    for (const stream of [process.stdout, process.stderr]) {
      if (stream.writable) await new Promise<void>((done) => stream.write("", () => done()));
    }
  }

  #write(stream: NodeJS.WriteStream, text: string): void {
    if (stream === process.stdout && this.closed.aborted) return;
    const status = this.#status;
    this.#clearStatus();
    stream.write(text);
    if (status !== undefined) this.status(status);
  }

  #clearStatus(): void {
    if (this.#status === undefined) return;
    process.stderr.write("\r\u001b[K");
    this.#status = undefined;
  }
}
