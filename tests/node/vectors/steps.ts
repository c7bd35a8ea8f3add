/** What transitions.json holds, and how its steps are run and checked. */

import {
  type Alert,
  type Change,
  createTracker,
  type Expected,
  type Ingested,
  OtaError,
  type RefusalReason,
  restoreTracker,
  type Snapshot,
  type Tracker,
  type TrackerOptions,
} from "wudun-ota";
import { bytesOf, expand, only } from "./notation.js";

type Json = { [key: string]: unknown };

export interface TransitionFile {
  /** What every `t` counts from. */
  epoch: number;
  deadlines: TrackerOptions;
  command: Json;
  result: Json;
  vectors: TransitionVector[];
}

export interface TransitionVector {
  name: string;
  deadlines?: TrackerOptions;
  steps: Step[];
}

interface Step {
  t: number;
  open?: number;
  sent?: number;
  ack?: number;
  noEcho?: number;
  refused?: number;
  cancel?: number;
  forget?: number;
  result?: number | null;
  command?: number;
  raw?: string;
  repeat?: string;
  assign?: [result: string, attempt: number];
  tick?: true;
  restore?: true;
  device?: string;
  prefix?: string;
  channel?: string;
  sub?: string;
  source?: string | null;
  trace?: string;
  with?: Json;
  data?: Json;
  expected?: Expected | null;
  supersede?: boolean;
  code?: number;
  reason?: RefusalReason;
  retained?: boolean;
  at?: number;
  as?: string;
  gives?: string;
  by?: string;
  attempt?: number;
  on?: number[];
  alerts?: string[];
  error?: string;
  deadline?: number | null;
  timeline?: Record<string, string>;
  counts?: Record<string, number>;
  expired?: number[];
  log?: Partial<Record<"unsolicited" | "suspect" | "invalid", number>>;
  is?: Record<string, string | null>;
}

const fileKeys = ["epoch", "deadlines", "command", "result", "vectors"];
const stepKeys = (
  "t open sent ack noEcho refused cancel forget result command raw repeat assign tick restore device prefix channel " +
  "sub source trace with data expected supersede code reason retained at as gives by attempt on alerts error deadline " +
  "timeline log counts expired is"
).split(" ");

/** The `mid` of attempt or command `n`. */
const mid = (n: number): string => `abcdef00-0000-4000-8000-${String(n).padStart(12, "0")}`;
const withMids = (text: string): string => text.replace(/'@(\d+)'/g, (_, n: string) => `'${mid(Number(n))}'`);
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** JSON Merge Patch (RFC 7396), with `@7` expanded. */
function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch === "string") return /^@\d+$/.test(patch) ? mid(Number(patch.slice(1))) : patch;
  if (!isObject(patch)) return patch;
  const merged: Json = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}

function topicOf(step: Step, channel: string): string {
  return `${step.prefix ?? "v1/wudun/pk"}/${step.device ?? "gw-1"}/ota/upgrade/${step.channel ?? channel}`;
}

/** The message of a step: `base` with its own `mid`, time, status and what the step says. */
function messageOf(file: TransitionFile, step: Step, base: Json, ownMid: string): string {
  const { device, source, trace, sub } = step;
  const patches: Json[] = [
    { mid: ownMid, timestamp: file.epoch + (step.at ?? step.t) },
    ...(device === undefined ? [] : [{ device_uid: device }]),
    ...(typeof step.result === "number" ? [{ data: { status: step.result } }] : []),
    ...(source === undefined ? [] : [{ data: { source } }]),
    ...(trace === undefined ? [] : [{ trace_id: trace }]),
    ...(sub === undefined ? [] : [{ sub_device_uid: sub }]),
    { data: step.data ?? {} },
    step.with ?? {},
  ];
  return JSON.stringify(patches.reduce<unknown>(merge, base));
}

/** A snapshot as the vectors write it. */
function short({ state, outcome, verification, phase1 }: Snapshot): string {
  const beside = outcome && outcome !== state ? `outcome:${outcome}` : undefined;
  return [state, beside, verification, phase1].filter((part) => part !== undefined).join(" ");
}

const codes = (alerts: Alert[]): string[] => alerts.map((alert) => alert.code).sort();

interface Did {
  alerts: string[];
  /** What a tick gave. */
  changes?: Change[];
  ingested?: Ingested;
  error?: string;
}

class Run {
  readonly #file: TransitionFile;
  readonly #deadlines: TrackerOptions;
  #tracker: Tracker;
  /** How each attempt is expected to stand. */
  readonly #standing: Record<string, string> = {};
  readonly #named = new Map<string, { topic: string; payload: string; id: number | undefined }>();
  #deliveries = 0;

  constructor(file: TransitionFile, deadlines: TrackerOptions) {
    this.#file = file;
    this.#deadlines = deadlines;
    this.#tracker = createTracker(deadlines);
  }

  dispose(): void {
    this.#tracker.dispose();
  }

  act(step: Step): Did {
    try {
      const did = this.#do(step, this.#file.epoch + step.t);
      if (!did) return { alerts: [] };
      if (Array.isArray(did)) return { alerts: did.flatMap((change) => codes(change.alerts)), changes: did };
      if ("disposition" in did) return { alerts: codes(did.alerts), ingested: did };
      return { alerts: codes(did.alerts) };
    } catch (error) {
      if (!OtaError.is(error)) throw error;
      return { alerts: [], error: error.code };
    }
  }

