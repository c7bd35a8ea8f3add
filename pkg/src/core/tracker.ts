import { inputJson, inputObject, optionalNumber, payloadOf, string, topicOf, wholeNumber } from "./arguments.js";
import { invalidArgument, OtaError, safely } from "./errors.js";
import { type Bindings, guard, inWords, newInstance, parse } from "./instance.js";
import type {
  Attempt,
  Change,
  Counts,
  Explained,
  Ingested,
  Log,
  LogEntry,
  Page,
  RefusalReason,
  Tracker,
  TrackerOptions,
} from "./types.js";
import type { Found } from "./words.js";

type CoreTracker = InstanceType<Bindings["Tracker"]>;

/** Follows upgrade attempts (§7). It has WebAssembly memory of its own, which `dispose` gives back. */
export function createTracker(options: TrackerOptions = {}): Tracker {
  const timeouts = timeoutsOf(options);
  return wrap((core) => new core.Tracker(...timeouts));
}

/** A tracker as `save` left it. Throws `OtaError` when the chunks are not whole or not of a tracker. */
export function restoreTracker(saved: Uint8Array[], options: TrackerOptions, now: number): Tracker {
  const timeouts = timeoutsOf(options);
  const time = wholeNumber(now, "now");
  return wrap((core) => core.Tracker.restore(saved, ...timeouts, time));
}

/** An attempt as the core gives it: the command in it is JSON text. */
type WireAttempt = Omit<Attempt, "command"> & { command: string };
type WirePage = Omit<Page, "attempts"> & { attempts: WireAttempt[] };

/** What became of a delivery, as the core gives it. */
type WireIngested = Omit<Ingested, "diagnostics"> & { diagnostics: Found[] };

function ingestedOf(ingested: WireIngested): Ingested {
  return { ...ingested, diagnostics: inWords(ingested.diagnostics) };
}

function attemptOf(attempt: WireAttempt): Attempt {
  return { ...attempt, command: parse(attempt.command) };
}

function timeoutsOf(options: TrackerOptions): [number | undefined, number | undefined, number | undefined] {
  return [
    optionalNumber(options.sendTimeoutMs, "sendTimeoutMs"),
    optionalNumber(options.firstResultTimeoutMs, "firstResultTimeoutMs"),
    optionalNumber(options.finalResultTimeoutMs, "finalResultTimeoutMs"),
  ];
}

function reasonCodeOf(code: unknown): number {
  if (typeof code === "number" && Number.isInteger(code) && code >= 0 && code <= 255) return code;
  throw invalidArgument("reasonCode", { en: "an MQTT reason code, 0 to 255", zh: " MQTT 原因码（0 到 255）" });
}

/** What ended a tracker's life; every later call says so. */
function gone(trapped: boolean): OtaError {
  return trapped
    ? new OtaError("core-trapped", {
        en: "This tracker's WebAssembly core has failed before: restore it from what `save` returned last",
        zh: "此跟踪器的 WebAssembly 核心此前已发生故障：请用最近一次 `save` 的结果恢复",
      })
    : new OtaError("disposed", { en: "This tracker has been disposed of", zh: "此跟踪器已被释放" });
}

function wrap(make: (core: Bindings) => CoreTracker): Tracker {
  let tracker: CoreTracker | undefined;
  let trapped = false;
  const onTrap = () => {
    tracker = undefined;
    trapped = true;
  };
  const use = <T>(run: (tracker: CoreTracker) => T): T => {
    const live = tracker;
    if (!live) throw gone(trapped);
    return guard(() => run(live), onTrap);
  };
  const json = <T>(run: (tracker: CoreTracker) => string): T => parse<T>(use(run));
  const idOf = (id: unknown) => string(id, "id");
  const time = (now: unknown) => wholeNumber(now, "now");

  tracker = guard(() => make(newInstance()), onTrap);

  return {
    open({ topic, command, expected, supersede }, now) {
      const text = typeof command === "string" ? command : inputJson(command, "command", "json-unpaired-surrogate");
      const wanted = expected && inputObject(expected, "expected", "json-unpaired-surrogate");
      return use((t) => t.open(topicOf(topic), payloadOf(text).bytes, wanted, supersede === true, time(now)));
    },
    sent: (id, now) => json<Change>((t) => t.sent(idOf(id), time(now))),
    acknowledged: (id, reasonCode, now) =>
      json<Change>((t) => t.acknowledged(idOf(id), reasonCodeOf(reasonCode), time(now))),
    noEcho: (id, now) => json<Change>((t) => t.noEcho(idOf(id), time(now))),
    refused: (id, reason: RefusalReason, now) =>
      json<Change>((t) => t.refused(idOf(id), inputObject(reason, "reason", "json-unpaired-surrogate"), time(now))),
    cancel: (id, now) => json<Change>((t) => t.cancel(idOf(id), time(now))),
    assign: (resultId, id, now) =>
      ingestedOf(json((t) => t.assign(wholeNumber(resultId, "resultId"), idOf(id), time(now)))),
    forget: (id) => use((t) => t.forget(idOf(id))),
    ingest(topic, payload, { now, retained }) {
      const { bytes, text } = payloadOf(payload);
      return ingestedOf(json((t) => t.ingest(topicOf(topic), bytes, text, retained === true, time(now))));
    },
    tick: (now) => json<Change[]>((t) => t.tick(time(now))),
    nextDeadline: () => use((t) => t.nextDeadline()),
    attempt(id) {
      const text = use((t) => t.attempt(idOf(id)));
      return text === undefined ? undefined : attemptOf(parse(text));
    },
    explain: (id) => json<Explained[]>((t) => t.explain(idOf(id))),
    counts: () => json<Counts>((t) => t.counts()),
    log(kind) {
      type Wire = Omit<Log, "entries"> & { entries: (Omit<LogEntry, "payload"> & { payload: number[] })[] };
      const { dropped, entries } = json<Wire>((t) => t.log(string(kind, "kind")));
      return { dropped, entries: entries.map((entry) => ({ ...entry, payload: Uint8Array.from(entry.payload) })) };
    },
    page(options) {
      const query = inputObject(options, "options", "json-unpaired-surrogate");
      const { attempts, ...rest } = json<WirePage>((t) => t.page(query));
      return { attempts: attempts.map(attemptOf), ...rest };
    },
    save: () => use((t) => t.save()),
    dispose() {
      if (tracker) guard(() => tracker?.free(), onTrap);
      tracker = undefined;
    },
  };
}

/** `createTracker`, with the error returned instead of thrown. */
export const safeCreateTracker = (options?: TrackerOptions) => safely(() => createTracker(options));
/** `restoreTracker`, with the error returned instead of thrown. */
export const safeRestoreTracker = (saved: Uint8Array[], options: TrackerOptions, now: number) =>
  safely(() => restoreTracker(saved, options, now));
