import { Switch } from "react-aria-components";
import styles from "./Toggle.module.css";

interface ToggleProps {
  label: string;
  help?: string;
  value: boolean;
  onChange: (value: boolean) => void;
  isDisabled?: boolean;
}

export function Toggle({ label, help, value, onChange, isDisabled }: ToggleProps) {
  return (
    <Switch isSelected={value} onChange={onChange} isDisabled={isDisabled ?? false} className={styles.toggle ?? ""}>
      <span className={styles.track}>
        <span className={styles.thumb} />
      </span>
      <span className={styles.words}>
        <span>{label}</span>
        {help && <span className={styles.help}>{help}</span>}
      </span>
    </Switch>
  );
}
