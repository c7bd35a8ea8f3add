import { Label, Radio, RadioGroup } from "react-aria-components";
import fieldStyles from "./Field.module.css";
import { Icon, type IconName } from "./Icon";
import styles from "./Segmented.module.css";

interface SegmentedProps<T extends string> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  options: readonly { value: T; label: string; icon?: IconName; lang?: string }[];
  /** The label is for assistive technology only. */
  hideLabel?: boolean;
  isDisabled?: boolean;
  small?: boolean;
}

/** One of a few, all in sight. */
export function Segmented<T extends string>({
  label,
  hideLabel,
  options,
  value,
  onChange,
  isDisabled,
  small,
}: SegmentedProps<T>) {
  return (
    <RadioGroup
      value={value}
      onChange={(next) => {
        const option = options.find((one) => one.value === next);
        if (option) onChange(option.value);
      }}
      orientation="horizontal"
      isDisabled={isDisabled ?? false}
      className={styles.group ?? ""}
      {...(hideLabel ? { "aria-label": label } : {})}
    >
      {!hideLabel && <Label className={fieldStyles.label ?? ""}>{label}</Label>}
      <div className={`${styles.track} ${small ? styles.small : ""}`}>
        {options.map((option) => (
          <Radio
            key={option.value}
            value={option.value}
            className={styles.option ?? ""}
            {...(option.icon ? { "aria-label": option.label } : {})}
          >
            {option.icon ? <Icon name={option.icon} /> : <span lang={option.lang}>{option.label}</span>}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
