import { useState } from "react";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { Notice } from "../design/Notice";
import { Words } from "../design/Words";
import { useMessages, useText } from "../i18n";
import { showJournal } from "../store/feed";
import { eraseJournal } from "../store/journal";
import { useSession } from "../store/session";

/** Why there is no connection, in the client's words. `scope` is the journal that the connection would use. */
export function ConnectError({ scope }: { scope: string }) {
  const m = useMessages();
  const text = useText();
  const error = useSession((session) => session.error);
  const [asking, setAsking] = useState(false);
  if (!error) return null;

  async function erase() {
    setAsking(false);
    await eraseJournal(scope);
    await showJournal(scope);
    useSession.setState({ error: undefined });
  }

  return (
    <>
      <Notice
        tone="bad"
        title={m.connect.failedTitle}
        live
        testId="connect-error"
        actions={
          error.code === "journal-failed" && <Button onPress={() => setAsking(true)}>{m.connect.newJournal}</Button>
        }
      >
        <Words text={text(error.text)} />
      </Notice>
      {asking && (
        <Dialog
          title={m.connect.newJournalTitle}
          alert
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onPress={() => setAsking(false)}>{m.app.back}</Button>
              <Button look="danger" onPress={() => void erase()}>
                {m.connect.newJournal}
              </Button>
            </>
          }
        >
          <p>{m.connect.newJournalBody}</p>
        </Dialog>
      )}
    </>
  );
}
