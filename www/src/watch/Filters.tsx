import { Input, SearchField, ToggleButton, ToggleButtonGroup } from "react-aria-components";
import type { AttemptState } from "wudun-ota";
import { Icon } from "../design/Icon";
import tones from "../design/tones.module.css";
import { useMessages } from "../i18n";
import { useFeed } from "../store/feed";
import styles from "./Filters.module.css";
import { ATTEMPT_STATES, TONES, useStateName } from "./state";

interface FiltersProps {
  state: AttemptState | undefined;
  onState: (state: AttemptState | undefined) => void;
  device: string;
  onDevice: (device: string) => void;
}

/** Counts that filter: each state that occurs, with how often. */
export function Filters({ state, onState, device, onDevice }: FiltersProps) {
  const m = useMessages();
  const nameOf = useStateName();
  const attempts = useFeed((feed) => feed.attempts);
  useFeed((feed) => feed.revision);
  const counts = attempts?.counts();
  const present = ATTEMPT_STATES.filter((one) => one === state || (counts?.[one] ?? 0) > 0);
  return (
    <div className={styles.filters}>
      <ToggleButtonGroup
        className={styles.chips ?? ""}
        aria-label={m.watch.filterState}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[state ?? "all"]}
        onSelectionChange={(keys) => {
          const [key] = keys;
          onState(ATTEMPT_STATES.find((one) => one === key));
        }}
      >
        <ToggleButton id="all" className={styles.chip ?? ""}>
          {m.watch.all}
          <span className={styles.count}>{counts?.total ?? 0}</span>
        </ToggleButton>
        {present.map((one) => (
          <ToggleButton key={one} id={one} className={styles.chip ?? ""}>
            <span className={`${styles.dot} ${tones[TONES[one]]}`} />
            {nameOf(one)}
            <span className={styles.count}>{counts?.[one] ?? 0}</span>
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      <SearchField className={styles.search ?? ""} aria-label={m.watch.filterDevice} value={device} onChange={onDevice}>
        <Icon name="search" />
        <Input placeholder={m.watch.filterDevice} spellCheck="false" autoCapitalize="none" />
      </SearchField>
    </div>
  );
}
