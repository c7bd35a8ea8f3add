import { useState } from "react";
import type { Attempt, Text } from "wudun-ota";
import { go } from "../app/route";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { Notice } from "../design/Notice";
import { Actions } from "../design/Page";
import { useMessages, useText } from "../i18n";
import { useSession } from "../store/session";
import { textOf } from "../store/text";
import { exportAttempt } from "./export";

type Asking = "cancel" | "forget";

export function DetailActions({ attempt }: { attempt: Attempt }) {
  const m = useMessages();
  const text = useText();
  const client = useSession((session) => session.client);
  const [asking, setAsking] = useState<Asking>();
  const [error, setError] = useState<Text>();

  async function act(what: Asking) {
    setAsking(undefined);
    try {
      if (what === "cancel") await client?.cancel(attempt.id);
      else {
        await client?.forget(attempt.id);
        go("watch");
      }
    } catch (reason) {
      setError(textOf(reason));
    }
  }

  const stay = (
    <Button onPress={() => setAsking(undefined)}>{asking === "cancel" ? m.watch.keep : m.compose.cancel}</Button>
  );
  return (
    <>
      <Actions>
        <Button small icon="export" onPress={() => exportAttempt(attempt)}>
          {m.watch.export}
        </Button>
        {client && attempt.open && (
          <Button small look="danger" icon="stop" onPress={() => setAsking("cancel")}>
            {m.watch.cancel}
          </Button>
        )}
        {client && !attempt.open && (
          <Button small look="quiet" icon="trash" onPress={() => setAsking("forget")}>
            {m.watch.forget}
          </Button>
        )}
      </Actions>
      {error && (
        <Notice tone="bad" live>
          {text(error)}
        </Notice>
      )}
      {asking === "cancel" && (
        <Dialog
          title={m.watch.cancelTitle(attempt.device)}
          alert
          onClose={() => setAsking(undefined)}
          actions={
            <>
              {stay}
              <Button look="danger" onPress={() => void act("cancel")}>
                {m.watch.cancelConfirm}
              </Button>
            </>
          }
        >
          <p>{attempt.sentAt === undefined ? m.watch.cancelUnpublished : m.watch.cancelBody}</p>
        </Dialog>
      )}
      {asking === "forget" && (
        <Dialog
          title={m.watch.forgetTitle}
          alert
          onClose={() => setAsking(undefined)}
          actions={
            <>
              {stay}
              <Button look="danger" onPress={() => void act("forget")}>
                {m.watch.forget}
              </Button>
            </>
          }
        >
          <p>{m.watch.forgetBody}</p>
        </Dialog>
      )}
    </>
  );
}
