import { Words } from "../design/Words";
import { useMessages, useText } from "../i18n";
import { useFormats } from "../i18n/format";
import { type ConnectionEvent, useFeed } from "../store/feed";
import { Badge } from "./Badges";
import styles from "./Logs.module.css";
import type { Tone } from "./state";

const tones: Record<ConnectionEvent["type"], Tone> = {
  connecting: "mute",
  connected: "good",
  reconnecting: "warn",
  "session-lost": "warn",
  warning: "warn",
  closed: "mute",
};

/** What happened to the connection, newest first. */
export function Events() {
  const m = useMessages();
  const text = useText();
  const format = useFormats();
  const events = useFeed((feed) => feed.events);
  return (
    <section className={styles.logs} aria-label={m.watch.events}>
      {events.length === 0 ? (
        <p className={styles.empty}>{m.watch.eventsEmpty}</p>
      ) : (
        <ol className={styles.list} data-testid="events">
          {[...events].reverse().map((event) => (
            <li key={event.id} className={styles.event} data-type={event.type}>
              <time dateTime={new Date(event.at).toISOString()}>{format.instant(event.at)}</time>
              <span>
                <Badge tone={tones[event.type]}>{m.watch.eventTypes[event.type]}</Badge>
              </span>
              {event.text && (
                <p>
                  <Words text={text(event.text)} />
                </p>
              )}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
