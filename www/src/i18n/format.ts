/** Numbers, sizes and times as people read them. */
import { useSettings } from "../store/settings";

export interface Formats {
  integer(value: number): string;
  /** Bytes in binary units, as flash sizes are given. */
  size(bytes: number): string;
  /** Time of day with seconds. */
  time(at: number): string;
  /** Time of day with milliseconds, for timelines. */
  instant(at: number): string;
  /** Day and time. */
  date(at: number): string;
  /** A duration such as 1:02:09. */
  clock(ms: number): string;
}

function clock(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function formats(language: string): Formats {
  const integer = new Intl.NumberFormat(language);
  const decimal = new Intl.NumberFormat(language, { maximumFractionDigits: 1, minimumFractionDigits: 1 });
  const clockTime = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" } as const;
  const time = new Intl.DateTimeFormat(language, clockTime);
  const instant = new Intl.DateTimeFormat(language, { ...clockTime, fractionalSecondDigits: 3 });
  const date = new Intl.DateTimeFormat(language, { ...clockTime, year: "numeric", month: "short", day: "numeric" });
  return {
    integer: (value) => integer.format(value),
    size(bytes) {
      if (bytes < 1024) return `${integer.format(bytes)} B`;
      if (bytes < 1024 ** 2) return `${decimal.format(bytes / 1024)} KiB`;
      if (bytes < 1024 ** 3) return `${decimal.format(bytes / 1024 ** 2)} MiB`;
      return `${decimal.format(bytes / 1024 ** 3)} GiB`;
    },
    time: (at) => time.format(at),
    instant: (at) => instant.format(at),
    date: (at) => date.format(at),
    clock,
  };
}

/** Making them takes long, and every row of a list has some. */
const made = new Map<string, Formats>();

export function useFormats(): Formats {
  const language = useSettings((settings) => settings.language);
  const known = made.get(language) ?? formats(language);
  made.set(language, known);
  return known;
}
