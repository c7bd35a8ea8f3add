/** Documents made from the rules of the core, and its validation in the form that other libraries call. */

import { commandOrResult, toJson } from "./arguments.js";
import { DOCUMENT } from "./documents.gen.js";
import { invalidArgument, type OtaError, safely } from "./errors.js";
import { decode } from "./messages.js";
import { topicFilter } from "./topics.js";
import type {
  AsyncApiDocument,
  CommandMessage,
  Diagnostic,
  JsonSchema,
  Kind,
  Message,
  Namespace,
  ResultMessage,
  StandardIssue,
  StandardSchema,
} from "./types.js";

/**
 * The JSON Schema (2020-12) of a message: accepts what `decode` accepts, as far as JSON Schema can say it.
 *
 * @example
 * ```ts
 * import { jsonSchema } from "wudun-ota";
 *
 * const schema = jsonSchema("command");
 * console.log(schema.title, schema.required.join(" "));
 * // OTA upgrade command mid type device_uid timestamp data
 * ```
 */
export function jsonSchema(kind: Kind): JsonSchema {
  if (kind !== "command" && kind !== "result") throw invalidArgument("kind", commandOrResult);
  const { payload, examples } = document().components.messages[kind];
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...payload,
    examples: examples.map((example) => example.payload),
  };
}

/**
 * An AsyncAPI 3.0 document of a namespace, from the operator's side. Throws `OtaError` when the namespace breaks a rule.
 *
 * @example
 * ```ts
 * import { asyncApi } from "wudun-ota";
 *
 * const document = asyncApi({ kind: "wudun", productKey: "pk01" });
 * console.log(document.asyncapi, document.channels.command.address);
 * // 3.0.0 v1/wudun/pk01/{device}/ota/upgrade/command
 * ```
 */
export function asyncApi(namespace: Namespace): AsyncApiDocument {
  const filter = topicFilter({ namespace, channel: "command" });
  const levels = filter.slice(0, filter.length - "/+/ota/upgrade/command".length);
  // The other channel's topics are longer or shorter by a byte.
  topicFilter({ namespace, channel: "result" });
  // Braces would be read as a parameter of the address: then the levels become one, with a single value.
  const inParameter = /[{}]/.test(levels);
  const made = document();
  for (const channel of Object.values(made.channels)) {
    channel.address = channel.address.replace("NAMESPACE", () => (inParameter ? "{namespace}" : levels));
    if (inParameter) {
      channel.parameters.namespace = { description: "The namespace.", enum: [levels], default: levels };
    }
  }
  return made;
}

/** The document that the rules were made into, to be changed. */
function document(): AsyncApiDocument {
  return JSON.parse(JSON.stringify(DOCUMENT));
}

/**
 * `asyncApi`, with the error returned instead of thrown.
 *
 * @example
 * ```ts
 * import { safeAsyncApi } from "wudun-ota";
 *
 * const made = safeAsyncApi({ kind: "wudun", productKey: "pk/01" });
 * console.log(made.ok ? made.value.info.title : made.error.code);
 * // level-character
 * ```
 */
export const safeAsyncApi = (namespace: Namespace) => safely(() => asyncApi(namespace));

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
