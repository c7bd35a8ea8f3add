import { Copy } from "../design/Copy";
import { Json } from "../design/Json";
import { Card } from "../design/Page";
import { useMessages } from "../i18n";
import type { Checked } from "../store/compose";
import styles from "./Compose.module.css";

/** Topic and payload, exactly. */
export function Exact({ topic, payload }: { topic: string; payload: string }) {
  const m = useMessages();
  return (
    <div className={styles.exact}>
      <div className={styles.exactHead}>
        <h3>{m.compose.topic}</h3>
        <Copy text={topic} what={m.compose.topic} />
      </div>
      <code className={styles.topic} data-testid="topic">
        {topic}
      </code>
      <div className={styles.exactHead}>
        <h3>{m.compose.payload}</h3>
        <Copy text={payload} what={m.compose.payload} />
      </div>
      <div data-testid="payload">
        <Json text={payload} />
      </div>
    </div>
  );
}

export function Preview({ checked }: { checked: Checked }) {
  const m = useMessages();
  const { topic, payload } = checked;
  return (
    <Card title={m.compose.preview} help={m.compose.previewHelp}>
      {topic !== undefined && payload !== undefined ? (
        <Exact topic={topic} payload={payload} />
      ) : (
        <p className={styles.incomplete}>{m.compose.incomplete}</p>
      )}
    </Card>
  );
}
