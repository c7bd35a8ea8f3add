/** One tab at a time holds the client id and writes the journal; Web Locks decide which. */
import { create } from "zustand";

/**
 * `owner`: this tab is in charge. `other`: another tab is. `free`: the other tab has gone, and this one may
 * take over. `unsupported`: the browser has no locks here (an insecure address), so nothing can be told.
 */
export type TabRole = "unknown" | "owner" | "other" | "free" | "unsupported";

interface Tabs {
  role: TabRole;
  takeOver(): void;
}

const LOCK = "wudun-ota.console";

export const useTabs = create<Tabs>((set, get) => ({
  role: "unknown",
  takeOver() {
    if (get().role === "free") set({ role: "owner" });
  },
}));

/** Held until the page goes. */
const forever = () => new Promise<never>(() => {});

export function claimTab(): void {
  if (!("locks" in navigator)) {
    useTabs.setState({ role: "unsupported" });
    return;
  }
  void navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
    if (lock) {
      useTabs.setState({ role: "owner" });
      return forever();
    }
    useTabs.setState({ role: "other" });
    void navigator.locks.request(LOCK, () => {
      useTabs.setState({ role: "free" });
      return forever();
    });
    return undefined;
  });
}

/** Whether this tab may connect and send. */
export const inCharge = (role: TabRole) => role === "owner" || role === "unsupported";
