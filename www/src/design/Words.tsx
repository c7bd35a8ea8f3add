/** A text of the package: what stands between backticks is quoted as code. Always text, never markup. */
export function Words({ text }: { text: string }) {
  const parts = text.split(/`([^`]*)`/);
  return (
    <>
      {parts.map((part, index) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts have no other identity
        index % 2 === 1 ? <code key={index}>{part || "“”"}</code> : part,
      )}
    </>
  );
}
