import { Button } from "../design/Button";
import { Notice } from "../design/Notice";
import { Words } from "../design/Words";
import { useMessages, useText } from "../i18n";
import { useSession } from "../store/session";
import styles from "./Notices.module.css";

/** What is wrong with the connection, whatever room is in sight. */
export function ConnectionNotice() {
  const m = useMessages();
  const text = useText();
  const { phase, sessionLost } = useSession();
  return (
    <>
      {phase === "reconnecting" && (
        <div className={styles.place} data-testid="reconnecting">
          <Notice tone="warn" icon="plug" title={m.rail.reconnecting} live>
            {m.compose.reconnecting}
          </Notice>
        </div>
      )}
      {sessionLost && (
        <div className={styles.place} data-testid="session-lost">
          <Notice
            tone="warn"
            live
            title={m.watch.eventTypes["session-lost"]}
            actions={
              <Button small onPress={() => useSession.setState({ sessionLost: undefined })}>
                {m.app.close}
              </Button>
            }
          >
            <Words text={text(sessionLost)} />
          </Notice>
        </div>
      )}
    </>
  );
}
