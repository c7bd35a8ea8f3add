import { type FormEvent, useState } from "react";
import { safeTopicFilter } from "wudun-ota";
import { Button } from "../design/Button";
import { Field } from "../design/Field";
import { Notice } from "../design/Notice";
import { Card } from "../design/Page";
import { Segmented } from "../design/Segmented";
import { Toggle } from "../design/Toggle";
import { useMessages } from "../i18n";
import { scopeOf } from "../store/journal";
import { useSession } from "../store/session";
import { type ConnectionSettings, namespaceOf, useSettings } from "../store/settings";
import { inCharge, useTabs } from "../store/tabs";
import styles from "./Connect.module.css";
import { ConnectError } from "./ConnectError";
import { checkUrl } from "./check";

const LEVEL = { wudun: "productKey", user: "tenant", prefix: "prefix" } as const;

const finding = (message: string) => [
  { code: "form", severity: "error" as const, path: "", message: { en: message, zh: message } },
];

export function ConnectForm() {
  const m = useMessages();
  const { connection, setConnection: remember } = useSettings();
  const { phase, open, abort, password, setPassword, dismissError } = useSession();
  const role = useTabs((tabs) => tabs.role);
  const [plainAccepted, setPlainAccepted] = useState<string>();
  const [urlLeft, setUrlLeft] = useState(false);
  const [levelLeft, setLevelLeft] = useState(false);

  const connecting = phase === "connecting";
  const url = checkUrl(connection.url, m);
  const namespace = namespaceOf(connection);
  const filter = safeTopicFilter({ namespace });
  const level = LEVEL[connection.kind];
  const plain = url.plainHost !== undefined && !url.mixed && connection.username !== "" ? url.plainHost : undefined;
  const able =
    connection.url !== "" &&
    !url.error &&
    !url.mixed &&
    filter.ok &&
    (!plain || plainAccepted === plain) &&
    inCharge(role);

  function setConnection(change: Partial<ConnectionSettings>) {
    dismissError();
    remember(change);
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!able || connecting) return;
    const { username, protocol, observeOnly } = connection;
    void open({ url: connection.url, namespace, username, password, protocol, observeOnly });
  }

  return (
    <Card label={m.connect.title}>
      <form className={styles.form} onSubmit={submit} data-testid="connect-form">
        <Field
          label={m.connect.url}
          help={m.connect.urlHelp}
          value={connection.url}
          onChange={(value) => setConnection({ url: value.trim() })}
          onBlur={() => setUrlLeft(true)}
          touched={urlLeft}
          findings={url.error ? finding(url.error) : []}
          placeholder="wss://broker.example:8084/mqtt"
          isDisabled={connecting}
          code
        />
        <div className={styles.namespace}>
          <Segmented
            label={m.connect.namespace}
            value={connection.kind}
            onChange={(kind) => setConnection({ kind })}
            isDisabled={connecting}
            options={(["wudun", "user", "prefix"] as const).map((kind) => ({
              value: kind,
              label: m.connect.kinds[kind],
            }))}
          />
          <Field
            label={m.connect[level]}
            help={m.connect.kindHelp[connection.kind]}
            value={connection[level]}
            onChange={(value) => setConnection({ [level]: value })}
            onBlur={() => setLevelLeft(true)}
            touched={levelLeft || connection[level] !== ""}
            findings={!filter.ok && connection[level] !== "" ? filter.error.diagnostics : []}
            isDisabled={connecting}
            code
          />
          <p className={styles.filter}>
            <span>{m.connect.watching}</span>
            <code data-testid="filter">{filter.ok ? filter.value : "—"}</code>
          </p>
        </div>
        <div className={styles.pair}>
          <Field
            label={m.connect.username}
            optional
            value={connection.username}
            onChange={(username) => setConnection({ username })}
            isDisabled={connecting}
            autoComplete="off"
          />
          <Field
            label={m.connect.password}
            optional
            type="password"
            help={m.connect.passwordHelp}
            value={password}
            onChange={setPassword}
            isDisabled={connecting}
            autoComplete="off"
          />
        </div>
        <Segmented
          label={m.connect.protocol}
          value={connection.protocol}
          onChange={(protocol) => setConnection({ protocol })}
          isDisabled={connecting}
          options={[
            { value: "auto", label: m.connect.protocolAuto },
            { value: "5", label: m.connect.protocols[5] },
            { value: "4", label: m.connect.protocols[4] },
          ]}
        />
        <Toggle
          label={m.connect.observe}
          help={m.connect.observeHelp}
          value={connection.observeOnly}
          onChange={(observeOnly) => setConnection({ observeOnly })}
          isDisabled={connecting}
        />
        {url.mixed && (
          <Notice tone="bad" title={m.connect.mixedTitle} live testId="mixed-content">
            {m.connect.mixed}
          </Notice>
        )}
        {plain && (
          <Notice
            tone="warn"
            title={m.connect.plainTitle}
            live
            testId="plain-credentials"
            actions={
              <Toggle
                label={m.connect.plainAccept}
                value={plainAccepted === plain}
                onChange={(accepted) => setPlainAccepted(accepted ? plain : undefined)}
              />
            }
          >
            {m.connect.plain(plain)}
          </Notice>
        )}
        <ConnectError scope={scopeOf(connection.url, namespace)} />
        <div className={styles.submit}>
          <Button type="submit" look="primary" icon="plug" isDisabled={!able || connecting}>
            {connecting ? m.rail.connecting : m.connect.connect}
          </Button>
          {connecting && (
            <Button look="quiet" onPress={abort}>
              {m.connect.cancel}
            </Button>
          )}
        </div>
      </form>
    </Card>
  );
}
