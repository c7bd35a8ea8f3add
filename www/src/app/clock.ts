import { useSyncExternalStore } from "react";

let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const tell of listeners) tell();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Stands still within a second; fresh again when nobody has been looking. */
function snapshot(): number {
  if (timer === undefined && Date.now() - now > 1000) now = Date.now();
  return now;
}

/** The present time, renewed every second. One timer serves every countdown. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, snapshot);
}
