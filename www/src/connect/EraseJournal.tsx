import { useState } from "react";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { useMessages } from "../i18n";
import { showJournal } from "../store/feed";
import { eraseJournal } from "../store/journal";
import { useSession } from "../store/session";
import { inCharge, useTabs } from "../store/tabs";

/** Forgets the upgrades of one connection, after a question. */
export function EraseJournal({ scope }: { scope: string }) {
  const m = useMessages();
  const role = useTabs((tabs) => tabs.role);
  const [asking, setAsking] = useState(false);

  async function erase() {
    setAsking(false);
    await eraseJournal(scope);
    await showJournal(scope);
    useSession.setState({ error: undefined });
  }

  return (
    <>
      <Button onPress={() => setAsking(true)} isDisabled={!inCharge(role)}>
        {m.connect.newJournal}
      </Button>
      {asking && (
        <Dialog
          title={m.connect.newJournalTitle}
          alert
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onPress={() => setAsking(false)}>{m.app.back}</Button>
              <Button look="danger" onPress={() => void erase()}>
                {m.connect.newJournalConfirm}
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
