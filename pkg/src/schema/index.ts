/**
 * The rules as documents, made from the table that validation reads. `wudun-ota/slim/schema` is the same for those who
 * supply the WebAssembly themselves.
 */

import { commandOrResult } from "../core/arguments.js";
import { DOCUMENT } from "../core/documents.gen.js";
import { invalidArgument, safely } from "../core/errors.js";
import { topicFilter } from "../core/topics.js";
import type { AsyncApiDocument, JsonSchema, Kind, Namespace } from "../core/types.js";

/**
 * The JSON Schema (2020-12) of a message: accepts what `decode` accepts, as far as JSON Schema can say it.
 *
 * @example
 * ```ts
 * import { jsonSchema } from "wudun-ota/schema";
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
 * import { asyncApi } from "wudun-ota/schema";
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
 * import { safeAsyncApi } from "wudun-ota/schema";
 *
 * const made = safeAsyncApi({ kind: "wudun", productKey: "pk/01" });
 * console.log(made.ok ? made.value.info.title : made.error.code);
 * // level-character
 * ```
 */
export const safeAsyncApi = (namespace: Namespace) => safely(() => asyncApi(namespace));
