import { useState } from "react";
import { type Attempt, encode, type Text, type TimelineEntry } from "wudun-ota";
import { Button } from "../design/Button";
import { Icon, type IconName } from "../design/Icon";
import tones from "../design/tones.module.css";
import { Words } from "../design/Words";
import { useMessages, useText } from "../i18n";
import { useFormats } from "../i18n/format";
import { useFeed } from "../store/feed";
import { useSession } from "../store/session";
import { textOf } from "../store/text";
import { Badge } from "./Badges";
import { MessageView } from "./MessageView";
import { toneOf, useStateName } from "./state";
import styles from "./Timeline.module.css";

const icons: Record<TimelineEntry["kind"], IconName> = {
  opened: "compose",
  sent: "send",
  acknowledged: "check",
  echo: "eye",
  "no-echo": "warn",
  refused: "stop",
  result: "chip",
  "foreign-command": "warn",
  "timed-out": "clock",
  "not-sent": "cross",
  cancelled: "cross",
  superseded: "undo",
  assigned: "link",
};

/** What happened to an attempt, in order. */
export function Timeline({ attempt }: { attempt: Attempt }) {
  return (
    <ol className={styles.timeline} data-testid="timeline">
      {attempt.timeline.map((entry, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: entries are only ever appended
        <Entry key={index} attempt={attempt} entry={entry} />
      ))}
    </ol>
  );
}

function Entry({ attempt, entry }: { attempt: Attempt; entry: TimelineEntry }) {
  const m = useMessages();
  const text = useText();
  const format = useFormats();
  const nameOf = useStateName();
  const { before, after, disposition, matchedBy } = entry;
  const moved = before.state !== after.state;
  return (
    <li className={styles.entry} data-kind={entry.kind} data-testid="timeline-entry">
      <span className={`${styles.dot} ${moved ? tones[toneOf(after.state, after.verification)] : ""}`}>
        <Icon name={icons[entry.kind]} />
      </span>
      <div className={styles.body}>
        <p className={styles.head}>
          <strong>{m.watch.kinds[entry.kind]}</strong>
          <time className={styles.time} dateTime={new Date(entry.at).toISOString()}>
            {format.instant(entry.at)}
          </time>
        </p>
        <p>
          <Words text={text(entry.text)} />
        </p>
        {(moved || disposition || matchedBy) && (
          <p className={styles.tags}>
            {moved && (
              <span className={styles.move}>
                <Badge tone={toneOf(before.state)}>{nameOf(before.state)}</Badge>
                <Icon name="next" />
                <Badge tone={toneOf(after.state, after.verification)}>{nameOf(after.state)}</Badge>
              </span>
            )}
            {disposition && (
              <span data-testid="disposition" data-disposition={disposition}>
                <Badge tone={disposition === "advanced" ? "info" : "mute"}>{m.watch.dispositions[disposition]}</Badge>
              </span>
            )}
            {matchedBy && (
              <span data-testid="matched-by" data-matched-by={matchedBy}>
                <Badge tone="mute">{m.watch.matchedBy(m.watch.matches[matchedBy])}</Badge>
              </span>
            )}
          </p>
        )}
        <Assign attempt={attempt} entry={entry} />
        <EntryMessage attempt={attempt} entry={entry} />
      </div>
    </li>
  );
}

/** The message behind an entry: the command for the opening, the device's for a result. */
function EntryMessage({ attempt, entry }: { attempt: Attempt; entry: TimelineEntry }) {
  const m = useMessages();
  const heard = useFeed((feed) => (entry.resultId === undefined ? undefined : feed.messages.get(entry.resultId)));
  const message =
    entry.kind === "opened"
      ? {
          topic: attempt.topic,
          payload: new TextEncoder().encode(encode(attempt.command)),
          at: entry.at,
          retained: false,
        }
      : heard;
  if (!message) return entry.resultId === undefined ? null : <p className={styles.gone}>{m.watch.rawGone}</p>;
  return (
    <details className={styles.details}>
      <summary>{m.watch.message}</summary>
      <MessageView message={message} />
    </details>
  );
}

/** Lets the operator say that a held-back result belongs here. */
function Assign({ attempt, entry }: { attempt: Attempt; entry: TimelineEntry }) {
  const m = useMessages();
  const text = useText();
  const client = useSession((session) => session.client);
  const [error, setError] = useState<Text>();
  const { resultId, disposition } = entry;
  const held = entry.kind === "result" && (disposition === "suspect" || disposition === "ambiguous");
  const assigned = attempt.timeline.some((other) => other.kind === "assigned" && other.resultId === resultId);
  if (!client || !held || assigned || resultId === undefined) return null;
  return (
    <div className={styles.assign}>
      <span>{error ? text(error) : m.watch.assignHelp}</span>
      <Button
        small
        icon="link"
        onPress={() => void client.assign(resultId, attempt.id).catch((reason) => setError(textOf(reason)))}
      >
        {m.watch.assign}
      </Button>
    </div>
  );
}
