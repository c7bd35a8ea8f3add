import { Button } from "../design/Button";
import { Notice } from "../design/Notice";
import { useMessages } from "../i18n";
import { claimTab, useTabs } from "../store/tabs";
import styles from "./Notices.module.css";

/** Says when another tab holds the connection, and offers to take over when it has gone. */
export function TabNotice() {
  const m = useMessages();
  const role = useTabs((tabs) => tabs.role);
  if (role === "owner" || role === "unknown") return null;
  return (
    <div className={styles.place} data-testid={`tab-${role}`}>
      {role === "unsupported" && <Notice tone="warn">{m.tabs.unsupported}</Notice>}
      {role === "other" && (
        <Notice tone="info" title={m.tabs.otherTitle} live>
          {m.tabs.other}
        </Notice>
      )}
      {role === "free" && (
        <Notice
          tone="good"
          title={m.tabs.freeTitle}
          live
          actions={
            <Button look="primary" onPress={claimTab}>
              {m.tabs.takeOver}
            </Button>
          }
        >
          {m.tabs.free}
        </Notice>
      )}
    </div>
  );
}
