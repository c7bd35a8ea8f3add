/**
 * The short way into a tracker: messages are laid down in its memory, one call takes them all, and each is
 * answered in a record of numbers, from which the answer is made here. What the record cannot hold
 * comes as text.
 */

import type { Tracker as CoreTracker } from "../generated/glue.js";
import { bytesOf, topicOf } from "./arguments.js";
import { invalidArgument } from "./errors.js";
import { type Bindings, current, needWords, parse } from "./instance.js";
import { ingestedOf } from "./reports.js";
import { isWellFormed, toBytes } from "./text.js";
import type {
  Alert,
  AlertCode,
  AttemptState,
  Delivery,
  Disposition,
  Ingested,
  MatchedBy,
  Phase1,
  Snapshot,
  StatusName,
  Verification,
} from "./types.js";
import { textOf } from "./words.js";

/** Larger payloads are invalid (§5): the first bytes cross, for the log, and the size. */
const MAX_BYTES = 65_536;
export const CUT = 4_096;
/** Longer topics go the long way; a UTF-16 unit takes at most three bytes. */
const LONGEST_TOPIC = 16_384;
const LONGEST_TEXT = 3 * LONGEST_TOPIC;

/** Words of a message's head, and what they are. */
const HEAD = 4;
const TEXT = 1;
const RETAINED = 2;
/** Words of an answer's record, and where they are. */
const RECORD = 16;
const RESULT_LOW = 1;
const RESULT_HIGH = 2;
const SNAPSHOTS = 3;
const ALERTS = 4;
const ID = 6;
/** In the first word. */
const ATTEMPT = 1 << 16;
const LONG = 1 << 17;

/** What the numbers in records mean; 0 is none where there may be none. */
interface Names {
  dispositions: Disposition[];
  matchedBy: (MatchedBy | undefined)[];
  states: AttemptState[];
  statuses: (StatusName | undefined)[];
  verifications: (Verification | undefined)[];
  phases: (Phase1 | undefined)[];
  alerts: [code: AlertCode, words: number][];
}

let names: Names | undefined;

function learnNames(): Names {
  type Wire = [
    Disposition[],
    MatchedBy[],
    AttemptState[],
    StatusName[],
    Verification[],
    Phase1[],
    [code: AlertCode, words: number][],
  ];
  const [dispositions, matchedBy, states, statuses, verifications, phases, alerts] = parse<Wire>(
    current().trackerNames(),
  );
  const orNone = <T>(list: T[]) => [undefined, ...list];
  return {
    dispositions,
    matchedBy: orNone(matchedBy),
    states,
    statuses: orNone(statuses),
    verifications: orNone(verifications),
    phases: orNone(phases),
    alerts,
  };
}

const encoder = new TextEncoder();

/** A tracker's memory, as far as messages and answers are concerned. */
export class Desk {
  readonly #core: Bindings;
  readonly #tracker: CoreTracker;
  readonly #names: Names;
  #bytes = new Uint8Array();
  #heads = new Uint32Array();
  #records = new Uint32Array();
  #recordBytes = new Uint8Array();
  #most = 0;
  #count = 0;
  /** Behind the last message. */
  #end = 0;

  constructor(core: Bindings, tracker: CoreTracker) {
    names ??= learnNames();
    this.#names = names;
    this.#core = core;
    this.#tracker = tracker;
    this.#look();
  }

  /** Memory that grew is a new buffer; views of the old one are empty. */
  #look(): void {
    if (this.#bytes.length > 0) return;
    const [bytes = 0, heads = 0, records = 0, room = 0, most = 0] = this.#tracker.places();
    const { buffer } = this.#core.coreMemory();
    this.#most = most;
    this.#bytes = new Uint8Array(buffer, bytes, room);
    this.#heads = new Uint32Array(buffer, heads, HEAD * most);
    this.#records = new Uint32Array(buffer, records, RECORD * most);
    this.#recordBytes = new Uint8Array(buffer, records, 4 * RECORD * most);
  }

  /** Lays a message down, unless there is no room left. What does not fit an empty desk goes another way. */
  lay({ topic, payload, retained }: Delivery): boolean {
    this.#look();
    if (this.#count === this.#most) return false;
    // The payload first: where it lies is asked for in one go, and the topic meanwhile.
    const start = this.#end;
    const isText = typeof payload === "string";
    const payloadEnd = isText ? this.#layText(payload, start) : this.#layBytes(payload, start);
    if (payloadEnd < 0) return false;
    const end = this.#layTopic(topic, payloadEnd);
    if (end < 0) return false;
    const head = HEAD * this.#count;
    this.#heads[head] = payloadEnd;
    this.#heads[head + 1] = end;
    this.#heads[head + 2] = isText ? payloadEnd - start : payload.length;
    this.#heads[head + 3] = (isText ? TEXT : 0) | (retained === true ? RETAINED : 0);
    this.#count++;
    this.#end = end;
    return true;
  }

  #layTopic(topic: string, start: number): number {
    const bytes = this.#bytes;
    const { length } = topic;
    if (length > LONGEST_TOPIC || start + LONGEST_TOPIC > bytes.length) return -1;
    for (let i = 0; i < length; i++) {
      const unit = topic.charCodeAt(i);
      if (unit > 0x7f) return this.#layText(topicOf(topic), start);
      bytes[start + i] = unit;
    }
    return start + length;
  }

