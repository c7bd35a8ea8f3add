import { Notice } from "../design/Notice";
import { useMessages, useText } from "../i18n";
import { useSession } from "../store/session";

/** Why there is no connection, in the client's words. */
export function ConnectError() {
  const m = useMessages();
  const text = useText();
  const error = useSession((session) => session.error);
  if (!error) return null;
  return (
    <Notice tone="bad" title={m.connect.failedTitle} live testId="connect-error">
      {text(error)}
    </Notice>
  );
}
