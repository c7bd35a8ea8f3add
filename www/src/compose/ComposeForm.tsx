import { Button } from "../design/Button";
import { Combo } from "../design/Combo";
import { Field, type Finding } from "../design/Field";
import { Card } from "../design/Page";
import { bothOf, useMessages, useText } from "../i18n";
import { type Draft, type FieldName, useCompose } from "../store/compose";
import { useDemo } from "../store/demo";
import { useFeed } from "../store/feed";
import { useFirmware } from "../store/firmware";
import styles from "./Compose.module.css";

interface ComposeFormProps {
  findings: Partial<Record<FieldName, Finding[]>>;
  touched: (field: FieldName) => boolean;
  onLeave: (field: FieldName) => void;
}

/** Devices of the demonstration, and those heard of on the topics. */
function useSuggestions(): { id: string; note?: string }[] {
  const text = useText();
  const demo = useDemo((store) => store.demo);
  const seen = useFeed((feed) => feed.devices);
  const known = (demo?.devices ?? []).map(({ device, description }) => ({ id: device, note: text(description) }));
  return [...known, ...seen.filter((id) => known.every((one) => one.id !== id)).map((id) => ({ id }))];
}

export function ComposeForm({ findings, touched, onLeave }: ComposeFormProps) {
  const m = useMessages();
  const draft = useCompose();
  const { file, hash } = useFirmware();
  const all = useSuggestions();
  const exact = all.some(({ id }) => id === draft.device);
  const suggestions = exact ? all : all.filter(({ id }) => id.toLowerCase().includes(draft.device.toLowerCase()));

  // Of an empty field there is nothing more to say.
  const missing = bothOf((messages) => messages.compose.required);
  const findingsOf = (field: FieldName) =>
    draft[field] === "" ? findings[field]?.slice(0, 1).map((one) => ({ ...one, message: missing })) : findings[field];
  const bind = (field: keyof Draft) => ({
    value: draft[field],
    onChange: (value: string) => draft.change({ [field]: value }),
    onBlur: () => onLeave(field),
    findings: findingsOf(field),
    touched: touched(field),
    code: true,
  });
  const fromFile = file && hash && draft.md5.toLowerCase() === hash.md5;

  return (
    <form
      className={styles.form}
      id="compose-form"
      data-testid="compose-form"
      onSubmit={(event) => event.preventDefault()}
    >
      <Card title={m.compose.target}>
        <div className={styles.grid}>
          <Combo
            label={m.compose.device}
            help={m.compose.deviceHelp}
            value={draft.device}
            onChange={(device) => draft.change({ device })}
            onBlur={() => onLeave("device")}
            findings={findingsOf("device")}
            touched={touched("device")}
            suggestions={suggestions}
            suggestionsLabel={m.compose.suggestions}
          />
          <Field label={m.compose.source} help={m.compose.sourceHelp} {...bind("source")} />
          <Field label={m.compose.subDevice} help={m.compose.subDeviceHelp} optional {...bind("subDevice")} />
          <Field label={m.compose.trace} help={m.compose.traceHelp} optional {...bind("traceId")} />
        </div>
      </Card>
      <Card title={m.compose.image}>
        <Field label={m.compose.url} {...bind("downloadUrl")} placeholder="https://" />
        <Field
          label={m.compose.md5}
          help={fromFile ? m.compose.fromFile(file.name) : hash && draft.md5 ? m.compose.notFile : undefined}
          {...bind("md5")}
          action={
            hash && !fromFile ? (
              <Button small onPress={() => draft.change({ md5: hash.md5 })}>
                {m.compose.useFile}
              </Button>
            ) : undefined
          }
        />
      </Card>
      <Card title={m.compose.after} help={m.compose.afterHelp}>
        <div className={styles.grid}>
          <Field label={m.compose.version} optional {...bind("version")} placeholder="2.1.0" />
          <Field label={m.compose.commit} help={m.compose.commitHelp} optional {...bind("commit")} />
        </div>
      </Card>
    </form>
  );
}
