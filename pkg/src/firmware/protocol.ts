/** What the page and its worker say to each other. */

import type { Diagnostic, Text } from "../core/types.js";
import type { Digests } from "./hash.js";

export type ToWorker =
  | { type: "start"; module: WebAssembly.Module; sha256: boolean }
  | { type: "blob"; blob: Blob }
  | { type: "chunk"; bytes: Uint8Array }
  | { type: "end" };

export type FromWorker =
  /** The script has loaded and runs. */
  | { type: "ready" }
  /** Hashed so far, in bytes. */
  | { type: "hashed"; bytes: number }
  | { type: "done"; digests: Digests }
  | { type: "failed"; code: string; text: Text; diagnostics: Diagnostic[] };
