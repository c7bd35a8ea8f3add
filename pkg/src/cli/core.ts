import { readFileSync } from "node:fs";
import { supply } from "../core/source-slim.js";

/** Has the core compiled in the background. A failure tells itself again to whoever waits for it. */
export function loadCore(): Promise<void> {
  const loading = supply(readFileSync(new URL("core.wasm", import.meta.url)));
  loading.catch(() => undefined);
  return loading;
}
