import { useMemo } from "react";
import type { Attempt, AttemptRow, AttemptState } from "wudun-ota";
import { useFeed } from "../store/feed";

/** Attempts as last drawn. An unchanged attempt keeps its identity, so that its row is not drawn again. */
let drawn = new Map<string, AttemptRow>();

function keepUnchanged(fresh: AttemptRow): AttemptRow {
  const before = drawn.get(fresh.id);
  // Whatever happens to an attempt is on its timeline.
  const same = before && before.entries === fresh.entries && before.state === fresh.state;
  return same ? before : fresh;
}

export interface AttemptPage {
  attempts: AttemptRow[];
  more: boolean;
}

/** The newest attempts under a filter, renewed as they change. */
export function useAttempts(limit: number, state: AttemptState | undefined, device: string): AttemptPage {
  const source = useFeed((feed) => feed.attempts);
  const revision = useFeed((feed) => feed.revision);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says that the source has changed
  return useMemo(() => {
    if (!source) return { attempts: [], more: false };
    const page = source.page({ limit, ...(state ? { state } : {}), ...(device ? { device } : {}) });
    const attempts = page.attempts.map(keepUnchanged);
    drawn = new Map(attempts.map((attempt) => [attempt.id, attempt]));
    return { attempts, more: page.next !== undefined };
  }, [source, revision, limit, state, device]);
}

/** One attempt, renewed as it changes. */
export function useAttempt(id: string | undefined): Attempt | undefined {
  const source = useFeed((feed) => feed.attempts);
  const revision = useFeed((feed) => feed.revision);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says that the source has changed
  return useMemo(() => (id ? source?.attempt(id) : undefined), [source, revision, id]);
}
