import { useMedia } from "../app/media";
import { hrefOf, type Route, WATCH_VIEWS } from "../app/route";
import { ConnectError } from "../connect/ConnectError";
import { EraseJournal } from "../connect/EraseJournal";
import { ButtonLink } from "../design/Button";
import { Icon } from "../design/Icon";
import { Notice } from "../design/Notice";
import { useMessages } from "../i18n";
import { useFeed } from "../store/feed";
import { useSession } from "../store/session";
import { Attempts } from "./Attempts";
import { Totals } from "./Badges";
import { Detail } from "./Detail";
import { Events } from "./Events";
import { Logs } from "./Logs";
import { useAttempt } from "./useAttempts";
import styles from "./Watch.module.css";

/** The row that had the focus is gone with its table; the way back is the next best place. */
function takeLostFocus(link: HTMLElement | null): void {
  if (document.activeElement === document.body) link?.focus();
}

export function Watch({ route }: { route: Route }) {
  const m = useMessages();
  const wide = useMedia("(min-width: 1240px)");
  const { view, attempt: selected } = route;
  const phase = useSession((session) => session.phase);
  const total = useFeed((feed) => (feed.revision >= 0 ? (feed.attempts?.counts().total ?? 0) : 0));
  const scope = useFeed((feed) => feed.scope);
  const attempt = useAttempt(selected);
  const detailOnly = selected !== undefined && !wide;
  return (
    <div className={wide && selected ? styles.split : styles.single}>
      {!detailOnly && (
        <div className={styles.list}>
          <header className={styles.header}>
            <h1 className={styles.title}>{m.watch.title}</h1>
            <nav className={styles.views} aria-label={m.watch.views}>
              {WATCH_VIEWS.map((one) => (
                <a
                  key={one}
                  href={hrefOf("watch", one === "attempts" ? undefined : one)}
                  aria-current={view === one ? "page" : undefined}
                >
                  {m.watch[one]}
                </a>
              ))}
            </nav>
            <Totals />
          </header>
          {phase === "idle" && scope !== undefined && <ConnectError scope={scope} />}
          {phase === "idle" && total > 0 && (
            <Notice
              tone="info"
              icon="clock"
              actions={
                <>
                  <ButtonLink href={hrefOf("connect")}>{m.rail.connect}</ButtonLink>
                  {scope !== undefined && <EraseJournal scope={scope} />}
                </>
              }
              testId="offline"
            >
              {m.watch.restored}
            </Notice>
          )}
          {view === "messages" ? (
            <Logs />
          ) : view === "connection" ? (
            <Events />
          ) : (
            <Attempts selected={selected} wide={wide} total={total} />
          )}
        </div>
      )}
      {selected !== undefined && (
        <section className={styles.detail} aria-label={m.watch.detail} key={selected}>
          {detailOnly && (
            <a href={hrefOf("watch")} className={styles.back} ref={takeLostFocus}>
              <Icon name="back" />
              {m.watch.backToList}
            </a>
          )}
          {attempt ? (
            <Detail attempt={attempt} alone={detailOnly} />
          ) : (
            <p className={styles.missing}>{m.watch.notFound}</p>
          )}
        </section>
      )}
    </div>
  );
}
