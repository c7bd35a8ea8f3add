import { hrefOf } from "../app/route";
import { ButtonLink } from "../design/Button";
import { Field } from "../design/Field";
import { Actions, Card, Page } from "../design/Page";
import { useMessages } from "../i18n";
import { useCompose } from "../store/compose";
import { useDemo } from "../store/demo";
import { useFirmware } from "../store/firmware";
import { Chooser } from "./Chooser";
import styles from "./Firmware.module.css";
import { Hashes } from "./Hashes";
import { Hosting } from "./Hosting";

export function Firmware() {
  const m = useMessages();
  const { file, hash } = useFirmware();
  const demo = useDemo((store) => store.demo);
  const { downloadUrl, change } = useCompose();
  return (
    <Page title={m.firmware.title} lead={m.firmware.lead}>
      <div className={styles.columns}>
        <div className={styles.column}>
          <Chooser />
        </div>
        {file && hash && (
          <div className={styles.column}>
            <Hashes file={file} hash={hash} />
            <Card title={m.firmware.hosting}>
              {demo && <Hosting firmwareHost={demo.firmwareHost} />}
              <Field
                label={m.firmware.url}
                help={demo ? undefined : m.firmware.urlHelp}
                value={downloadUrl}
                onChange={(value) => change({ downloadUrl: value.trim() })}
                placeholder={`https://files.example/${encodeURIComponent(file.name)}`}
                code
              />
              <Actions>
                <ButtonLink look="primary" icon="compose" href={hrefOf("compose")}>
                  {m.firmware.next}
                </ButtonLink>
              </Actions>
            </Card>
          </div>
        )}
      </div>
    </Page>
  );
}
