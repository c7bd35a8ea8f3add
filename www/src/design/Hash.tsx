import { Fragment } from "react";
import styles from "./Hash.module.css";

/** A hash in groups of eight, to be compared by eye; copied and read as one word. */
export function Hash({ value, testId }: { value: string; testId?: string }) {
  const groups = value.match(/.{1,8}/gs) ?? [];
  return (
    <code className={styles.hash} data-testid={testId}>
      {groups.map((group, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the groups have no other identity
        <Fragment key={index}>
          <span>{group}</span>
          <wbr />
        </Fragment>
      ))}
    </code>
  );
}
