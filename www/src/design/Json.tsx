import styles from "./Json.module.css";

/**
 * The pieces of a JSON text; whatever is no token stays plain. An unclosed string runs to the end, so that
 * hostile text is read in one pass.
 */
const token = /("(?:[^"\\]|\\[\s\S])*(?:"|\\?$))(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/g;

/** A payload as it stands, coloured; always text, never markup. */
export function Json({ text }: { text: string }) {
  const parts: React.ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(token)) {
    const [whole, string, colon, literal] = match;
    if (match.index > end) parts.push(text.slice(end, match.index));
    if (string !== undefined) {
      parts.push(
        <span key={match.index} className={colon === undefined ? styles.string : styles.key}>
          {string}
        </span>,
      );
      if (colon !== undefined) parts.push(colon);
    } else {
      parts.push(
        <span key={match.index} className={styles.literal}>
          {literal}
        </span>,
      );
    }
    end = match.index + whole.length;
  }
  parts.push(text.slice(end));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <pre className={styles.json} tabIndex={0}>
      {parts}
    </pre>
  );
}
