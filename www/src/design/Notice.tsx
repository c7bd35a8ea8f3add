import { Icon, type IconName } from "./Icon";
import styles from "./Notice.module.css";
import tones from "./tones.module.css";

type Tone = "info" | "good" | "warn" | "bad";

const icons: Record<Tone, IconName> = { info: "info", good: "check", warn: "warn", bad: "stop" };

interface NoticeProps {
  tone: Tone;
  title?: string;
  children?: React.ReactNode;
  actions?: React.ReactNode;
  /** Spoken when it appears. */
  live?: boolean;
  icon?: IconName;
  testId?: string;
}

export function Notice({ tone, title, children, actions, live, icon, testId }: NoticeProps) {
  return (
    <div
      className={`${styles.notice} ${tones[tone]}`}
      role={live ? (tone === "bad" ? "alert" : "status") : undefined}
      data-testid={testId}
    >
      <Icon name={icon ?? icons[tone]} />
      <div className={styles.body}>
        {title && <p className={styles.title}>{title}</p>}
        {children && <div className={styles.text}>{children}</div>}
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
    </div>
  );
}
