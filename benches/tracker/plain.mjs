// What a user would otherwise write: JSON.parse, ajv and a Map of attempts, by the rules of §7.
import { ajv } from "../lib/ajv.mjs";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const valid = ajv({ allErrors: false });
const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const names = ["", "forbidden", "prepared", "prepare_failed", "succeeded", "rolled_back", "rollback_failed"];
/** @type {Record<string, number>} */
const badness = { succeeded: 0, forbidden: 1, prepare_failed: 1, rolled_back: 2, rollback_failed: 3 };
const tolerance = 600_000;

const withoutV = (/** @type {string} */ version) => version.replace(/^v/i, "");
const sameVersion = (/** @type {string} */ a, /** @type {string} */ b) => withoutV(a) === withoutV(b);
const sameCommit = (/** @type {string} */ a, /** @type {string} */ b) => {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  return short.length >= 7 && long.toLowerCase().startsWith(short.toLowerCase());
};
/** @param {(a: string, b: string) => boolean} same @param {string | null} [a] @param {string | null} [b] */
const compare = (same, a, b) => (a && b ? same(a, b) : undefined);

/** @typedef {any} Attempt */

export function plainTracker({ first = 600_000, final = 3_600_000, send = 30_000 } = {}) {
  /** @type {Map<string, Attempt>} */
  const attempts = new Map();
  /** @type {Map<string, { attempts: Attempt[], seen: { payload: string, id: number, used: boolean }[] }>} */
  const addresses = new Map();
  /** @type {Record<string, number>} */
  const counts = {};
  let number = 0;

  const count = (/** @type {string} */ state, /** @type {number} */ by) => {
    counts[state] = (counts[state] ?? 0) + by;
  };
  const addressOf = (/** @type {string} */ topic) => topic.slice(0, topic.lastIndexOf("/ota/upgrade/"));
  const at = (/** @type {string} */ address) => {
    let known = addresses.get(address);
    if (!known) {
      known = { attempts: [], seen: [] };
      addresses.set(address, known);
    }
    return known;
  };
  const verification = (/** @type {Attempt} */ { outcome, agrees, differs }) => {
    if (outcome === undefined) return undefined;
    if (differs || (agrees && outcome !== "succeeded")) return "mismatched";
    return agrees ? "verified" : "unverified";
  };
  const snapshot = (/** @type {Attempt} */ attempt) => {
    const { state, outcome, phase1 } = attempt;
    /** @type {any} */
    const is = { state };
    if (outcome !== undefined) {
      is.outcome = outcome;
      is.verification = verification(attempt);
    }
    if (phase1 !== undefined) is.phase1 = phase1;
    return is;
  };
  const move = (/** @type {Attempt} */ attempt, /** @type {string} */ state) => {
    count(attempt.state, -1);
    count(state, 1);
    attempt.state = state;
  };

  /** @param {string} topic @param {string} text @param {{ version?: string, commit?: string }} expected @param {number} now */
  function open(topic, text, expected, now) {
    const command = JSON.parse(text);
    if (!valid.command(command)) throw new Error("invalid command");
    const address = addressOf(topic);
    const attempt = {
      ...{ id: command.mid, address, command, expected, state: "unpublished", outcome: undefined, phase1: undefined },
      ...{ agrees: false, differs: false, openedAt: now, sentAt: undefined, preparedAt: undefined, endedAt: undefined },
      ...{ deadline: now + send, mark: 0, running: undefined, timeline: [{ at: now, kind: "opened" }] },
    };
    attempts.set(command.mid.toLowerCase(), attempt);
    at(address).attempts.push(attempt);
    count("unpublished", 1);
    return command.mid;
  }

  /** @param {string} id @param {number} now */
  function sent(id, now) {
    const attempt = attempts.get(id.toLowerCase());
    const before = snapshot(attempt);
    attempt.sentAt = now;
    attempt.mark = ++number;
    attempt.deadline = now + first;
    move(attempt, "sent");
    attempt.timeline.push({ at: now, kind: "sent", before, after: snapshot(attempt), alerts: [] });
  }

  /** @param {string} address @param {any} result */
  function correlate(address, result) {
    const sub = result.sub_device_uid || undefined;
    const here = (/** @type {Attempt} */ attempt) =>
      attempt.address === address && (attempt.command.sub_device_uid || undefined) === sub;
    const byMid = (/** @type {string} */ mid, /** @type {string} */ by) => {
      const attempt = attempts.get(mid.toLowerCase());
      return attempt && (here(attempt) ? { attempt, by } : { attempt, by, elsewhere: true });
    };
    if (result.reply && uuidForm.test(result.reply)) return byMid(result.reply, "reply");
    const named = byMid(result.mid, "mid");
    if (named) return named;
    const mine = addresses.get(address)?.attempts.filter(here) ?? [];
    if (result.trace_id) {
      const traced = mine.filter((attempt) => attempt.command.trace_id === result.trace_id);
      if (traced.length === 1) return { attempt: traced[0], by: "trace-id" };
    }
    const { source } = result.data;
    const waiting = mine.filter(
      (attempt) =>
        ["sent", "prepared", "timed_out", "cancelled"].includes(attempt.state) &&
        attempt.sentAt !== undefined &&
        attempt.outcome === undefined &&
        (!source || source === attempt.command.data.source),
    );
    if (waiting.length === 1) return { attempt: waiting[0], by: "subject" };
    return waiting.length > 1 ? { several: waiting } : undefined;
  }

  /** @param {Attempt} attempt @param {any} result @param {number} now @param {string[]} alerts */
  function step(attempt, result, now, alerts) {
    const { status: code, ...data } = result.data;
    const { expected } = attempt;
    if (attempt.sentAt === undefined) {
      attempt.sentAt = now;
      attempt.mark = number;
    }
    if (attempt.state === "unpublished") move(attempt, "sent");
    if (code === undefined) return;
    const status = names[code] ?? "";
    const target =
      compare(sameVersion, expected.version, data.target_version) === false ||
      compare(sameCommit, expected.commit, data.target_commit_sha) === false;
    const before = verification(attempt);
    if (status === "prepared") {
      if (target) alerts.push("target-differs");
      attempt.preparedAt ??= now;
      if (attempt.state === "sent") {
        move(attempt, "prepared");
        attempt.phase1 = "reported";
        attempt.deadline = now + final;
      }
    } else if (attempt.outcome !== undefined && (badness[attempt.outcome] ?? 0) >= (badness[status] ?? 0)) {
      if (attempt.outcome !== status) alerts.push("outcome-differs");
    } else {
      if (attempt.outcome !== undefined) alerts.push("outcome-worsened");
      else if (attempt.preparedAt !== undefined && badness[status] === 1) alerts.push("prepared-then-failed");
      attempt.outcome = status;
      attempt.phase1 = attempt.preparedAt !== undefined || badness[status] === 1 ? "reported" : "inferred";
      if (!["cancelled", "not_sent", "refused"].includes(attempt.state)) {
        move(attempt, status);
        attempt.endedAt = now;
        attempt.deadline = undefined;
      }
      attempt.running = { version: data.final_version, commit: data.final_commit_sha };
    }
    attempt.differs ||= target || (data.source ? data.source !== attempt.command.data.source : false);
    if (status !== "prepared") {
      const wanted = [
        compare(sameVersion, expected.version, data.final_version),
        compare(sameCommit, expected.commit, data.final_commit_sha),
      ];
      const asked = [
        compare(sameVersion, data.target_version, data.final_version),
        compare(sameCommit, data.target_commit_sha, data.final_commit_sha),
      ];
      attempt.agrees ||= status === "succeeded" && wanted.includes(true);
      attempt.differs ||= wanted.includes(false) || asked.includes(false);
    }
    if (verification(attempt) === "mismatched" && before !== "mismatched") alerts.push("verification-mismatched");
  }

  /** @param {string} disposition @param {any} [more] */
  const answer = (disposition, more) => ({ disposition, alerts: [], attemptIds: [], ...more });

  /** @param {string} topic @param {Uint8Array} payload @param {number} now */
  function ingest(topic, payload, now, retained = false) {
    const address = addressOf(topic);
    const known = at(address);
    const resultId = ++number;
    const text = decoder.decode(payload);
    const again = known.seen.findIndex((seen) => seen.payload === text);
    const [seen] = again >= 0 ? known.seen.splice(again, 1) : [{ payload: text, id: resultId, used: false }];
    known.seen.push(seen);
    if (known.seen.length > 16) known.seen.shift();
    if (seen.used) return answer("duplicate", { resultId: seen.id });
    /** @type {any} */
    let result;
    try {
      result = JSON.parse(text);
    } catch {
      result = undefined;
    }
    if (!valid.result(result) || address.slice(address.lastIndexOf("/") + 1) !== result.device_uid) {
      seen.used = true;
      for (const attempt of known.attempts) {
        const is = snapshot(attempt);
        attempt.timeline.push({ at: now, kind: "result", before: is, after: is, alerts: ["invalid-result"], resultId });
      }
      const ids = known.attempts.map(({ id }) => id);
      return answer("invalid", { resultId: seen.id, attemptIds: ids, alerts: ids.length ? ["invalid-result"] : [] });
    }
    const match = correlate(address, result);
    const entry = { at: now, kind: "result", resultId: seen.id, mid: result.mid, status: names[result.data.status] };
    if (!match) {
      seen.used ||= !retained;
      return answer(retained ? "retained" : "unsolicited", { resultId: seen.id });
    }
    const { attempt, by, elsewhere, several } = match;
    if (several) {
      for (const each of several) {
        const is = snapshot(each);
        each.timeline.push({ ...entry, before: is, after: is, disposition: "ambiguous", alerts: ["ambiguous"] });
      }
      const ids = several.map(({ id }) => id);
      return answer("ambiguous", { resultId: seen.id, alerts: ["ambiguous"], attemptIds: ids });
    }
    const before = snapshot(attempt);
    const late = result.timestamp + tolerance < attempt.command.timestamp || result.timestamp > now + tolerance;
    /** @type {string | undefined} */
    let held;
    /** @type {string[]} */
    const alerts = [];
    if (elsewhere) {
      held = "wrong-subject";
      alerts.push("wrong-subject");
    } else if (retained && by !== "reply" && by !== "mid") held = "retained";
    else if (by === "subject" && late) {
      held = "suspect";
      alerts.push("suspect-time");
    } else if (again >= 0 && seen.id < attempt.mark) {
      held = "recorded";
      alerts.push("early-result");
    }
    if (held === undefined || held === "wrong-subject" || held === "recorded") seen.used = true;
    if (held === undefined) step(attempt, result, now, alerts);
    const after = snapshot(attempt);
    const moved = before.state !== after.state || before.outcome !== after.outcome;
    const disposition = held ?? (moved && result.data.status !== undefined ? "advanced" : "recorded");
    attempt.timeline.push({ ...entry, before, after, alerts, disposition, matchedBy: by });
    return answer(disposition, {
      resultId: seen.id,
      matchedBy: by,
      attemptId: attempt.id,
      before,
      after,
      alerts,
      attemptIds: [attempt.id],
    });
  }

  return { open, sent, ingest, counts };
}
