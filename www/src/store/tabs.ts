/** One tab at a time holds the client id and writes the journal; Web Locks decide which. */
import { create } from "zustand";

/**
 * `owner`: this tab is in charge. `other`: another tab is. `free`: the other tab has gone, and this one may
 * take over. `unsupported`: the browser has no locks here (an insecure address), so nothing can be told.
 */
export type TabRole = "unknown" | "owner" | "other" | "free" | "unsupported";

const LOCK = "wudun-ota.console";

export const useTabs = create<{ role: TabRole }>(() => ({ role: "unknown" }));

/** Tells waiting tabs that somebody has taken over. */
const claims = new BroadcastChannel("wudun-ota.tabs");
claims.addEventListener("message", () => {
  if (useTabs.getState().role === "free") wait();
});

/** Takes charge if nobody is, and otherwise waits. */
export function claimTab(): void {
  if (!("locks" in navigator)) {
    useTabs.setState({ role: "unsupported" });
    return;
  }
  void navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
    if (!lock) {
      wait();
      return undefined;
    }
    useTabs.setState({ role: "owner" });
    claims.postMessage("claimed");
    // Held until the page goes.
    return new Promise<never>(() => {});
  });
}

/** The lock is let go at once, so that a page that is merely reloaded finds it free again. */
function wait(): void {
  useTabs.setState({ role: "other" });
  void navigator.locks.request(LOCK, () => useTabs.setState({ role: "free" }));
}

/** Whether this tab may connect and send. */
export const inCharge = (role: TabRole) => role === "owner" || role === "unsupported";
