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
import { tellingVerification, useStateName } from "./state";
import { Timeline } from "./Timeline";
import { LargeTrack } from "./Track";

/** Everything about one upgrade. */
export function Detail({ attempt, alone }: { attempt: Attempt /** There is no list beside it. */; alone: boolean }) {
  const m = useMessages();
  const text = useText();
  const format = useFormats();
  const nameOf = useStateName();
  const Title = alone ? "h1" : "h2";
  const Heading = alone ? "h2" : "h3";
  const alerts = attempt.timeline.flatMap((entry) => entry.alerts);
  const { expected, final, command } = attempt;
  const verification = tellingVerification(attempt);
  const versions = (of: typeof expected) => [of?.version, of?.commit].filter(Boolean).join(" · ");
  return (
    <article className={styles.detail} data-testid="detail">
      <header className={styles.header}>
        <Title className={styles.title}>{attempt.device}</Title>
        {/* Spoken as it changes. */}
        <div role="status">
          <StateBadges attempt={attempt} />
        </div>
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
        <Heading className={styles.heading}>{m.watch.timeline}</Heading>
        <Timeline attempt={attempt} />
      </section>
      <section className={styles.section}>
        <Heading className={styles.heading}>{m.watch.facts}</Heading>
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
