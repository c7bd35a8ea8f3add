import { useDeferredValue, useEffect, useState } from "react";
import { Cell, Column, Row, Table, TableBody, TableHeader } from "react-aria-components";
import type { AttemptRow, AttemptState } from "wudun-ota";
import { useMedia } from "../app/media";
import { go, hrefOf } from "../app/route";
import { Button, ButtonLink } from "../design/Button";
import { Icon } from "../design/Icon";
import { useMessages } from "../i18n";
import { useFormats } from "../i18n/format";
import styles from "./Attempts.module.css";
import { StateBadges } from "./Badges";
import { Countdown } from "./Countdown";
import { Filters } from "./Filters";
import { Track } from "./Track";
import { useAttempts } from "./useAttempts";

const PAGE = 50;

export function Attempts({ selected, wide, total }: { selected: string | undefined; wide: boolean; total: number }) {
  const m = useMessages();
  const [state, setState] = useState<AttemptState>();
  const [device, setDevice] = useState("");
  const [limit, setLimit] = useState(PAGE);
  const { attempts, more } = useAttempts(limit, state, useDeferredValue(device));
  const roomy = useMedia("(min-width: 1120px)");
  // Beside the detail, and on a telephone, only what matters most.
  const columns = roomy && !(wide && selected) ? "all" : "few";
  useFocusKept(selected, columns);

  if (total === 0) return <Nothing />;
  return (
    <>
      <Filters state={state} onState={setState} device={device} onDevice={setDevice} />
      <Table
        key={columns}
        aria-label={m.watch.tableLabel}
        className={`${styles.table} ${styles[columns]}`}
        selectionMode={wide ? "single" : "none"}
        disallowEmptySelection
        selectedKeys={selected ? [selected] : []}
        onSelectionChange={(keys) => {
          const [key] = keys;
          if (key !== undefined) go("watch", String(key));
        }}
        {...(wide ? {} : { onRowAction: (key) => go("watch", String(key)) })}
      >
        <TableHeader>
          <Column isRowHeader>{m.watch.columns.device}</Column>
          <Column>{m.watch.columns.progress}</Column>
          {columns === "all" && (
            <>
              <Column>{m.watch.columns.state}</Column>
              <Column>{m.watch.columns.version}</Column>
              <Column>{m.watch.columns.opened}</Column>
              <Column>{m.watch.columns.deadline}</Column>
            </>
          )}
        </TableHeader>
        <TableBody items={attempts} dependencies={[m, columns]} renderEmptyState={() => m.watch.none}>
          {(attempt) => (columns === "all" ? fullRow(attempt) : shortRow(attempt))}
        </TableBody>
      </Table>
      {more && (
        <Button look="quiet" onPress={() => setLimit(limit + PAGE)}>
          {m.watch.more(PAGE)}
        </Button>
      )}
    </>
  );
}

/** The table is made anew with other columns; a row that had the focus gets it back. */
function useFocusKept(selected: string | undefined, columns: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: only new columns lose the focus
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      if (!selected || document.activeElement !== document.body) return;
      document.querySelector<HTMLElement>(`[role=row][data-key="${CSS.escape(selected)}"]`)?.focus();
    });
    return () => cancelAnimationFrame(frame);
  }, [columns]);
}

function fullRow(attempt: AttemptRow) {
  return (
    <Row id={attempt.id} className={styles.row ?? ""} textValue={attempt.device}>
      <Cell>
        <Gateway attempt={attempt} />
      </Cell>
      <Cell>
        <Track attempt={attempt} />
      </Cell>
      <Cell>
        <StateBadges attempt={attempt} />
      </Cell>
      <Cell>
        <Versions attempt={attempt} />
      </Cell>
      <Cell>
        <Opened attempt={attempt} />
      </Cell>
      <Cell>
        <Countdown attempt={attempt} />
      </Cell>
    </Row>
  );
}

function shortRow(attempt: AttemptRow) {
  return (
    <Row id={attempt.id} className={styles.row ?? ""} textValue={attempt.device}>
      <Cell>
        <Gateway attempt={attempt} />
        <span className={styles.second}>
          <Opened attempt={attempt} />
        </span>
      </Cell>
      <Cell>
        <span className={styles.stack}>
          <Track attempt={attempt} />
          <StateBadges attempt={attempt} />
        </span>
      </Cell>
    </Row>
  );
}

function Gateway({ attempt }: { attempt: AttemptRow }) {
  return (
    <span className={styles.gateway}>
      <strong>{attempt.device}</strong>
      {attempt.subDevice && <span>{attempt.subDevice}</span>}
      <span className={styles.source}>{attempt.source}</span>
    </span>
  );
}

/** What was expected, and what the device reports. */
function Versions({ attempt }: { attempt: AttemptRow }) {
  const { expected, final } = attempt;
  const short = (commit: string | undefined) => commit?.slice(0, 10);
  const wanted = expected?.version ?? short(expected?.commit);
  const got = (expected?.version ? final?.version : undefined) ?? short(final?.commit) ?? final?.version;
  return (
    <span className={styles.versions}>
      <code>{wanted ?? "—"}</code>
      <Icon name="next" />
      <code>{got ?? "—"}</code>
    </span>
  );
}

function Opened({ attempt }: { attempt: AttemptRow }) {
  const format = useFormats();
  return (
    <time
      className={styles.time}
      dateTime={new Date(attempt.openedAt).toISOString()}
      title={format.date(attempt.openedAt)}
    >
      {format.time(attempt.openedAt)}
    </time>
  );
}

function Nothing() {
  const m = useMessages();
  return (
    <div className={styles.nothing}>
      <Icon name="watch" large />
      <p className={styles.nothingTitle}>{m.watch.empty}</p>
      <p>{m.watch.emptyHelp}</p>
      <ButtonLink look="primary" href={hrefOf("firmware")}>
        {m.watch.emptyGo}
      </ButtonLink>
    </div>
  );
}
