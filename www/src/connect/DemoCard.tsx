import { Button } from "../design/Button";
import { Card } from "../design/Page";
import { useMessages, useText } from "../i18n";
import type { Demo } from "../store/demo";
import { scopeOf } from "../store/journal";
import { useSession } from "../store/session";
import { useSettings } from "../store/settings";
import { inCharge, useTabs } from "../store/tabs";
import styles from "./Connect.module.css";
import { ConnectError } from "./ConnectError";
import { Flow } from "./Flow";

/** One click to the demonstration's broker, and the gateways that wait there. */
export function DemoCard({ demo, onOther }: { demo: Demo; onOther: () => void }) {
  const m = useMessages();
  const { phase, open, abort } = useSession();
  const setConnection = useSettings((settings) => settings.setConnection);
  const role = useTabs((tabs) => tabs.role);
  const connecting = phase === "connecting";
  const { brokerUrl: url, namespace } = demo;

  function connect() {
    setConnection({
      url,
      kind: namespace.kind,
      ...(namespace.kind === "wudun" ? { productKey: namespace.productKey } : {}),
      ...(namespace.kind === "user" ? { tenant: namespace.tenant } : {}),
      ...(namespace.kind === "prefix" ? { prefix: namespace.prefix } : {}),
      username: "",
      protocol: "auto",
      observeOnly: false,
    });
    void open({ url, namespace, username: "", password: "", protocol: "auto", observeOnly: false });
  }

  return (
    <>
      <div className={styles.column}>
        <Card title={m.connect.demoTitle} help={m.connect.demo(demo.devices.length)}>
          <p className={styles.filter}>
            <span>{m.connect.broker}</span>
            <code>{url}</code>
          </p>
          <ConnectError scope={scopeOf(url, namespace)} />
          <div className={styles.submit}>
            <Button look="primary" icon="plug" isDisabled={!inCharge(role) || connecting} onPress={connect}>
              {connecting ? m.rail.connecting : m.connect.demoConnect}
            </Button>
            {connecting ? (
              <Button look="quiet" onPress={abort}>
                {m.connect.cancel}
              </Button>
            ) : (
              <Button look="quiet" onPress={onOther}>
                {m.connect.other}
              </Button>
            )}
          </div>
        </Card>
        <Flow />
      </div>
      <Gateways demo={demo} />
    </>
  );
}

function Gateways({ demo }: { demo: Demo }) {
  const m = useMessages();
  const text = useText();
  return (
    <Card title={m.connect.demoGateways}>
      <ul className={styles.gateways}>
        {demo.devices.map(({ device, behaviour, description }) => (
          <li key={device}>
            <code>{device}</code>
            <span>{text(description)}</span>
            <span className={styles.behaviour}>{behaviour}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
