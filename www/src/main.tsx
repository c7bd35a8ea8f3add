import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import "./design/base.css";
import { lookForDemo } from "./store/demo";
import { mirrorJournal, showJournal } from "./store/feed";
import { scopeOf } from "./store/journal";
import { useSession } from "./store/session";
import { namespaceOf, useSettings } from "./store/settings";
import { claimTab, useTabs } from "./store/tabs";

/** Upgrades of the connection used last, from the journal: in sight before there is a connection. */
function restore(): void {
  const { connection } = useSettings.getState();
  void showJournal(scopeOf(connection.url, namespaceOf(connection)));
}

claimTab();
void lookForDemo();
restore();

let stopMirror: (() => void) | undefined;
useTabs.subscribe(({ role }) => {
  if (role === "other") stopMirror ??= mirrorJournal();
  if (role === "owner" && stopMirror) {
    stopMirror();
    stopMirror = undefined;
    // What the other tab wrote last may not have been heard.
    void useSettings.persist.rehydrate();
    if (useSession.getState().phase === "idle") restore();
  }
});

// Language, theme and connection are the same in every tab.
addEventListener("storage", (event) => {
  if (event.key === useSettings.persist.getOptions().name) void useSettings.persist.rehydrate();
});

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
