import type { AttemptRow, Verification } from "wudun-ota";
import { Icon } from "../design/Icon";
import tones from "../design/tones.module.css";
import { useMessages } from "../i18n";
import { useFeed } from "../store/feed";
import styles from "./Badges.module.css";
import { type Tone, tellingVerification, toneOf, useStateName } from "./state";

export function Badge({ tone, children, testId }: { tone: Tone; children: React.ReactNode; testId?: string }) {
  return (
    <span className={`${styles.badge} ${tones[tone]}`} data-testid={testId}>
      {children}
    </span>
  );
}

const VERIFICATION_TONES: Record<Verification, Tone> = { verified: "good", mismatched: "bad", unverified: "mute" };

/** What the successes are worth, and how often something was odd. */
export function Totals() {
  const m = useMessages();
  const attempts = useFeed((feed) => feed.attempts);
  useFeed((feed) => feed.revision);
  const { verified = 0, mismatched = 0, alerts = 0 } = attempts?.counts() ?? {};
  return (
    <span className={styles.badges} data-testid="totals">
      {verified > 0 && (
        <Badge tone="good">
          <Icon name="check" />
          {m.watch.verifiedCount(verified)}
        </Badge>
      )}
      {mismatched > 0 && <Badge tone="bad">{m.watch.mismatchedCount(mismatched)}</Badge>}
      {alerts > 0 && (
        <Badge tone="warn">
          <Icon name="warn" />
          {m.watch.alerts(alerts)}
        </Badge>
      )}
    </span>
  );
}

/** State, verification and alerts of an attempt, in words. */
export function StateBadges({ attempt }: { attempt: AttemptRow }) {
  const m = useMessages();
  const nameOf = useStateName();
  const { alerts } = attempt;
  const verification = tellingVerification(attempt);
  return (
    <span className={styles.badges}>
      <span data-testid="attempt-state" data-state={attempt.state}>
        <Badge tone={toneOf(attempt.state, attempt.verification)}>{nameOf(attempt.state)}</Badge>
      </span>
      {verification && (
        <span data-testid="attempt-verification" data-verification={verification}>
          <Badge tone={VERIFICATION_TONES[verification]}>
            {verification === "verified" && <Icon name="check" />}
            {m.watch.verification[verification]}
          </Badge>
        </span>
      )}
      {alerts > 0 && (
        <Badge tone="warn" testId="attempt-alerts">
          <Icon name="warn" />
          {m.watch.alerts(alerts)}
        </Badge>
      )}
    </span>
  );
}
