import { useState } from "react";
import { hrefOf } from "../app/route";
import { ButtonLink } from "../design/Button";
import { Notice } from "../design/Notice";
import { Page } from "../design/Page";
import { useMessages } from "../i18n";
import { useDemo } from "../store/demo";
import { useFeed } from "../store/feed";
import { useSession } from "../store/session";
import styles from "./Connect.module.css";
import { ConnectForm } from "./ConnectForm";
import { Connection } from "./Connection";
import { DemoCard } from "./DemoCard";
import { Flow } from "./Flow";

/** Upgrades that the journal brought back while there is no connection. */
function Restored() {
  const m = useMessages();
  const phase = useSession((session) => session.phase);
  const open = useFeed((feed) => (feed.revision >= 0 ? (feed.attempts?.counts().open ?? 0) : 0));
  if (phase !== "idle" || open === 0) return null;
  return (
    <Notice
      tone="info"
      icon="clock"
      title={m.connect.restoredTitle(open)}
      actions={<ButtonLink href={hrefOf("watch")}>{m.connect.restoredShow}</ButtonLink>}
      testId="restored"
    >
      {m.connect.restored}
    </Notice>
  );
}

export function Connect() {
  const m = useMessages();
  const phase = useSession((session) => session.phase);
  const { demo, looked } = useDemo();
  const [other, setOther] = useState(false);
  const live = phase === "connected" || phase === "reconnecting";
  return (
    <Page title={live ? m.connect.now : m.connect.title} lead={m.connect.lead}>
      <Restored />
      {live ? (
        <Connection />
      ) : (
        looked && (
          <div className={styles.columns}>
            {demo && !other ? (
              <DemoCard demo={demo} onOther={() => setOther(true)} />
            ) : (
              <>
                <ConnectForm />
                <Flow />
              </>
            )}
          </div>
        )
      )}
    </Page>
  );
}
