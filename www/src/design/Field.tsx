import { Input, Label, Text, TextField } from "react-aria-components";
import type { Diagnostic } from "wudun-ota";
import { useMessages, useText } from "../i18n";
import styles from "./Field.module.css";
import { Icon } from "./Icon";
import { Words } from "./Words";

interface FieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  help?: React.ReactNode;
  optional?: boolean;
  /** Codes, addresses and hashes are set in the monospaced font. */
  code?: boolean;
  type?: "text" | "password" | "url" | "search";
  placeholder?: string;
  isDisabled?: boolean;
  findings?: readonly Finding[] | undefined;
  /** Errors wait until the field was left once; warnings show at once. */
  touched?: boolean;
  onBlur?: () => void;
  action?: React.ReactNode;
  autoComplete?: string;
}

export function Field({
  label,
  help,
  optional,
  code,
  findings,
  touched = true,
  placeholder,
  action,
  ...props
}: FieldProps) {
  const m = useMessages();
  const shown = (findings ?? []).filter((finding) => touched || finding.severity !== "error");
  const invalid = shown.some((finding) => finding.severity === "error");
  return (
    <TextField {...props} isInvalid={invalid} className={styles.field ?? ""}>
      <div className={styles.head}>
        <Label className={styles.label ?? ""}>{label}</Label>
        {optional && <span className={styles.optional}>{m.app.optional}</span>}
      </div>
      <div className={styles.control}>
        <Input
          className={`${styles.input} ${code ? styles.code : ""}`}
          placeholder={placeholder ?? ""}
          spellCheck={code ? "false" : undefined}
          autoCapitalize={code ? "none" : undefined}
        />
        {action}
      </div>
      <Text slot="description" elementType="div" className={styles.notes ?? ""}>
        {help && !invalid && <span className={styles.help}>{help}</span>}
        <Findings findings={shown} />
      </Text>
    </TextField>
  );
}

/** A finding of the core's, or one of the console's own with a code of its own. */
export type Finding = Omit<Diagnostic, "code"> & { code: string };

export function Findings({ findings }: { findings: readonly Finding[] }) {
  const text = useText();
  return findings.map((finding) => (
    <span
      key={`${finding.code}${finding.path}${finding.start ?? ""}`}
      className={styles[finding.severity]}
      data-code={finding.code}
    >
      <Icon name={finding.severity === "error" ? "stop" : finding.severity === "warning" ? "warn" : "info"} />
      <span>
        <Words text={text(finding.message)} />
      </span>
    </span>
  ));
}
