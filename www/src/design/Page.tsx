import styles from "./Page.module.css";

/** A room: its heading, one sentence, and what it holds. */
export function Page({ title, lead, children }: { title: string; lead?: string; children: React.ReactNode }) {
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1 className={styles.title}>{title}</h1>
        {lead && <p className={styles.lead}>{lead}</p>}
      </header>
      {children}
    </div>
  );
}

export function Card({
  title,
  help,
  children,
  label,
}: {
  title?: string;
  help?: string;
  children: React.ReactNode;
  /** A name for assistive technology where there is no title. */
  label?: string;
}) {
  return (
    <section className={styles.card} aria-label={title ?? label}>
      {title && <h2 className={styles.cardTitle}>{title}</h2>}
      {help && <p className={styles.cardHelp}>{help}</p>}
      {children}
    </section>
  );
}

/** Names and values, side by side. */
export function Facts({ rows }: { rows: readonly (readonly [string, React.ReactNode] | false | undefined)[] }) {
  return (
    <dl className={styles.facts}>
      {rows.map(
        (row) =>
          row && (
            <div key={row[0]}>
              <dt>{row[0]}</dt>
              <dd>{row[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

export function Actions({ children }: { children: React.ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}
