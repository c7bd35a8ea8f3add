import { useState } from "react";
import { type FirmwareHash, safeCompareMd5 } from "wudun-ota";
import { Copy } from "../design/Copy";
import { Field } from "../design/Field";
import { Hash } from "../design/Hash";
import { Notice } from "../design/Notice";
import { Card, Facts } from "../design/Page";
import { useMessages } from "../i18n";
import { useFormats } from "../i18n/format";
import styles from "./Firmware.module.css";

/** What identifies the file. */
export function Hashes({ file, hash }: { file: File; hash: FirmwareHash }) {
  const m = useMessages();
  const format = useFormats();
  const [published, setPublished] = useState("");
  const compared = published ? safeCompareMd5(published, hash.md5) : undefined;
  return (
    <Card title={m.firmware.file}>
      <Facts
        rows={[
          [m.firmware.file, file.name],
          [m.firmware.size, `${format.size(hash.size)} · ${m.firmware.bytes(format.integer(hash.size))}`],
          [
            m.firmware.md5,
            <span className={styles.hash} key="md5">
              <Hash value={hash.md5} testId="md5" />
              <Copy text={hash.md5} what={m.firmware.md5} />
            </span>,
          ],
          hash.sha256 !== undefined && [
            m.firmware.sha256,
            <span className={styles.hash} key="sha256">
              <Hash value={hash.sha256} testId="sha256" />
              <Copy text={hash.sha256} what={m.firmware.sha256} />
            </span>,
          ],
        ]}
      />
      <p className={styles.meta}>{m.firmware.integrity}</p>
      <Field
        label={m.firmware.compare}
        optional
        help={m.firmware.compareHelp}
        value={published}
        onChange={(value) => setPublished(value.trim())}
        code
      />
      {compared && (
        <Notice tone={!compared.ok ? "warn" : compared.value ? "good" : "bad"} live testId="compare">
          {!compared.ok ? m.firmware.noMd5 : compared.value ? m.firmware.same : m.firmware.different}
        </Notice>
      )}
    </Card>
  );
}
