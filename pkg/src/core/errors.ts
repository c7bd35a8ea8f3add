import type { Diagnostic, Result, Text } from "./types.js";

const brand: unique symbol = Symbol.for("wudun-ota.OtaError");

/** What everything in this package throws: a stable `code`, the findings behind it, and a text in both languages. */
export class OtaError extends Error {
  declare readonly name: "OtaError";
  /** Stable and kebab-case. */
  declare readonly code: string;
  /** The message in English and Simplified Chinese. */
  declare readonly text: Text;
  /** All findings, warnings too; empty when the error is not about a message. */
  declare readonly diagnostics: Diagnostic[];

  constructor(code: string, text: Text, options: { diagnostics?: Diagnostic[]; cause?: unknown } = {}) {
    super(undefined, options.cause === undefined ? undefined : { cause: options.cause });
    // Set here like the others: as the argument of `Error` it would take as long as all else.
    this.message = text.en;
    // Declared above and set here alone: a field would be defined first, and then set.
    this.name = "OtaError";
    this.code = code;
    this.text = text;
    this.diagnostics = options.diagnostics ?? [];
  }

  /** Tells errors of this package from others, in any copy of it. */
  get [brand](): true {
    return true;
  }

  /** From the findings about a topic or a message: the code of the first error, the text of all errors. */
  static of(diagnostics: Diagnostic[]): OtaError {
    return errorOf(diagnostics);
  }

  /** Tells an error of this package from any other, also one thrown by another copy of the package. */
  static is(error: unknown): error is OtaError {
    return typeof error === "object" && error !== null && brand in error;
  }
}

/** Outside of the class: one that names itself is renamed by bundlers, and Node prints that name. */
function errorOf(diagnostics: Diagnostic[]): OtaError {
  let code: string | undefined;
  const text = { en: "", zh: "" };
  for (const { severity, code: its, message } of diagnostics) {
    if (severity !== "error") continue;
    text.en += code === undefined ? message.en : `; ${message.en}`;
    text.zh += code === undefined ? message.zh : `；${message.zh}`;
    code ??= its;
  }
  return new OtaError(code ?? "invalid", text, { diagnostics });
}

/** Where engines are told how much of a stack an error keeps. */
const limited: { readonly prototype: Error; stackTraceLimit?: unknown } = Error;

/**
 * Makes an error that is returned and not thrown: without the stack of the call, which would cost more than all
 * else of it. Where the limit cannot be set, the error has one.
 */
export function withoutStack(make: () => OtaError): OtaError {
  const limit = limited.stackTraceLimit;
  if (typeof limit !== "number") return make();
  try {
    // No stack at all: one of no calls takes twice the time.
    limited.stackTraceLimit = undefined;
  } catch {
    return make();
  }
  try {
    return make();
  } finally {
    limited.stackTraceLimit = limit;
  }
}

/** Runs what may throw an `OtaError` and returns it instead. */
export function safely<T>(run: () => T): Result<T, OtaError> {
  try {
    return { ok: true, value: run() };
  } catch (error) {
    if (OtaError.is(error)) return { ok: false, error };
    throw error;
  }
}

/** The same for what takes time. */
export async function safelySoon<T>(run: () => Promise<T>): Promise<Result<T, OtaError>> {
  try {
    return { ok: true, value: await run() };
  } catch (error) {
    if (OtaError.is(error)) return { ok: false, error };
    throw error;
  }
}

/** The caller passed something of the wrong kind. */
export function invalidArgument(name: string, expected: Text): OtaError {
  return new OtaError("invalid-argument", {
    en: `\`${name}\` must be ${expected.en}`,
    zh: `\`${name}\` 必须是${expected.zh}`,
  });
}

/** The WebAssembly core could not be compiled or started. */
export function coreNotLoaded(cause: unknown): OtaError {
  if (OtaError.is(cause)) return cause;
  if (isTooOld(cause)) return engineTooOld(cause);
  return new OtaError(
    "core-not-loaded",
    {
      en: `The WebAssembly core could not be loaded (a Content-Security-Policy needs 'wasm-unsafe-eval'): ${cause}`,
      zh: `无法加载 WebAssembly 核心（内容安全策略需要 'wasm-unsafe-eval'）：${cause}`,
    },
    { cause },
  );
}

/** The README has the reasons. */
const OLDEST = ["Chrome 115", "Firefox 97", "Safari 16.4", "Node 20"];

/** The engine lacks something that the package is built upon. */
export function engineTooOld(cause?: unknown): OtaError {
  return new OtaError(
    "engine-too-old",
    {
      en: `wudun-ota needs WebAssembly with SIMD, compiled synchronously: ${OLDEST.join(", ")} or later`,
      zh: `wudun-ota 需要支持 SIMD 且可同步编译的 WebAssembly：${OLDEST.join("、")} 或更高版本`,
    },
    { cause },
  );
}

/** The shortest module that takes references and SIMD: the type of a function from one of JavaScript's values to a vector. */
const NEEDED = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x06, 0x01, 0x60, 0x01, 0x6f, 0x01, 0x7b];

function isTooOld(cause: unknown): boolean {
  if (typeof WebAssembly !== "object" || !WebAssembly.validate(Uint8Array.from(NEEDED))) return true;
  // As Chrome said of more than 4 KB.
  return cause instanceof RangeError && cause.message.includes("disallowed on the main thread");
}
