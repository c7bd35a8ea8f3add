import { Card } from "../design/Page";
import { useMessages } from "../i18n";
import styles from "./Flow.module.css";

const LANES = { page: 44, broker: 172, gateway: 300, host: 418 } as const;

/** The two-phase exchange as a picture. */
export function Flow() {
  const m = useMessages();
  const { flow } = m.connect;
  const { page, broker, gateway, host } = LANES;
  return (
    <Card title={m.connect.flowTitle}>
      <svg className={styles.flow} viewBox="0 0 462 348" role="img" aria-label={flow.label}>
        {Object.entries(LANES).map(([lane, x]) => (
          <path key={lane} d={`M${x} 40V336`} className={styles.lane} />
        ))}
        <Head x={page} text={flow.page} />
        <Head x={broker} text={flow.broker} />
        <Head x={gateway} text={flow.gateway} />
        <Head x={host} text={flow.host} />

        <Arrow from={page} to={broker} y={84} />
        <Arrow from={broker} to={gateway} y={84} />
        <Words x={(page + gateway) / 2} y={74} text={flow.command} />

        <Arrow from={host} to={gateway} y={126} dashed />
        <Words x={(gateway + host) / 2} y={116} text={flow.download} />
        <Work x={gateway} y={140} text={flow.checks} />

        <Arrow from={gateway} to={broker} y={204} />
        <Arrow from={broker} to={page} y={204} />
        <Words x={(page + gateway) / 2} y={194} text={flow.prepared} />
        <circle cx={page} cy={204} r="5.5" className={styles.prepared} />

        <Work x={gateway} y={222} text={flow.updates} />
        <Arrow from={gateway} to={broker} y={300} />
        <Arrow from={broker} to={page} y={300} />
        <Words x={(page + gateway) / 2} y={290} text={flow.ending} />
        <circle cx={page} cy={300} r="5.5" className={styles.ended} />
      </svg>
    </Card>
  );
}

function Head({ x, text }: { x: number; text: string }) {
  return (
    <g className={styles.head}>
      <rect x={x - 42} y="10" width="84" height="28" rx="7" />
      <text x={x} y="28.5">
        {text}
      </text>
    </g>
  );
}

function Arrow({ from, to, y, dashed }: { from: number; to: number; y: number; dashed?: boolean }) {
  const tip = to > from ? -1 : 1;
  return (
    <path
      className={dashed ? styles.dashed : styles.arrow}
      d={`M${from - tip * 6} ${y}H${to + tip * 6}m${tip * 6} -4l${-tip * 6} 4l${tip * 6} 4`}
    />
  );
}

function Words({ x, y, text }: { x: number; y: number; text: string }) {
  return (
    <text x={x} y={y} className={styles.words}>
      {text}
    </text>
  );
}

/** What the gateway does by itself. */
function Work({ x, y, text }: { x: number; y: number; text: string }) {
  return (
    <g className={styles.work}>
      <rect x={x - 4} y={y} width="8" height="38" rx="3" />
      <text x={x + 14} y={y + 24}>
        {text}
      </text>
    </g>
  );
}
