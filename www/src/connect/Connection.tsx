import { hrefOf } from "../app/route";
import { Button, ButtonLink } from "../design/Button";
import { Actions, Card, Facts } from "../design/Page";
import { useMessages } from "../i18n";
import { useFormats } from "../i18n/format";
import { useSession } from "../store/session";
import styles from "./Connect.module.css";
import { namespaceLabel } from "./check";
import { Flow } from "./Flow";

/** The connection as it stands. */
export function Connection() {
  const m = useMessages();
  const format = useFormats();
  const { info, phase, close } = useSession();
  if (!info) return null;
  const protocol = m.connect.protocols[info.protocolVersion];
  return (
    <div className={styles.columns}>
      <Card label={m.connect.now}>
        <p className={phase === "connected" ? styles.live : styles.lost} role="status" data-testid="connection-state">
          <span className={styles.lamp} />
          {phase === "connected"
            ? info.observeOnly
              ? m.rail.observing(protocol)
              : m.rail.connected(protocol)
            : m.rail.reconnecting}
        </p>
        <Facts
          rows={[
            [m.connect.broker, <code key="url">{info.url}</code>],
            [m.connect.namespace, <code key="namespace">{namespaceLabel(info.namespace)}</code>],
            [m.connect.protocol, protocol],
            [m.connect.mode, info.observeOnly ? m.connect.modes.observe : m.connect.modes.control],
            [m.connect.session, info.sessionPresent ? m.connect.sessionKept : m.connect.sessionNew],
            [
              m.connect.clientId,
              <span key="id">
                <code>{info.clientId}</code>
                <small className={styles.aside}>{m.connect.clientIdHelp}</small>
              </span>,
            ],
            [m.connect.since, format.date(info.since)],
          ]}
        />
        <Actions>
          <ButtonLink
            look="primary"
            icon={info.observeOnly ? "watch" : "chip"}
            href={hrefOf(info.observeOnly ? "watch" : "firmware")}
          >
            {info.observeOnly ? m.connect.toWatch : m.connect.next}
          </ButtonLink>
          <Button onPress={() => void close()}>{m.connect.disconnect}</Button>
        </Actions>
      </Card>
      <Flow />
    </div>
  );
}
