import { Button, ComboBox, Input, Label, ListBox, ListBoxItem, Popover, Text } from "react-aria-components";
import styles from "./Combo.module.css";
import { type Finding, Findings } from "./Field";
import field from "./Field.module.css";
import { Icon } from "./Icon";

interface ComboProps {
  label: string;
  help?: string;
  value: string;
  onChange: (value: string) => void;
  onBlur?: () => void;
  suggestions: readonly { id: string; note?: string }[];
  suggestionsLabel: string;
  findings?: readonly Finding[] | undefined;
  touched?: boolean;
}

/** A text field that suggests; any text may be entered. */
export function Combo({
  label,
  help,
  value,
  onChange,
  onBlur,
  suggestions,
  suggestionsLabel,
  findings,
  touched = true,
}: ComboProps) {
  const shown = (findings ?? []).filter((finding) => touched || finding.severity !== "error");
  const invalid = shown.some((finding) => finding.severity === "error");
  return (
    <ComboBox
      className={field.field ?? ""}
      inputValue={value}
      onInputChange={onChange}
      onBlur={() => onBlur?.()}
      items={suggestions}
      isInvalid={invalid}
      menuTrigger="input"
      allowsCustomValue
      allowsEmptyCollection={false}
    >
      <Label className={field.label ?? ""}>{label}</Label>
      <div className={styles.control}>
        <Input className={`${field.input} ${field.code}`} spellCheck="false" autoCapitalize="none" />
        {suggestions.length > 0 && (
          <Button className={styles.open ?? ""} aria-label={suggestionsLabel}>
            <Icon name="down" />
          </Button>
        )}
      </div>
      <Text slot="description" elementType="div" className={field.notes ?? ""}>
        {help && !invalid && <span className={field.help}>{help}</span>}
        <Findings findings={shown} />
      </Text>
      <Popover className={styles.popover ?? ""} offset={4}>
        <ListBox<{ id: string; note?: string }> className={styles.list ?? ""} aria-label={suggestionsLabel}>
          {(item) => (
            <ListBoxItem textValue={item.id} className={styles.item ?? ""}>
              <code>{item.id}</code>
              {item.note && <span>{item.note}</span>}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