  #do(step: Step, now: number): Change | Change[] | Ingested | undefined {
    const tracker = this.#tracker;
    if (step.open !== undefined) {
      const command = messageOf(this.#file, step, this.#file.command, mid(step.open));
      const topic = topicOf(step, "command");
      const { expected, supersede = false } = step;
      const id = tracker.open({ topic, command, supersede, ...(expected && { expected }) }, now);
      if (id !== mid(step.open)) throw new Error(`opened as ${id}`);
      return undefined;
    }
    if (step.sent !== undefined) return tracker.sent(mid(step.sent), now);
    if (step.ack !== undefined) return tracker.acknowledged(mid(step.ack), step.code ?? Number.NaN, now);
    if (step.noEcho !== undefined) return tracker.noEcho(mid(step.noEcho), now);
    if (step.refused !== undefined && step.reason) return tracker.refused(mid(step.refused), step.reason, now);
    if (step.cancel !== undefined) return tracker.cancel(mid(step.cancel), now);
    if (step.forget !== undefined) {
      tracker.forget(mid(step.forget));
      return undefined;
    }
    if (step.assign) {
      const id = this.#named.get(step.assign[0])?.id;
      if (id === undefined) throw new Error("no such result was named");
      return tracker.assign(id, mid(step.assign[1]), now);
    }
    if (step.tick) return tracker.tick(now);
    if (step.restore) {
      this.#tracker = restoreTracker(tracker.save(), this.#deadlines, now);
      tracker.dispose();
      return undefined;
    }
    return this.#deliver(step, now);
  }

  #deliver(step: Step, now: number): Ingested {
    this.#deliveries += 1;
    const { topic, payload } = this.#delivery(step);
    const ingested = this.#tracker.ingest(topic, bytesOf(payload), { now, retained: step.retained ?? false });
    if (step.as !== undefined) this.#named.set(step.as, { topic, payload, id: ingested.resultId });
    return ingested;
  }

  #delivery(step: Step): { topic: string; payload: string } {
    const file = this.#file;
    const topic = topicOf(step, "result");
    if (step.result !== undefined) {
      return { topic, payload: messageOf(file, step, file.result, mid(1000 + this.#deliveries)) };
    }
    if (step.command !== undefined) {
      return { topic: topicOf(step, "command"), payload: messageOf(file, step, file.command, mid(step.command)) };
    }
    if (step.raw !== undefined) return { topic, payload: expand(withMids(step.raw)) };
    const named = this.#named.get(step.repeat ?? "");
    if (!named) throw new Error("a step without an action");
    const elsewhere = step.prefix !== undefined || step.device !== undefined;
    return { topic: elsewhere ? topic : named.topic, payload: named.payload };
  }

  /** What is not as the step says; empty when all is. */
  differences(step: Step, did: Did): string[] {
    for (const [n, standing] of Object.entries(step.is ?? {})) {
      if (standing === null) delete this.#standing[n];
      else this.#standing[n] = standing;
    }
    const standing: Record<string, string> = {};
    for (let n = 1; n < 20; n++) {
      const attempt = this.#tracker.attempt(mid(n));
      if (attempt) standing[n] = short(attempt);
    }
    const { ingested } = did;
    const pairs: [what: string, expected: unknown, found: unknown][] = [
      ["error", step.error, did.error],
      ["alerts", [...(step.alerts ?? [])].sort(), did.alerts],
      ["disposition", step.gives, ingested?.disposition],
      ["matchedBy", step.by, ingested?.matchedBy],
      ["attempt", step.attempt && mid(step.attempt), ingested?.attemptId],
      ["attempts", this.#standing, standing],
    ];
    if (step.expired) pairs.push(["expired", step.expired.map(mid), did.changes?.map((change) => change.attemptId)]);
    if (step.counts) {
      const counts = new Map<string, number>(Object.entries(this.#tracker.counts()));
      for (const [what, count] of Object.entries(step.counts))
        pairs.push([`count of ${what}`, count, counts.get(what)]);
    }
    if (step.on) pairs.push(["recorded on", step.on.map(mid), ingested?.attemptIds]);
    if (step.deadline !== undefined) {
      const at = step.deadline === null ? undefined : this.#file.epoch + step.deadline;
      pairs.push(["deadline", at, this.#tracker.nextDeadline()]);
    }
    for (const [n, kind] of Object.entries(step.timeline ?? {})) {
      pairs.push(["timeline", kind, this.#tracker.attempt(mid(Number(n)))?.timeline.at(-1)?.kind]);
    }
    for (const kind of ["unsolicited", "suspect", "invalid"] as const) {
      const entries = step.log?.[kind];
      if (entries !== undefined) pairs.push([`log ${kind}`, entries, this.#tracker.log(kind).entries.length]);
    }
    return pairs
      .map(([what, expected, found]) => [what, JSON.stringify(expected), JSON.stringify(found)] as const)
      .filter(([, expected, found]) => expected !== found)
      .map(([what, expected, found]) => `${what}: expected ${expected}, found ${found}`);
  }
}

/** The first step that goes otherwise than told, and how; nothing when all is well. */
export function transitionFailures(file: TransitionFile, vector: TransitionVector): string[] {
  only(file, fileKeys);
  only(vector, ["name", "deadlines", "steps"]);
  if (vector.steps.length === 0) throw new Error("no steps");
  const run = new Run(file, vector.deadlines ?? file.deadlines);
  try {
    for (const [index, step] of vector.steps.entries()) {
      only(step, stepKeys);
      only(step.log ?? {}, ["unsolicited", "suspect", "invalid"]);
      const wrong = run.differences(step, run.act(step));
      if (wrong.length > 0) return wrong.map((why) => `step ${index + 1}: ${why}`);
    }
    return [];
  } finally {
    run.dispose();
  }
}
