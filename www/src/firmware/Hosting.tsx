import { Button } from "../design/Button";
import { Notice } from "../design/Notice";
import { useMessages, useText } from "../i18n";
import { useFirmware } from "../store/firmware";
import { Running } from "./Chooser";

/** The file's way to the demonstration's firmware host. */
export function Hosting({ firmwareHost }: { firmwareHost: string }) {
  const m = useMessages();
  const text = useText();
  const { hash, uploading, hosted, uploadError, upload, cancel } = useFirmware();
  if (uploading) {
    return (
      <Running work={uploading} title={m.firmware.uploading} label={m.firmware.uploadProgress} onCancel={cancel} />
    );
  }
  if (hosted && hosted.md5 === hash?.md5) {
    return (
      <Notice tone="good" title={m.firmware.uploaded} live testId="hosted">
        {m.firmware.uploadedSame}
      </Notice>
    );
  }
  return (
    <Notice
      tone="bad"
      title={m.firmware.uploadFailed}
      live
      actions={<Button onPress={() => void upload(firmwareHost)}>{m.firmware.retry}</Button>}
    >
      {hosted ? m.firmware.uploadedOther : uploadError && text(uploadError)}
    </Notice>
  );
}
