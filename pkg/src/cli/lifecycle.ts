import { type Failure, failed } from "./failure.js";
import { TEXT } from "./text.js";

/** Ctrl-C and its kin, told once; the second time ends the process there and then. */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #listener: () => void;

  constructor() {
    this.#listener = () => {
      if (this.#controller.signal.aborted) process.exit(1);
      this.#controller.abort(interrupted());
    };
    process.on("SIGINT", this.#listener);
    process.on("SIGTERM", this.#listener);
    process.on("SIGHUP", this.#listener);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Leaves the signals to their default again. */
  dispose(): void {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.off(name, this.#listener);
  }
}

function interrupted(): Failure {
  return failed("interrupted", TEXT.interrupted);
}

/** Resolves when one of `signals` is aborted. (`AbortSignal.any` is missing in the first releases of Node 20.) */
export function anyAborted(...signals: AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of signals) {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    }
  });
}
