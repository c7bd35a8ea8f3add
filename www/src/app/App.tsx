import { Component, useEffect, useLayoutEffect } from "react";
import { I18nProvider } from "react-aria-components";
import { Compose } from "../compose/Compose";
import { Connect } from "../connect/Connect";
import { Firmware } from "../firmware/Firmware";
import { useMessages } from "../i18n";
import { useFeed } from "../store/feed";
import { useSettings } from "../store/settings";
import { Watch } from "../watch/Watch";
import styles from "./App.module.css";
import { ConnectionNotice } from "./ConnectionNotice";
import { Rail } from "./Rail";
import { type Route, useRoute } from "./route";
import { TabNotice } from "./TabNotice";

function Room({ route }: { route: Route }) {
  switch (route.room) {
    case "connect":
      return <Connect />;
    case "firmware":
      return <Firmware />;
    case "compose":
      return <Compose />;
    case "watch":
      return <Watch route={route} />;
  }
}

/** Keeps the document's language, theme and title in step. */
function useDocument(route: Route): void {
  const m = useMessages();
  const language = useSettings((settings) => settings.language);
  const theme = useSettings((settings) => settings.theme);
  const open = useFeed((feed) => (feed.revision >= 0 ? (feed.attempts?.counts().open ?? 0) : 0));
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  useEffect(() => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
  useEffect(() => {
    document.title = m.app.title(m.rail[route.room], open);
  }, [m, route.room, open]);
}

/** A new room begins at its top; beside a list, only the detail changes. */
function useScrollTop(route: Route): void {
  const place = `${route.room}/${route.view}/${route.attempt ? "one" : "all"}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the place is what changes
  useLayoutEffect(() => {
    document.getElementById("main")?.scrollTo(0, 0);
    window.scrollTo(0, 0);
  }, [place]);
}

export function App() {
  const route = useRoute();
  const m = useMessages();
  const language = useSettings((settings) => settings.language);
  useDocument(route);
  useScrollTop(route);
  return (
    <I18nProvider locale={language}>
      <div className={styles.app}>
        {/* No link: the hash belongs to the rooms. */}
        <button type="button" className={styles.skip} onClick={() => document.getElementById("main")?.focus()}>
          {m.app.skip}
        </button>
        <Rail room={route.room} />
        <main id="main" className={styles.main} tabIndex={-1}>
          <TabNotice />
          <ConnectionNotice />
          <Failsafe key={route.room} words={[m.app.failed, m.app.reload]}>
            <Room route={route} />
          </Failsafe>
        </main>
      </div>
    </I18nProvider>
  );
}

/** Says that something broke instead of leaving a blank page. */
class Failsafe extends Component<{ words: [string, string]; children: React.ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {};

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return (
      <div role="alert" className={styles.failed}>
        <p>{this.props.words[0]}</p>
        <pre>{this.state.error.message}</pre>
        <button type="button" onClick={() => location.reload()}>
          {this.props.words[1]}
        </button>
      </div>
    );
  }
}
