/** Places of findings, counted independently of the core: lines end as in an editor, columns are characters. */

import type { Diagnostic } from "wudun-ota";

/** Whether a finding is elsewhere than it says, or not within the payload. */
export function misplaced(payload: Uint8Array | string, findings: readonly Diagnostic[]): boolean {
  return findings.some(({ start, end, line, column }) => {
    if (start === undefined || end === undefined) return line !== undefined || column !== undefined;
    if (start > end || end > payload.length) return true;
    const lines = before(payload, start).split(/\r\n|\r|\n/);
    return line !== lines.length || column !== [...(lines.at(-1) ?? "")].length + 1;
  });
}

function before(payload: Uint8Array | string, at: number): string {
  return typeof payload === "string" ? payload.slice(0, at) : Buffer.from(payload.subarray(0, at)).toString("utf8");
}
