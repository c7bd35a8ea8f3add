import { type Attempt, encode } from "wudun-ota";
import { Copy } from "../design/Copy";
import { Hash } from "../design/Hash";
import { Icon } from "../design/Icon";
import { Notice } from "../design/Notice";
import { Facts } from "../design/Page";
import { Words } from "../design/Words";
import { useMessages, useText } from "../i18n";
import { useFormats } from "../i18n/format";
import { StateBadges } from "./Badges";
import styles from "./Detail.module.css";
import { DetailActions } from "./DetailActions";
import { alertsOf, useStateName } from "./state";
import { Timeline } from "./Timeline";
import { LargeTrack } from "./Track";

/** Everything about one upgrade. */
export function Detail({ attempt }: { attempt: Attempt }) {
  const m = useMessages();
  const text = useText();
  const format = useFormats();
  const nameOf = useStateName();
  const alerts = alertsOf(attempt);
  const { expected, final, command, verification } = attempt;
  const versions = (of: typeof expected) => [of?.version, of?.commit].filter(Boolean).join(" · ");
  return (
    <article className={styles.detail} data-testid="detail">
      <header className={styles.header}>
        <h2 className={styles.title}>{attempt.device}</h2>
        <StateBadges attempt={attempt} />
      </header>
      <LargeTrack attempt={attempt} />
      <div className={styles.words}>
        <p>{m.watch.stateHelp[attempt.state]}</p>
        {attempt.outcome && attempt.outcome !== attempt.state && (
          <p>
            <strong>{m.watch.outcomeBeside(nameOf(attempt.outcome))}</strong>
          </p>
        )}
        {verification && <p>{m.watch.verificationHelp[verification]}</p>}
        {attempt.phase1 === "inferred" && <p>{m.watch.inferred}</p>}
      </div>
      {alerts.length > 0 && (
        <Notice tone="warn" title={m.watch.alertsTitle} testId="alerts">
          <ul className={styles.alerts}>
            {alerts.map((alert, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: alerts are only ever appended
              <li key={index} data-code={alert.code}>
                <Words text={text(alert.message)} />
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {attempt.foreignCommandSeen && <Notice tone="warn">{m.watch.foreign}</Notice>}
      <DetailActions attempt={attempt} />
      <section className={styles.section}>
        <h3>{m.watch.timeline}</h3>
        <Timeline attempt={attempt} />
      </section>
      <section className={styles.section}>
        <h3>{m.watch.facts}</h3>
        <Facts
          rows={[
            [m.watch.expected, versions(expected) || "—"],
            [m.watch.reported, versions(final) || "—"],
            [m.watch.source, <code key="source">{attempt.source}</code>],
            attempt.subDevice !== undefined && [m.watch.subDevice, attempt.subDevice],
            [
              m.watch.mid,
              <span className={styles.copyable} key="mid">
                <code>{attempt.id}</code>
                <Copy text={attempt.id} what={m.watch.mid} />
              </span>,
            ],
            [m.watch.topic, <code key="topic">{attempt.topic}</code>],
            [m.watch.file, <code key="url">{command.data.download_url}</code>],
            [m.watch.md5, <Hash key="md5" value={command.data.md5_code} />],
            command.trace_id !== undefined && [m.watch.trace, <code key="trace">{command.trace_id}</code>],
            [
              m.watch.columns.opened,
              <span key="opened">
                <Icon name="clock" /> {format.date(attempt.openedAt)}
              </span>,
            ],
            [
              m.compose.payload,
              <span className={styles.copyable} key="payload">
                {m.watch.rawBytes(format.integer(new TextEncoder().encode(encode(command)).length))}
                <Copy text={encode(command)} what={m.compose.payload} />
              </span>,
            ],
          ]}
        />
      </section>
    </article>
  );
}
