import { useMemo, useState } from "react";
import { hrefOf } from "../app/route";
import { Button, ButtonLink } from "../design/Button";
import { Notice } from "../design/Notice";
import { Actions, Page } from "../design/Page";
import { useMessages } from "../i18n";
import { checkDraft, type FieldName, useCompose } from "../store/compose";
import { useSession } from "../store/session";
import { namespaceOf, useSettings } from "../store/settings";
import { inCharge, useTabs } from "../store/tabs";
import styles from "./Compose.module.css";
import { ComposeForm } from "./ComposeForm";
import { Preview } from "./Preview";
import { SendDialog } from "./SendDialog";

/** Why nothing can be sent now, if so. */
function useObstacle(): { text: string; connect: boolean } | undefined {
  const m = useMessages();
  const { phase, info } = useSession();
  const role = useTabs((tabs) => tabs.role);
  if (!inCharge(role) && role !== "unknown") return { text: m.tabs.readOnly, connect: false };
  if (phase === "reconnecting") return { text: m.compose.reconnecting, connect: false };
  if (phase !== "connected") return { text: m.compose.needConnection, connect: true };
  if (info?.observeOnly) return { text: m.compose.needControl, connect: true };
  return undefined;
}

export function Compose() {
  const m = useMessages();
  const draft = useCompose();
  const live = useSession((session) => session.info?.namespace);
  const remembered = useSettings((settings) => settings.connection);
  const namespace = live ?? namespaceOf(remembered);
  const checked = useMemo(() => checkDraft(draft, namespace, draft.mid, Date.now()), [draft, namespace]);
  const [left, setLeft] = useState<ReadonlySet<FieldName>>(new Set());
  const [allTouched, setAllTouched] = useState(false);
  const [reviewing, setReviewing] = useState(false);
  const obstacle = useObstacle();

  function review() {
    if (checked.errors > 0) {
      setAllTouched(true);
      // The fields learn of it first.
      requestAnimationFrame(() => document.querySelector<HTMLElement>("#compose-form [aria-invalid=true]")?.focus());
    } else setReviewing(true);
  }

  return (
    <Page title={m.compose.title} lead={m.compose.lead}>
      <div className={styles.columns}>
        <ComposeForm
          findings={checked.fields}
          touched={(field) => allTouched || left.has(field) || draft[field] !== ""}
          onLeave={(field) => setLeft((before) => new Set(before).add(field))}
        />
        <div className={styles.aside}>
          <Preview checked={checked} />
          {obstacle && (
            <Notice
              tone="info"
              actions={obstacle.connect && <ButtonLink href={hrefOf("connect")}>{m.rail.connect}</ButtonLink>}
              testId="obstacle"
            >
              {obstacle.text}
            </Notice>
          )}
          <Actions>
            <Button look="primary" icon="send" onPress={review} isDisabled={Boolean(obstacle)}>
              {m.compose.review}
            </Button>
            <span className={styles.tally} role="status">
              {allTouched && checked.errors > 0 && m.compose.problems(Object.keys(checked.fields).length)}
              {checked.errors === 0 && checked.warnings > 0 && m.compose.warnings(checked.warnings)}
            </span>
          </Actions>
        </div>
      </div>
      {reviewing && <SendDialog onClose={() => setReviewing(false)} />}
    </Page>
  );
}
