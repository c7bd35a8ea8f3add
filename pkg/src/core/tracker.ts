import { type Tracker as CoreTracker, ofTracker } from "../generated/glue.js";
import {
  inputJson,
  inputObject,
  optionalNumber,
  optionalString,
  payloadOf,
  placeIn,
  string,
  topicOf,
  wholeNumber,
} from "./arguments.js";
import { CUT, Desk } from "./desk.js";
import { invalidArgument, OtaError, safely } from "./errors.js";
import { type Bindings, call, errorOf, guard, newInstance, parse } from "./instance.js";
import { sizeBeyondLimit } from "./limit.js";
import {
  attemptOf,
  ingestedOf,
  logs,
  states,
  told,
  type Wire,
  type WireExplained,
  type WireLogEntry,
  worded,
} from "./reports.js";
import type { Change, Counts, Delivery, Ingested, Page, RefusalReason, Tracker, TrackerOptions } from "./types.js";

/**
 * Follows upgrade attempts (§7). It has WebAssembly memory of its own, which `dispose` gives back.
 *
 * @example
 * ```ts
 * import { buildCommand, createTracker, formatTopic } from "wudun-ota";
 *
 * const tracker = createTracker({ firstResultTimeoutMs: 60_000 });
 * const topic = formatTopic({ namespace: { kind: "wudun", productKey: "pk01" }, device: "gw-0001", channel: "command" });
 * const { message: command } = buildCommand({
 *   device: "gw-0001",
 *   source: "ems_II",
 *   downloadUrl: "https://firmware.example.com/ems_II-2.4.0.bin",
 *   md5: "9e107d9d372bb6826bd81d3542a419d6",
 * });
 * const now = Date.now();
 * const id = tracker.open({ topic, command, expected: { version: "2.4.0" } }, now);
 * tracker.sent(id, now);
 * tracker.tick(now + 60_000);
 * console.log(id === command.mid, tracker.attempt(id)?.state);
 * // true timed_out
 * tracker.dispose();
 * ```
 */
export function createTracker(options: TrackerOptions = {}): Tracker {
  const timeouts = timeoutsOf(options);
  return wrap((core) => new (ofTracker(core))(...timeouts));
}

/**
 * A tracker as `save` left it. Throws `OtaError` when the chunks are not whole or not of a tracker.
 *
 * @example
 * ```ts
 * import { createTracker, restoreTracker } from "wudun-ota";
 *
 * const saved = createTracker().save();
 * const tracker = restoreTracker(saved, { firstResultTimeoutMs: 60_000 }, Date.now());
 * console.log(tracker.counts().total);
 * // 0
 * tracker.dispose();
 * ```
 */
export function restoreTracker(saved: Uint8Array[], options: TrackerOptions, now: number): Tracker {
  const timeouts = timeoutsOf(options);
  const time = wholeNumber(now, "now");
  return wrap((core) => ofTracker(core).restore(saved, ...timeouts, time));
}

function timeoutsOf(options: TrackerOptions): [number | undefined, number | undefined, number | undefined] {
  return [
    optionalNumber(options.sendTimeoutMs, "sendTimeoutMs"),
    optionalNumber(options.firstResultTimeoutMs, "firstResultTimeoutMs"),
    optionalNumber(options.finalResultTimeoutMs, "finalResultTimeoutMs"),
  ];
}

function reasonCodeOf(code: unknown, name: string): number {
  if (typeof code === "number" && Number.isInteger(code) && code >= 0 && code <= 255) return code;
  throw invalidArgument(name, { en: "an MQTT reason code, 0 to 255", zh: " MQTT 原因码（0 到 255）" });
}