  #layText(text: string, start: number): number {
    if (start + 3 * text.length > this.#bytes.length || text.length > LONGEST_TEXT) return -1;
    if (!isWellFormed(text)) {
      const bytes = toBytes(text);
      this.#bytes.set(bytes, start);
      return start + bytes.length;
    }
    return start + encoder.encodeInto(text, this.#bytes.subarray(start)).written;
  }

  #layBytes(payload: Uint8Array, start: number): number {
    if (!(payload instanceof Uint8Array)) {
      throw invalidArgument("payload", { en: "a string or a Uint8Array", zh: "字符串或 Uint8Array" });
    }
    // Memory that was transferred away looks empty.
    if (payload.length === 0) bytesOf(payload, "payload");
    const cut = payload.length > MAX_BYTES ? payload.subarray(0, CUT) : payload;
    if (start + cut.length > this.#bytes.length) return -1;
    this.#bytes.set(cut, start);
    return start + cut.length;
  }

  /** Has the tracker take all messages, and adds its answers. */
  work(now: number, answers: Ingested[]): void {
    const count = this.#count;
    if (count === 0) return;
    this.#count = 0;
    this.#end = 0;
    this.#tracker.ingestMany(count, now);
    this.#look();
    for (let number = 0; number < count; number++) answers.push(this.#answer(number));
  }

  /** As `work`, for a single message. */
  workOne(now: number): Ingested {
    this.#count = 0;
    this.#end = 0;
    this.#tracker.ingestMany(1, now);
    this.#look();
    return this.#answer(0);
  }

  #answer(number: number): Ingested {
    const records = this.#records;
    const at = RECORD * number;
    const first = records[at] ?? 0;
    if ((first & LONG) !== 0) return ingestedOf(parse(this.#tracker.answer(records[at + RESULT_LOW] ?? 0)));
    const disposition = this.#names.dispositions[first & 0xff] ?? "invalid";
    const result = (records[at + RESULT_HIGH] ?? 0) * 2 ** 32 + (records[at + RESULT_LOW] ?? 0);
    const alerts = this.#alerts(records[at + ALERTS] ?? 0);
    if ((first & ATTEMPT) === 0) {
      if (result === 0) return { disposition, alerts, diagnostics: [], attemptIds: [] };
      return { disposition, resultId: result, alerts, diagnostics: [], attemptIds: [] };
    }
    const attemptId = idOf(this.#recordBytes, 4 * (at + ID));
    const snapshots = records[at + SNAPSHOTS] ?? 0;
    const before = this.#snapshot(snapshots & 0xffff);
    const after = this.#snapshot(snapshots >>> 16);
    const attemptIds = [attemptId];
    const matchedBy = this.#names.matchedBy[(first >>> 8) & 0xff];
    if (matchedBy === undefined) {
      return { disposition, attemptId, before, after, alerts, diagnostics: [], attemptIds };
    }
    return {
      disposition,
      resultId: result,
      matchedBy,
      attemptId,
      before,
      after,
      alerts,
      diagnostics: [],
      attemptIds,
    };
  }

  #snapshot(bits: number): Snapshot {
    const { states, statuses, verifications, phases } = this.#names;
    const state = states[bits & 15] ?? "unpublished";
    const outcome = statuses[(bits >>> 4) & 7];
    const phase1 = phases[(bits >>> 9) & 3];
    if (outcome === undefined) return phase1 === undefined ? { state } : { state, phase1 };
    const verification = verifications[(bits >>> 7) & 3] ?? "unverified";
    return phase1 === undefined ? { state, outcome, verification } : { state, outcome, verification, phase1 };
  }

  #alerts(bits: number): Alert[] {
    if (bits === 0) return [];
    needWords();
    const raised = this.#names.alerts.filter((_, bit) => ((bits >>> bit) & 1) === 1);
    return raised.map(([code, words]) => ({ code, message: textOf(words) }));
  }
}

/** An id, which is ASCII. Spreading a list takes three times as long, a decoder longer still to start. */
function idOf(bytes: Uint8Array, at: number): string {
  const b = (place: number) => bytes[at + place] ?? 0;
  // biome-ignore format: as the id is written, a third a line
  return String.fromCharCode(
    b(0), b(1), b(2), b(3), b(4), b(5), b(6), b(7), b(8), b(9), b(10), b(11),
    b(12), b(13), b(14), b(15), b(16), b(17), b(18), b(19), b(20), b(21), b(22), b(23),
    b(24), b(25), b(26), b(27), b(28), b(29), b(30), b(31), b(32), b(33), b(34), b(35),
  );
}
