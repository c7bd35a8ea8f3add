import { useMemo } from "react";
import { type Decoded, type Message, STATUSES, safeDecode } from "wudun-ota";
import { Copy } from "../design/Copy";
import { Findings } from "../design/Field";
import { Json } from "../design/Json";
import { Facts } from "../design/Page";
import { type Messages, useMessages, useText } from "../i18n";
import { useFormats } from "../i18n/format";
import type { RawMessage } from "../store/feed";
import styles from "./MessageView.module.css";

/** A message as it was on the wire, and as the core reads it. Always text, never markup. */
export function MessageView({ message }: { message: RawMessage }) {
  const m = useMessages();
  const text = useText();
  const format = useFormats();
  const { topic, payload, at, retained } = message;
  const decoded = useMemo(() => safeDecode(payload, { topic, lenient: true, now: at }), [payload, topic, at]);
  const raw = useMemo(() => new TextDecoder().decode(payload), [payload]);
  const rows = decoded.ok ? fieldRows(decoded.value.message, m, format.date) : [];
  const status = decoded.ok ? statusOf(decoded.value) : undefined;
  const findings = decoded.ok ? decoded.value.diagnostics : decoded.error.diagnostics;
  return (
    <div className={styles.message}>
      <p className={styles.head}>
        {m.watch.decoded}
        {retained && <span className={styles.retained}>{m.watch.retained}</span>}
      </p>
      {rows.length > 0 ? (
        <Facts rows={status ? [...rows, [m.watch.fields.status, `${status.code} · ${text(status.label)}`]] : rows} />
      ) : (
        <p className={styles.none}>{m.watch.noFields}</p>
      )}
      {findings.length > 0 && (
        <>
          <p className={styles.head}>{m.watch.findings}</p>
          <div className={styles.findings} data-testid="findings">
            {findings.map((finding) => (
              <div key={`${finding.code}${finding.path}${finding.start ?? ""}`}>
                <Findings findings={[finding]} />
                <code>
                  {[
                    finding.code,
                    finding.path,
                    finding.line !== undefined && finding.column !== undefined
                      ? m.watch.line(finding.line, finding.column)
                      : "",
                  ]
                    .filter(Boolean)
                    .join(" · ")}
                </code>
              </div>
            ))}
          </div>
        </>
      )}
      <p className={styles.head}>
        {m.watch.raw}
        <span className={styles.size}>{m.watch.rawBytes(format.integer(payload.length))}</span>
        <Copy text={raw} what={m.watch.raw} />
      </p>
      <code className={styles.topic}>{topic}</code>
      <div data-testid="raw-payload">
        <Json text={raw} />
      </div>
    </div>
  );
}

const statusOf = (decoded: Decoded) =>
  decoded.kind === "result" ? STATUSES.find((one) => one.name === decoded.status) : undefined;

function fieldRows(message: Message, m: Messages, date: (at: number) => string): [string, React.ReactNode][] {
  const names: Record<string, string> = m.watch.fields;
  const flat = { ...message, ...message.data };
  return Object.entries(flat)
    .filter(([key]) => key !== "data" && key !== "status" && key !== "type")
    .map(([key, value]) => {
      const shown = typeof value === "string" ? value : JSON.stringify(value);
      const time = key === "timestamp" && typeof value === "number" && value < 8.64e15 ? ` · ${date(value)}` : "";
      return [Object.hasOwn(names, key) ? (names[key] ?? key) : key, <code key={key}>{`${shown}${time}`}</code>];
    });
}
