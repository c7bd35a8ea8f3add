/** Validation by the core in the form that other libraries call. */

import { toJson } from "./arguments.js";
import { type OtaError, safely } from "./errors.js";
import { decode } from "./messages.js";
import type {
  CommandMessage,
  Diagnostic,
  Kind,
  Message,
  ResultMessage,
  StandardIssue,
  StandardSchema,
} from "./types.js";

/** Checks a value to be a command, for any library that takes a Standard Schema. Errors only: it has no warnings. */
export const commandSchema: StandardSchema<CommandMessage> = /* @__PURE__ */ standardSchema("command");

/** Checks a value to be a result, for any library that takes a Standard Schema. Errors only: it has no warnings. */
export const resultSchema: StandardSchema<ResultMessage> = /* @__PURE__ */ standardSchema("result");

function standardSchema<M extends Message>(kind: Kind): StandardSchema<M> {
  return {
    "~standard": {
      version: 1,
      vendor: "wudun-ota",
      validate: (value) => {
        const read = safely(() => decode(toJson(value, "value"), { kind }));
        // `decode` gives the kind of message that was stated.
        if (read.ok) return { value: read.value.message as M };
        return { issues: issuesOf(read.error, value) };
      },
    },
  };
}

function issuesOf(error: OtaError, value: unknown): StandardIssue[] {
  if (error.diagnostics.length === 0) return [{ message: error.message, path: [], code: error.code, text: error.text }];
  return error.diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ message, path, code }) => ({ message: message.en, path: keysOf(path, value), code, text: message }));
}

/** A JSON Pointer as keys; those of arrays are numbers. */
function keysOf(path: Diagnostic["path"], value: unknown): (string | number)[] {
  let inside = value;
  return path
    .split("/")
    .slice(1)
    .map((step) => {
      const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
      const isIndex = Array.isArray(inside);
      inside = typeof inside === "object" && inside !== null ? Reflect.get(inside, key) : undefined;
      return isIndex ? Number(key) : key;
    });
}
