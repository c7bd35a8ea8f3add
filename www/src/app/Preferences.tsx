import { Segmented } from "../design/Segmented";
import { useMessages } from "../i18n";
import { useSettings } from "../store/settings";
import styles from "./Rail.module.css";

/** Language and theme. */
export function Preferences() {
  const m = useMessages();
  const { language, theme, setLanguage, setTheme } = useSettings();
  return (
    <div className={styles.preferences}>
      <Segmented
        label={m.app.language}
        hideLabel
        small
        value={language}
        onChange={setLanguage}
        options={[
          { value: "en", label: "EN", lang: "en" },
          { value: "zh-CN", label: "中文", lang: "zh-CN" },
        ]}
      />
      <Segmented
        label={m.app.theme}
        hideLabel
        small
        value={theme}
        onChange={setTheme}
        options={[
          { value: "system", label: m.app.themes.system, icon: "system" },
          { value: "light", label: m.app.themes.light, icon: "sun" },
          { value: "dark", label: m.app.themes.dark, icon: "moon" },
        ]}
      />
    </div>
  );
}
