import { DropZone, FileTrigger, isFileDropItem } from "react-aria-components";
import { useNow } from "../app/clock";
import { Button } from "../design/Button";
import { Icon } from "../design/Icon";
import { Notice } from "../design/Notice";
import { Progress } from "../design/Progress";
import { useMessages, useText } from "../i18n";
import { useFormats } from "../i18n/format";
import { useDemo } from "../store/demo";
import { useFirmware, type Progress as Work } from "../store/firmware";
import styles from "./Firmware.module.css";

/** Where a file is dropped or picked, and what is done with it meanwhile. */
export function Chooser() {
  const m = useMessages();
  const text = useText();
  const format = useFormats();
  const { file, hash, hashing, cancelled, error, choose, cancel } = useFirmware();
  const host = useDemo((store) => store.demo?.firmwareHost);
  return (
    <>
      <DropZone
        className={styles.drop ?? ""}
        aria-label={m.firmware.drop}
        getDropOperation={() => "copy"}
        onDrop={async ({ items }) => {
          const item = items.find(isFileDropItem);
          if (item) await choose(await item.getFile(), host);
        }}
      >
        {file ? (
          <div className={styles.chosen}>
            <Icon name="file" large />
            <div>
              <p className={styles.name}>{file.name}</p>
              <p className={styles.meta}>
                {format.size(file.size)} · {m.firmware.bytes(format.integer(file.size))}
              </p>
            </div>
          </div>
        ) : (
          <div className={styles.invite}>
            <Icon name="chip" large />
            <p className={styles.name}>{m.firmware.drop}</p>
            <p className={styles.meta}>{m.firmware.or}</p>
          </div>
        )}
        {hashing ? (
          <Running work={hashing} title={m.firmware.hashing} label={m.firmware.progress} onCancel={cancel} />
        ) : (
          <FileTrigger
            onSelect={(files) => {
              const picked = files?.[0];
              if (picked) void choose(picked, host);
            }}
          >
            <Button look={hash ? "plain" : "primary"} icon="file">
              {hash ? m.firmware.another : m.firmware.pick}
            </Button>
          </FileTrigger>
        )}
      </DropZone>
      {cancelled && (
        <Notice tone="info" live>
          {m.firmware.cancelled}
        </Notice>
      )}
      {error && (
        <Notice tone="bad" title={m.firmware.failed} live>
          {text(error)}
        </Notice>
      )}
    </>
  );
}

/** Work under way: how far, how fast, and the way out. */
export function Running({
  work,
  title,
  label,
  onCancel,
}: {
  work: Work;
  title: string;
  label: string;
  onCancel: () => void;
}) {
  const m = useMessages();
  const format = useFormats();
  useNow();
  const seconds = (performance.now() - work.startedAt) / 1000;
  return (
    <div className={styles.running}>
      <p className={styles.runningHead}>
        <span>{title}</span>
        <span>{Math.floor((100 * work.bytes) / Math.max(1, work.total))}%</span>
      </p>
      <Progress label={label} value={work.bytes} max={work.total} />
      <p className={styles.meta}>
        {format.size(work.bytes)} / {format.size(work.total)}
        {seconds > 0.5 && ` · ${m.firmware.speed(format.size(work.bytes / seconds))}`}
      </p>
      <Button small onPress={onCancel} icon="cross">
        {m.firmware.cancel}
      </Button>
    </div>
  );
}
