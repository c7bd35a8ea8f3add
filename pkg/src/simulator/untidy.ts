/** JSON as some devices write it. */

import type { ResultMessage } from "../core/types.js";

/** The message with a comma after the last member of `data` and of the whole, as in the vendor's samples. */
export function withTrailingCommas(message: ResultMessage): string {
  const members = Object.entries(message).map(([key, value]) => {
    const json = JSON.stringify(value);
    return `${JSON.stringify(key)}:${key === "data" ? json.replace(/\}$/, ",}") : json}`;
  });
  return `{${members.join(",")},}`;
}
