import { memo, useMemo, useState } from "react";
import { type LogEntry, type LogKind, STATUSES, safeDecode, safeParseTopic } from "wudun-ota";
import { hrefOf } from "../app/route";
import { Segmented } from "../design/Segmented";
import { Words } from "../design/Words";
import { useMessages, useText } from "../i18n";
import { useFormats } from "../i18n/format";
import { type RawMessage, useFeed } from "../store/feed";
import { Badge } from "./Badges";
import styles from "./Logs.module.css";
import { MessageView } from "./MessageView";

const KINDS: readonly LogKind[] = ["unsolicited", "suspect", "invalid"];
const SHOWN = 100;

/** Messages that advanced nothing: belonging to nobody, held back, or broken. */
export function Logs() {
  const m = useMessages();
  const format = useFormats();
  const [kind, setKind] = useState<LogKind>("unsolicited");
  const attempts = useFeed((feed) => feed.attempts);
  const messages = useFeed((feed) => feed.messages);
  useFeed((feed) => feed.revision);
  const logs = new Map(KINDS.map((one) => [one, attempts?.log(one) ?? { dropped: 0, entries: [] }]));
  const { entries = [], dropped = 0 } = logs.get(kind) ?? {};
  return (
    <section className={styles.logs} aria-label={m.watch.messages}>
      <div className={styles.head}>
        <Segmented
          label={m.watch.messages}
          hideLabel
          value={kind}
          onChange={setKind}
          options={KINDS.map((one) => ({
            value: one,
            label: `${m.watch.logs[one]} ${format.integer(logs.get(one)?.entries.length ?? 0)}`,
          }))}
        />
        <p>{m.watch.logHelp[kind]}</p>
      </div>
      {entries.length === 0 ? (
        <p className={styles.empty}>{m.watch.logEmpty}</p>
      ) : (
        <ol className={styles.list} data-testid={`log-${kind}`}>
          {entries
            .slice(-SHOWN)
            .reverse()
            .map((entry) => (
              <Entry key={entry.resultId} entry={entry} message={messages.get(entry.resultId) ?? kept(entry)} />
            ))}
        </ol>
      )}
      {dropped > 0 && <p className={styles.dropped}>{m.watch.dropped(dropped)}</p>}
    </section>
  );
}

/** What the tracker keeps of a message that this page did not hear itself. */
const kept = ({ topic, payload, at }: LogEntry): RawMessage => ({ topic, payload, at, retained: false });

interface EntryProps {
  entry: LogEntry;
  message: RawMessage;
}

/** An entry never changes; under a burst only new ones are drawn. */
const Entry = memo(LoggedMessage, (before, after) => before.entry.resultId === after.entry.resultId);

function LoggedMessage({ entry, message }: EntryProps) {
  const m = useMessages();
  const text = useText();
  const format = useFormats();
  const attempts = useFeed((feed) => feed.attempts);
  const [open, setOpen] = useState(false);
  const status = useMemo(() => statusOf(message), [message]);
  const owners = entry.disposition === "ambiguous" || entry.disposition === "suspect" ? ownersOf(attempts, entry) : [];
  return (
    <li>
      <details className={styles.entry} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <time dateTime={new Date(entry.at).toISOString()}>{format.instant(entry.at)}</time>
          <Badge tone={entry.disposition === "invalid" ? "bad" : "mute"}>
            {m.watch.dispositions[entry.disposition]}
          </Badge>
          <code>{entry.topic}</code>
          {status && <span className={styles.status}>{text(status.label)}</span>}
        </summary>
        {open && (
          <div className={styles.body}>
            {entry.alerts.map((alert) => (
              <p key={alert.code}>
                <Words text={text(alert.message)} />
              </p>
            ))}
            {owners.map((owner) => (
              <a key={owner} href={hrefOf("watch", owner)}>
                {m.watch.assign}: <code>{owner}</code>
              </a>
            ))}
            <MessageView message={message} />
          </div>
        )}
      </details>
    </li>
  );
}

function statusOf({ topic, payload }: RawMessage) {
  const decoded = safeDecode(payload, { topic, lenient: true });
  if (!decoded.ok || decoded.value.kind !== "result") return undefined;
  const { status } = decoded.value;
  return STATUSES.find((one) => one.name === status);
}

/** The attempts on whose timelines a held-back result was recorded. */
function ownersOf(attempts: ReturnType<typeof useFeed.getState>["attempts"], entry: LogEntry): string[] {
  const topic = safeParseTopic(entry.topic);
  const recent = topic.ok ? attempts?.page({ limit: 100, device: topic.value.device }).attempts : undefined;
  const ids = recent?.map(({ id }) => id) ?? [];
  return ids.filter((id) => attempts?.attempt(id)?.timeline.some((one) => one.resultId === entry.resultId));
}
