import { useEffect, useState } from "react";
import { useMessages } from "../i18n";
import { IconButton } from "./Button";

/** Copies a text; says so for a moment. */
export function Copy({ text, what }: { text: string; what: string }) {
  const m = useMessages();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);
  // The clipboard is missing on insecure addresses; text can still be selected there.
  if (!navigator.clipboard) return null;
  return (
    <IconButton
      icon={copied ? "check" : "copy"}
      label={copied ? m.app.copied : m.app.copyWhat(what)}
      onPress={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
    />
  );
}
