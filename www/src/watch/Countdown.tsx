import type { AttemptRow } from "wudun-ota";
import { useNow } from "../app/clock";
import { useMessages } from "../i18n";
import { useFormats } from "../i18n/format";
import styles from "./Attempts.module.css";

/** The time left until an open attempt is given up. */
export function Countdown({ attempt }: { attempt: AttemptRow }) {
  const m = useMessages();
  const format = useFormats();
  const now = useNow();
  const { deadline } = attempt;
  if (!deadline) return null;
  const left = deadline.at - now;
  return (
    <span className={left > 0 ? styles.countdown : styles.due}>
      <span>{left > 0 ? format.clock(left) : m.watch.due}</span>
      <span className={styles.kind}>{m.watch.deadlines[deadline.kind]}</span>
    </span>
  );
}
