import { ProgressBar } from "react-aria-components";
import styles from "./Progress.module.css";

/** A bar that fills; `value` of `max`. */
export function Progress({ label, value, max }: { label: string; value: number; max: number }) {
  return (
    <ProgressBar aria-label={label} value={value} maxValue={Math.max(max, 1)} className={styles.bar ?? ""}>
      {({ percentage = 0 }) => (
        <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
          <rect width={percentage} height="1" />
        </svg>
      )}
    </ProgressBar>
  );
}