/** A reason as the core takes it: its number, a code, a text. */
function reasonOf(reason: RefusalReason): [kind: number, code: number, text: string] {
  const { kind, code, text } = inputObject(reason, "reason", "json-unpaired-surrogate");
  switch (kind) {
    case "reason-code":
      return [0, reasonCodeOf(code, "code"), ""];
    case "connection-lost":
      return [1, 0, ""];
    case "no-echo":
      return [2, 0, ""];
    case "other":
      return [3, 0, string(text, "text")];
  }
  const kinds = "reason-code, connection-lost, no-echo, other";
  throw invalidArgument("reason", { en: `one of ${kinds}`, zh: `以下之一：${kinds}` });
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

/** Steps of a save come from one state: a second save gives the first one up. */
function overtaken(): OtaError {
  return new OtaError("save-overtaken", {
    en: "Another save of this tracker began before this one was complete",
    zh: "本次保存尚未完成，此跟踪器又开始了另一次保存",
  });
}

/** For what does not fit on the desk. */
function ingestLong(tracker: CoreTracker, { topic, payload, retained }: Delivery, now: number): Ingested {
  const beyond = sizeBeyondLimit(payload);
  // The first bytes tell it apart; a character may begin at the last of them.
  const { bytes, text } = payloadOf(beyond === undefined ? payload : payload.slice(0, CUT + 1));
  const known = beyond === undefined ? bytes : bytes.subarray(0, CUT);
  return ingestedOf(parse(tracker.ingest(topicOf(topic), known, beyond ?? bytes.length, text, retained === true, now)));
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
  const change = (run: (tracker: CoreTracker) => string): Change => worded(json<Wire<Change>>(run));
  const idOf = (id: unknown) => string(id, "id");
  const time = (now: unknown) => wholeNumber(now, "now");

  const core = newInstance();
  tracker = guard(() => make(core), onTrap);
  let desk: Desk | undefined;
  let saves = 0;
  const onDesk = (): Desk => {
    if (!tracker) throw gone(trapped);
    desk ??= new Desk(core, tracker);
    return desk;
  };

  return {
    open({ topic, command, expected, supersede }, now) {
      const text = typeof command === "string" ? command : inputJson(command, "command", "json-unpaired-surrogate");
      const { version, commit } = inputObject(expected ?? {}, "expected", "json-unpaired-surrogate");
      const wanted = [optionalString(version, "version"), optionalString(commit, "commit")] as const;
      const size = sizeBeyondLimit(text);
      if (size !== undefined) throw errorOf(call((core) => core.refuseSize(size, undefined, true, undefined)));
      return use((t) => t.open(topicOf(topic), payloadOf(text).bytes, ...wanted, supersede === true, time(now)));
    },
    sent: (id, now) => change((t) => t.sent(idOf(id), time(now))),
    acknowledged: (id, reasonCode, now) =>
      change((t) => t.acknowledged(idOf(id), reasonCodeOf(reasonCode, "reasonCode"), time(now))),
    noEcho: (id, now) => change((t) => t.noEcho(idOf(id), time(now))),
    refused: (id, reason, now) => change((t) => t.refused(idOf(id), ...reasonOf(reason), time(now))),
    cancel: (id, now) => change((t) => t.cancel(idOf(id), time(now))),
    assign: (resultId, id, now) =>
      ingestedOf(json((t) => t.assign(wholeNumber(resultId, "resultId"), idOf(id), time(now)))),
    forget: (id) => use((t) => t.forget(idOf(id))),
    ingest(topic, payload, { now, retained }) {
      const at = time(now);
      return use((t) => {
        const delivery = { topic: string(topic, "topic"), payload, retained };
        return onDesk().lay(delivery) ? onDesk().workOne(at) : ingestLong(t, delivery, at);
      });
    },
    ingestBatch(deliveries, { now }) {
      const at = time(now);
      const answers: Ingested[] = [];
      for (const { topic, payload, retained } of deliveries) {
        const delivery = { topic: string(topic, "topic"), payload, retained };
        use((t) => {
          const desk = onDesk();
          if (desk.lay(delivery)) return;
          desk.work(at, answers);
          if (!desk.lay(delivery)) answers.push(ingestLong(t, delivery, at));
        });
      }
      use(() => desk?.work(at, answers));
      return answers;
    },
    tick: (now) => json<Wire<Change>[]>((t) => t.tick(time(now))).map(worded),
    nextDeadline: () => use((t) => t.nextDeadline()),
    attempt(id) {
      const text = use((t) => t.attempt(idOf(id)));
      return text === undefined ? undefined : attemptOf(parse(text));
    },
    explain: (id) => json<WireExplained[]>((t) => t.explain(idOf(id))).map(told),
    counts: () => json<Counts>((t) => t.counts()),
    log(kind) {
      const place = placeIn(logs, kind, "kind");
      type Wire = { dropped: number; entries: WireLogEntry[] };
      const { dropped, entries } = json<Wire>((t) => t.log(place));
      return {
        dropped,
        entries: entries.map((entry) => ({ ...worded(entry), payload: Uint8Array.from(entry.payload) })),
      };
    },
    page(options) {
      const { after, limit, state, device } = inputObject(options, "options", "json-unpaired-surrogate");
      const place = state === undefined || state === null ? undefined : placeIn(states, state, "state");
      const from = optionalString(after, "after");
      const most = Math.min(wholeNumber(limit, "limit"), 0xffff_ffff);
      const prefix = optionalString(device, "device");
      return json<Page>((t) => t.page(from, most, place, prefix));
    },
    save: () => use((t) => t.save()),
    *saveInSteps() {
      saves++;
      const mine = saves;
      use((t) => t.beginSave());
      for (;;) {
        if (mine !== saves) throw overtaken();
        const chunk = use((t) => t.savedChunk());
        if (chunk === undefined) return;
        yield chunk;
      }
    },
    dispose() {
      if (tracker) guard(() => tracker?.free(), onTrap);
      tracker = undefined;
    },
  };
}

/**
 * `createTracker`, with the error returned instead of thrown.
 *
 * @example
 * ```ts
 * import { safeCreateTracker } from "wudun-ota";
 *
 * const created = safeCreateTracker({ sendTimeoutMs: -1 });
 * console.log(created.ok ? created.value.counts().total : created.error.code);
 * // invalid-argument
 * ```
 */
export const safeCreateTracker = (options?: TrackerOptions) => safely(() => createTracker(options));
/**
 * `restoreTracker`, with the error returned instead of thrown.
 *
 * @example
 * ```ts
 * import { safeRestoreTracker } from "wudun-ota";
 *
 * const restored = safeRestoreTracker([new Uint8Array(8)], {}, Date.now());
 * console.log(restored.ok ? restored.value.counts().total : restored.error.code);
 * // saved-state-foreign
 * ```
 */
export const safeRestoreTracker = (saved: Uint8Array[], options: TrackerOptions, now: number) =>
  safely(() => restoreTracker(saved, options, now));
