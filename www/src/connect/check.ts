/** What the form says of a broker address before anything is tried. */
import type { Namespace } from "wudun-ota";
import type { Messages } from "../i18n";

interface UrlCheck {
  error?: string;
  /** The page may not open this address at all. */
  mixed: boolean;
  /** The host, where credentials would cross a network unencrypted. */
  plainHost?: string;
}

/** Whether a host is this machine, as browsers see it. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

export function checkUrl(value: string, m: Messages): UrlCheck {
  if (value === "") return { mixed: false };
  if (!URL.canParse(value)) return { mixed: false, error: m.connect.urlInvalid };
  const url = new URL(value);
  if (url.protocol !== "ws:" && url.protocol !== "wss:") return { mixed: false, error: m.connect.urlScheme };
  if (url.username || url.password) return { mixed: false, error: m.connect.urlCredentials };
  const plain = url.protocol === "ws:" && !isLoopback(url.hostname);
  return {
    mixed: plain && location.protocol === "https:",
    ...(plain ? { plainHost: url.hostname } : {}),
  };
}

/** A namespace in a few characters, for summaries. */
export function namespaceLabel(namespace: Namespace): string {
  switch (namespace.kind) {
    case "wudun":
      return `v1/wudun/${namespace.productKey}`;
    case "user":
      return `v1/user/${namespace.tenant}`;
    case "prefix":
      return namespace.prefix;
  }
}
