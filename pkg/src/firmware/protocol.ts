/** What the page and its workers say to each other. */

import type { Diagnostic, Text } from "../core/types.js";
import type { Digests } from "./hasher.js";

export type ToWorker =
  | { type: "start"; module: WebAssembly.Module; sha256: boolean }
  | { type: "blob"; blob: Blob }
  | { type: "chunk"; bytes: Uint8Array }
  | { type: "end" }
  /** One of many: to be hashed beside the others, under a number. */
  | { type: "add"; id: number; blob: Blob };

/** An error on its way from a worker. */
export interface Failure {
  code: string;
  text: Text;
  diagnostics: Diagnostic[];
}

export type FromWorker =
  /** The script has loaded and runs. */
  | { type: "ready" }
  /** Hashed so far, in bytes. */
  | { type: "hashed"; bytes: number }
  | { type: "done"; digests: Digests }
  | { type: "failed"; failure: Failure }
  /** One of many: so many bytes more of it have been hashed. */
  | { type: "more"; id: number; bytes: number }
  | { type: "ended"; id: number; digests: Digests }
  | { type: "broken"; id: number; failure: Failure };
