/** Instances of the core: one shared by all functions, replaced after a trap; trackers have their own. */

import { type Bindings, createCore } from "../generated/glue.js";
import { coreNotLoaded, OtaError } from "./errors.js";
import { moduleNow } from "./source.js";
import type { Diagnostic } from "./types.js";
import { codedOf, diagnosticsOf, knowsWords, learnWords } from "./words.js";

export type { Bindings };

let shared: Bindings | undefined;

/** A new instance of the core, with memory of its own. */
export function newInstance(): Bindings {
  try {
    return createCore(moduleNow());
  } catch (cause) {
    throw coreNotLoaded(cause);
  }
}

/** The instance that all functions share. */
export function current(): Bindings {
  shared ??= newInstance();
  return shared;
}

/** Calls a function of the core. After a trap, the next call gets a fresh instance. */
export function call<T>(run: (core: Bindings) => T): T {
  const core = current();
  return guard(
    () => run(core),
    () => {
      shared = undefined;
    },
  );
}

/** Turns what the bindings throw into an `OtaError`; `onTrap` is told when the instance is broken for good. */
export function guard<T>(run: () => T, onTrap: () => void): T {
  try {
    return run();
  } catch (error) {
    if (typeof error === "string") throw errorOf(error);
    if (OtaError.is(error)) throw error;
    onTrap();
    throw new OtaError(
      "core-trapped",
      {
        en: "The WebAssembly core failed: this is a fault of wudun-ota, please report it",
        zh: "WebAssembly 核心发生故障：这是 wudun-ota 的缺陷，请报告",
      },
      { cause: error },
    );
  }
}

/** Findings in words. The core marks them by a `#`. */
export function inWords(found: string): Diagnostic[] {
  if (found.length < 2) return [];
  needWords();
  return diagnosticsOf(found, 1);
}

/** Has the texts at hand. */
export function needWords(): void {
  if (!knowsWords()) learnWords(current().words());
}

/** What the core found or threw, as an error: findings, or an error that is not about a message, marked by a `!`. */
export function errorOf(error: string): OtaError {
  if (!error.startsWith("!")) return OtaError.of(inWords(error));
  needWords();
  const { code, text } = codedOf(error, 1);
  return new OtaError(code, text);
}

/** Reads what the core wrote as JSON. */
export function parse<T>(json: string): T {
  return JSON.parse(json);
}
