/**
 * Keeps credentials out of everything that is printed.
 *
 * Two nets: whatever stands before the `@` of a URL is hidden by its place, and the passwords of this run are hidden
 * by their value. Values shorter than four characters are left to the first net, because hiding every "a" of a text
 * would tell the reader what it hides.
 */

const HIDDEN = "***";
const SHORTEST_VALUE = 4;

/** `user:password@` up to the last `@` of the authority, unless it is hidden already. */
const USERINFO = /([a-z][a-z0-9+.-]*:\/\/)(?!\*+@)[^/?#\s"'<>]*@/gi;
/** The same with an unescaped `/`, `?` or `#` in the password: a colon that no port number follows. */
const ODD_USERINFO = /([a-z][a-z0-9+.-]*:\/\/)[^/?#\s"'<>@:]*:(?!\d{1,5}(?:[/?#\s"'<>]|$))[^\s"'<>]*@/gi;

const values = new Set<string>();

/** Hides `value` from now on, as it is and as it is written inside a URL. */
export function addSecret(value: string | undefined): void {
  if (value === undefined || value.length < SHORTEST_VALUE) return;
  values.add(value);
  values.add(encodeURIComponent(value));
}

/** `text` without credentials. */
export function redact(text: string): string {
  let clean = hideUserinfo(text);
  for (const value of [...values].sort((a, b) => b.length - a.length)) clean = clean.replaceAll(value, HIDDEN);
  return clean;
}

/** Hides URL credentials in every string inside a JSON value. Data stays as it is otherwise. */
export function redactUrls(value: unknown): unknown {
  return mapStrings(value, hideUserinfo);
}

/** Hides URL credentials character for character, so that every other character keeps its column. */
export function maskUrls(line: string): string {
  const mask = (whole: string, scheme: string): string =>
    `${scheme}${"*".repeat([...whole].length - scheme.length - 1)}@`;
  return line.replace(ODD_USERINFO, mask).replace(USERINFO, mask);
}

function hideUserinfo(text: string): string {
  return text.replace(ODD_USERINFO, `$1${HIDDEN}@`).replace(USERINFO, `$1${HIDDEN}@`);
}

/** Hides all credentials in every string inside a JSON value. */
export function redactAll(value: unknown): unknown {
  return mapStrings(value, redact);
}

function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change));
  if (typeof value === "object" && value !== null && !(value instanceof Uint8Array)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)]));
  }
  return value;
}

/** A broker address taken apart: what is dialled, what may be shown, and the credentials it carried. */
export interface BrokerAddress {
  /** Without credentials. */
  url: string;
  /** Without credentials and without a query, which often holds a token. */
  shown: string;
  username?: string;
  password?: string;
}

/** Takes a broker URL apart; `undefined` when it is none. Its credentials are secrets from here on. */
export function readBrokerUrl(text: string): BrokerAddress | undefined {
  const userinfo = /:\/\/(.*)@/s.exec(text)?.[1];
  if (userinfo !== undefined) {
    addSecret(userinfo);
    const password = userinfo.slice(userinfo.indexOf(":") + 1);
    if (userinfo.includes(":")) {
      addSecret(password);
      addSecret(percentDecoded(password));
    }
  }
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  const username = percentDecoded(url.username);
  const password = percentDecoded(url.password);
  url.username = "";
  url.password = "";
  const path = url.pathname === "/" ? "" : url.pathname;
  const shown = `${url.protocol}//${url.host}${path}${url.search === "" ? "" : "?…"}`;
  return {
    url: url.href,
    shown,
    ...(username === "" ? {} : { username }),
    ...(password === "" ? {} : { password }),
  };
}

/** What a part of a URL stands for; as it is, where its escapes are no UTF-8. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
