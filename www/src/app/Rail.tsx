/** The way of an upgrade, from broker to result, with the state of each step always in sight. */
import { Icon, type IconName } from "../design/Icon";
import { useMessages } from "../i18n";
import { useCompose } from "../store/compose";
import { useFeed } from "../store/feed";
import { useFirmware } from "../store/firmware";
import { useSession } from "../store/session";
import { Preferences } from "./Preferences";
import styles from "./Rail.module.css";
import { hrefOf, ROOMS, type Room } from "./route";

const icons: Record<Room, IconName> = { connect: "plug", firmware: "chip", compose: "compose", watch: "watch" };

type Tone = "idle" | "busy" | "done";

function useSteps(): Record<Room, { state: string; tone: Tone }> {
  const m = useMessages();
  const { phase, info } = useSession();
  const { file, hash, hashing } = useFirmware();
  const device = useCompose((draft) => draft.device);
  const ready = useCompose((draft) => Boolean(draft.device && draft.source && draft.downloadUrl && draft.md5));
  const attempts = useFeed((feed) => feed.attempts);
  useFeed((feed) => feed.revision);
  const counts = attempts?.counts();
  const protocol = info ? m.connect.protocols[info.protocolVersion] : "";
  return {
    connect: {
      tone: phase === "connected" ? "done" : phase === "idle" ? "idle" : "busy",
      state: {
        idle: m.rail.notConnected,
        connecting: m.rail.connecting,
        reconnecting: m.rail.reconnecting,
        connected: info?.observeOnly ? m.rail.observing(protocol) : m.rail.connected(protocol),
      }[phase],
    },
    firmware: {
      tone: hashing ? "busy" : hash ? "done" : "idle",
      state: hashing
        ? m.rail.hashing(Math.floor((100 * hashing.bytes) / Math.max(1, hashing.total)))
        : (file?.name ?? m.rail.noFile),
    },
    compose: {
      tone: ready ? "done" : "idle",
      state: device ? (ready ? m.rail.ready(device) : device) : m.rail.noDevice,
    },
    watch: {
      tone: counts && counts.open > 0 ? "busy" : counts && counts.total > 0 ? "done" : "idle",
      state: m.rail.open(counts?.open ?? 0, counts?.total ?? 0),
    },
  };
}

export function Rail({ room }: { room: Room }) {
  const m = useMessages();
  const steps = useSteps();
  return (
    <>
      <header className={styles.brand}>
        <a href={hrefOf("connect")} className={styles.logo}>
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="7" />
            <path d="M5 16h22" />
            <circle cx="7" cy="16" r="3.5" />
            <circle cx="16" cy="16" r="3.5" />
            <circle cx="25" cy="16" r="4.5" className={styles.end} />
          </svg>
          {m.app.name}
        </a>
        <Preferences />
      </header>
      <nav className={styles.nav} aria-label={m.app.rooms}>
        <ol>
          {ROOMS.map((one) => (
            <li key={one} className={styles[steps[one].tone]}>
              <a href={hrefOf(one)} aria-current={one === room ? "page" : undefined} data-testid={`nav-${one}`}>
                <span className={styles.node}>
                  <Icon name={icons[one]} />
                </span>
                <span className={styles.words}>
                  <span className={styles.name}>{m.rail[one]}</span>
                  <span className={styles.state} data-testid={`state-${one}`}>
                    {steps[one].state}
                  </span>
                </span>
              </a>
            </li>
          ))}
        </ol>
      </nav>
    </>
  );
}
