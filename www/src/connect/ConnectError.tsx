import { Notice } from "../design/Notice";
import { Words } from "../design/Words";
import { useMessages, useText } from "../i18n";
import { useSession } from "../store/session";
import { EraseJournal } from "./EraseJournal";

/** Why there is no connection, in the client's words. `scope` is the journal that the connection would use. */
export function ConnectError({ scope }: { scope: string }) {
  const m = useMessages();
  const text = useText();
  const error = useSession((session) => session.error);
  if (!error) return null;
  return (
    <Notice
      tone="bad"
      title={m.connect.failedTitle}
      live
      testId="connect-error"
      actions={error.code === "journal-failed" && <EraseJournal scope={scope} />}
    >
      <Words text={text(error.text)} />
    </Notice>
  );
}
