import { useState } from "react";
import { encode, OtaError, safeBuildCommand, safeFormatTopic, type Text } from "wudun-ota";
import { go, hrefOf } from "../app/route";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { Hash } from "../design/Hash";
import { Notice } from "../design/Notice";
import { Facts } from "../design/Page";
import { Words } from "../design/Words";
import { useMessages, useText } from "../i18n";
import { useFormats } from "../i18n/format";
import { expectedOf, inputOf, useCompose } from "../store/compose";
import { useFeed } from "../store/feed";
import { useFirmware } from "../store/firmware";
import { useSession } from "../store/session";
import { textOf } from "../store/text";
import styles from "./Compose.module.css";
import { Exact } from "./Preview";

type Step =
  | { name: "ask" }
  | { name: "sending" }
  | { name: "supersede"; earlier: string | undefined }
  | { name: "failed"; text: Text };

/** Names the device and the file, shows what goes out, and asks once. */
export function SendDialog({ onClose }: { onClose: () => void }) {
  const m = useMessages();
  const text = useText();
  const format = useFormats();
  const draft = useCompose();
  const { file, hash } = useFirmware();
  const { client, info } = useSession();
  const attempts = useFeed((feed) => feed.attempts);
  const [step, setStep] = useState<Step>({ name: "ask" });
  // What is shown is what is sent: id and time are settled now.
  const [input] = useState(() => inputOf(draft, draft.mid, Date.now()));
  const built = safeBuildCommand(input);
  if (!info || !client || !built.ok) return null;
  const topic = safeFormatTopic({ namespace: info.namespace, device: input.device, channel: "command" });
  const expected = expectedOf(draft);
  const sameFile = file && hash && hash.md5 === built.value.message.data.md5_code;
  /** The attempt in the way, which only the tracker knows: its words name it. */
  function namedIn(error: OtaError): string | undefined {
    const known = attempts?.page({ limit: 50, device: input.device }).attempts ?? [];
    return known.find((one) => error.text.en.includes(one.id))?.id;
  }

  async function send(supersede: boolean) {
    if (!client) return;
    setStep({ name: "sending" });
    try {
      const upgrade = await client.upgrade({
        ...input,
        ...(expected ? { expected } : {}),
        ...(supersede ? { supersede } : {}),
      });
      draft.renew();
      onClose();
      go("watch", upgrade.id);
    } catch (error) {
      if (OtaError.is(error) && error.code === "needs-supersede")
        setStep({ name: "supersede", earlier: namedIn(error) });
      else setStep({ name: "failed", text: textOf(error) });
    }
  }

  const asking = step.name === "supersede";
  return (
    <Dialog
      title={m.compose.confirmTitle(input.device)}
      onClose={onClose}
      alert
      actions={
        <>
          <Button onPress={onClose}>{m.compose.cancel}</Button>
          <Button
            look="primary"
            icon="send"
            isDisabled={step.name === "sending"}
            onPress={() => void send(asking)}
            data-testid="send"
          >
            {asking ? m.compose.supersedeSend : step.name === "sending" ? m.compose.sending : m.compose.send}
          </Button>
        </>
      }
    >
      <Facts
        rows={[
          [m.compose.device, <strong key="device">{input.device}</strong>],
          input.subDevice !== undefined && [m.compose.confirmSub, input.subDevice],
          [m.compose.source, input.source],
          [
            m.compose.confirmFile,
            sameFile ? (
              <span key="file">
                <strong>{file.name}</strong> · {format.size(file.size)}
              </span>
            ) : (
              m.compose.confirmNoFile
            ),
          ],
          [m.compose.md5, <Hash key="md5" value={built.value.message.data.md5_code} />],
          [m.compose.url, <code key="url">{input.downloadUrl}</code>],
          [
            m.compose.confirmExpected,
            expected ? [expected.version, expected.commit].filter(Boolean).join(" · ") : m.compose.confirmNoExpected,
          ],
          [m.compose.confirmBroker, <code key="broker">{info.url}</code>],
        ]}
      />
      {built.value.diagnostics.length > 0 && (
        <Notice tone="warn" title={m.compose.warnings(built.value.diagnostics.length)}>
          <ul className={styles.warnings}>
            {built.value.diagnostics.map((finding) => (
              <li key={finding.code + finding.path}>
                <Words text={text(finding.message)} />
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {step.name === "supersede" && (
        <Notice tone="warn" title={m.compose.supersedeTitle} live testId="supersede">
          {m.compose.supersede}
          {step.earlier && (
            <p>
              <a href={hrefOf("watch", step.earlier)}>{m.compose.supersedeShow}</a>
            </p>
          )}
        </Notice>
      )}
      {step.name === "failed" && (
        <Notice tone="bad" title={m.compose.busyTitle} live testId="send-error">
          <Words text={text(step.text)} />
        </Notice>
      )}
      {topic.ok && (
        <details className={styles.details} open>
          <summary>{m.compose.confirmExact}</summary>
          <Exact topic={topic.value} payload={encode(built.value.message)} />
        </details>
      )}
      <p className={styles.note}>{m.compose.confirmNote}</p>
    </Dialog>
  );
}
