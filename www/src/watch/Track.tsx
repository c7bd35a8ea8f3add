import type { AttemptRow } from "wudun-ota";
import { useNow } from "../app/clock";
import { useMessages } from "../i18n";
import { useFormats } from "../i18n/format";
import { type Mark, stagesOf } from "./stages";
import { useStateName } from "./state";
import styles from "./Track.module.css";

const glyphs: Partial<Record<Mark, string>> = {
  done: "M6 10.3l2.7 2.7L14 7.6",
  inferred: "M6 10.3l2.7 2.7L14 7.6",
  verified: "M6 10.3l2.7 2.7L14 7.6",
  unverified: "M6 10.3l2.7 2.7L14 7.6",
  mismatched: "M6.5 8.3h7M6.5 11.7h7M12 6l-4 8",
  refused: "M6.2 10h7.6",
  "rolled-back": "M8.4 6.2L6 8.6 8.4 11M6.2 8.6h4.6a2.6 2.6 0 010 5.2H8.6",
  failed: "M7 7l6 6M13 7l-6 6",
  "timed-out": "M10 6.2V10l2.4 1.6",
  cancelled: "M6.8 13.2l6.4-6.4",
};

const camel: Record<Mark, string> = {
  done: "done",
  inferred: "inferred",
  waiting: "waiting",
  future: "future",
  off: "off",
  verified: "verified",
  unverified: "unverified",
  mismatched: "mismatched",
  refused: "refused",
  "rolled-back": "rolledBack",
  failed: "failed",
  "timed-out": "timedOut",
  cancelled: "cancelled",
};

function Node({ mark }: { mark: Mark }) {
  const glyph = glyphs[mark];
  return (
    <svg viewBox="0 0 20 20" className={`${styles.node} ${styles[camel[mark]]}`} aria-hidden="true">
      <circle cx="10" cy="10" r="8" />
      {mark === "waiting" && <circle cx="10" cy="10" r="3.2" className={styles.core} />}
      {glyph && <path d={glyph} />}
    </svg>
  );
}

const reached = (mark: Mark) => mark !== "future" && mark !== "off" && mark !== "waiting";

function Line({ to }: { to: Mark }) {
  return (
    <span className={`${styles.line} ${to === "waiting" ? styles.lineWaiting : reached(to) ? styles.lineDone : ""}`} />
  );
}

/** The two-phase way of an upgrade as a small picture. */
export function Track({ attempt }: { attempt: AttemptRow }) {
  const m = useMessages();
  const nameOf = useStateName();
  const [sent, prepared, final] = stagesOf(attempt);
  return (
    <span className={styles.track} role="img" aria-label={m.watch.track.label(nameOf(attempt.state))}>
      <Node mark={sent} />
      <Line to={prepared} />
      <Node mark={prepared} />
      <Line to={final} />
      <Node mark={final} />
    </span>
  );
}

const labelStyle = (mark: Mark) => (reached(mark) ? styles.label : mark === "waiting" ? styles.soon : styles.faint);

/** The same, large: with times, and the deadline running down on the stretch that is under way. */
export function LargeTrack({ attempt }: { attempt: AttemptRow }) {
  const m = useMessages();
  const format = useFormats();
  const nameOf = useStateName();
  const [sent, prepared, final] = stagesOf(attempt);
  const t = m.watch.track;
  const at = (time: number | undefined) => (time === undefined ? "" : format.time(time));
  const failedEarly = prepared !== "done" && prepared !== "inferred" && reached(prepared);
  const unsent = sent !== "done" && reached(sent);
  const ending = nameOf(attempt.state);
  return (
    <ol className={styles.large}>
      <li>
        <Node mark={sent} />
        <Line to={prepared} />
        <span className={labelStyle(sent)}>{unsent ? ending : t.sent}</span>
        <span className={styles.when}>{unsent ? at(attempt.endedAt) : at(attempt.sentAt)}</span>
        {sent === "waiting" && <Waiting attempt={attempt} />}
      </li>
      <li>
        <Node mark={prepared} />
        <Line to={final} />
        <span className={labelStyle(prepared)}>
          {failedEarly ? ending : prepared === "inferred" ? t.inferred : t.prepared}
        </span>
        <span className={styles.when}>{failedEarly ? at(attempt.endedAt) : at(attempt.preparedAt)}</span>
        {prepared === "waiting" && <Waiting attempt={attempt} />}
      </li>
      <li>
        <Node mark={final} />
        <span className={labelStyle(final)}>{reached(final) ? ending : t.final}</span>
        <span className={styles.when}>{reached(final) ? at(attempt.endedAt) : ""}</span>
        {final === "waiting" && <Waiting attempt={attempt} />}
      </li>
    </ol>
  );
}

/** How much of the time allowed has gone. */
function Waiting({ attempt }: { attempt: AttemptRow }) {
  const m = useMessages();
  const format = useFormats();
  const now = useNow();
  const { deadline } = attempt;
  if (!deadline) return null;
  const began = attempt.preparedAt ?? attempt.sentAt ?? attempt.openedAt;
  const gone = Math.min(1, Math.max(0, (now - began) / Math.max(1, deadline.at - began)));
  const left = deadline.at - now;
  return (
    <span className={styles.deadline}>
      <svg viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true">
        <rect width={100 * (1 - gone)} height="2" />
      </svg>
      <span>{left > 0 ? m.watch.track.waiting(format.clock(left)) : m.watch.track.over}</span>
    </span>
  );
}
