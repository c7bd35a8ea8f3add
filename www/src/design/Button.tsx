import { Button as AriaButton, type ButtonProps as AriaProps } from "react-aria-components";
import styles from "./Button.module.css";
import { Icon, type IconName } from "./Icon";

interface ButtonProps extends Omit<AriaProps, "className" | "style" | "children"> {
  children: React.ReactNode;
  look?: "primary" | "plain" | "quiet" | "danger";
  small?: boolean;
  icon?: IconName;
}

export function Button({ look = "plain", small = false, icon, children, ...props }: ButtonProps) {
  return (
    <AriaButton {...props} className={[styles.button, styles[look], small && styles.small].filter(Boolean).join(" ")}>
      {icon && <Icon name={icon} />}
      {children}
    </AriaButton>
  );
}

/** A link that looks like a button; `href` is a room of the console. */
export function ButtonLink({
  look = "plain",
  icon,
  href,
  children,
}: {
  look?: "primary" | "plain" | "quiet";
  icon?: IconName;
  href: string;
  children: React.ReactNode;
}) {
  return (
    <a href={href} className={`${styles.button} ${styles[look]}`}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  );
}

/** A button with a picture only; `label` is its name. */
export function IconButton({
  icon,
  label,
  ...props
}: Omit<AriaProps, "className"> & { icon: IconName; label: string }) {
  return (
    <AriaButton {...props} aria-label={label} className={styles.icon ?? ""}>
      <Icon name={icon} />
    </AriaButton>
  );
}
