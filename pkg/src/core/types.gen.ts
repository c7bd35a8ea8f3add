// Made from the Rust types. Do not edit: `UPDATE_TYPES=1 cargo test types` rewrites it.

import type { CommandMessage } from "./types.js";

/**
 * The part of a topic before the device level (§1).
 */
export type Namespace = { "kind": "wudun", 
/**
 * One topic level.
 */
productKey: string, } | { "kind": "user", 
/**
 * One topic level.
 */
tenant: string, } | { "kind": "prefix", 
/**
 * One or more topic levels joined by `/`, optionally with one leading `/`.
 */
prefix: string, };

/**
 * Which way a message travels (§1).
 */
export type Channel = "command" | "result";

/**
 * A valid topic: can only be made by `Topic::new` or `Topic::parse`.
 */
export type Topic = { namespace: Namespace, device: string, channel: Channel, };

/**
 * A text in both languages of the product.
 */
export type Text = { 
/**
 * English.
 */
en: string, 
/**
 * Simplified Chinese.
 */
zh: string, };

/**
 * How bad a finding is. A message is valid when it has no `Severity::Error`.
 *
 * Ordered from the worst to the least.
 */
export type Severity = "error" | "warning" | "info";

/**
 * What was found, as a stable name in kebab-case. This is the one list of them.
 */
export type Code = "topic-too-long" | "topic-form" | "prefix-dollar" | "prefix-reserved" | "level-empty" | "level-character" | "json-empty" | "json-too-large" | "json-utf8" | "json-syntax" | "json-duplicate-key" | "json-too-deep" | "json-unpaired-surrogate" | "json-too-many-keys" | "json-byte-order-mark" | "json-trailing-comma" | "json-comment" | "json-trailing-nul" | "field-missing" | "field-type" | "field-empty" | "field-empty-optional" | "field-unknown-similar" | "field-misplaced" | "mid-form" | "type-unknown" | "device-mismatch" | "timestamp-range" | "timestamp-seconds" | "timestamp-ahead" | "reply-form" | "kind-mismatch" | "kind-inferred" | "url-syntax" | "url-percent" | "url-scheme" | "url-host" | "url-port" | "url-fragment" | "url-http" | "url-credentials" | "url-host-local" | "url-host-numeric" | "url-long" | "md5-form" | "md5-of-nothing" | "status-unknown" | "topic-not-command" | "mid-in-use" | "subject-busy" | "needs-supersede" | "expected-commit-short" | "attempt-unknown" | "attempt-open" | "result-unknown" | "result-elsewhere" | "page-unknown" | "saved-state-foreign" | "saved-state-version" | "saved-state-damaged" | "too-many-diagnostics";

/**
 * Where a finding lies in the source text.
 */
export type Span = { 
/**
 * First unit: bytes, or UTF-16 units when the input was a JavaScript string.
 */
start: number, 
/**
 * One past the last unit.
 */
end: number, 
/**
 * Line of `start`, from 1. Lines end with `\n`, `\r\n` or `\r`.
 */
line: number, 
/**
 * Column of `start` in characters, from 1.
 */
column: number, };

/**
 * One finding (§6). Its words are put together when they are asked for.
 */
export type Diagnostic = Partial<Span> & { 
/**
 * What was found, as a stable name.
 */
code: Code, 
/**
 * How bad it is.
 */
severity: Severity, 
/**
 * JSON Pointer (RFC 6901) to the field. Empty for the whole message and for a topic.
 * Where a pointer would be longer than 1,024 bytes, it points to the nearest enclosing value
 * whose pointer is not.
 */
path: string, 
/**
 * What was found, what was expected and, where it helps, what to do.
 */
message: Text, 
/**
 * The end of `message` that says what to do, for those who show it apart.
 */
hint?: Text, };

/**
 * What a result reports (§4).
 */
export type StatusName = "forbidden" | "prepared" | "prepare_failed" | "succeeded" | "rolled_back" | "rollback_failed";

/**
 * Which of its two results a device is giving (§4).
 */
export type Phase = "preparation" | "final";

/**
 * What a command is made of.
 */
export type CommandInput = { 
/**
 * `mid`; see `Mid::random`.
 */
mid?: string, 
/**
 * `timestamp`, milliseconds since 1970-01-01T00:00:00Z. A double, so that a wrong one is a
 * finding like any other; every valid one is exact.
 */
timestamp?: number, 
/**
 * `device_uid`.
 */
device: string, 
/**
 * `sub_device_uid`.
 */
subDevice?: string, 
/**
 * `source`, the update target.
 */
source: string, 
/**
 * `download_url`.
 */
downloadUrl: string, 
/**
 * `md5_code`; written in lower case.
 */
md5: string, 
/**
 * `trace_id`.
 */
traceId?: string, };

/**
 * What a result is made of.
 */
export type ResultInput = { 
/**
 * `mid`; see `Mid::random`.
 */
mid?: string, 
/**
 * `timestamp`, as in `CommandInput::timestamp`.
 */
timestamp?: number, 
/**
 * `device_uid`.
 */
device: string, 
/**
 * `sub_device_uid`.
 */
subDevice?: string, 
/**
 * `reply`: the `mid` of the command answered.
 */
reply?: string, 
/**
 * `trace_id`.
 */
traceId?: string, 
/**
 * `status`.
 */
status?: StatusName, 
/**
 * `source`, the command's update target.
 */
source?: string, 
/**
 * `version`, the current one.
 */
version?: string, 
/**
 * `target_version`.
 */
targetVersion?: string, 
/**
 * `target_commit_sha`.
 */
targetCommitSha?: string, 
/**
 * `final_version`.
 */
finalVersion?: string, 
/**
 * `final_commit_sha`.
 */
finalCommitSha?: string, };

/**
 * Where an attempt stands (§7).
 */
export type AttemptState = "unpublished" | "sent" | "prepared" | "forbidden" | "prepare_failed" | "succeeded" | "rolled_back" | "rollback_failed" | "timed_out" | "cancelled" | "not_sent" | "refused";

/**
 * What is known of phase 1 (§7).
 */
export type Phase1 = "reported" | "inferred";

/**
 * How the device's reports compare with what was expected.
 */
export type Verification = "verified" | "mismatched" | "unverified";

/**
 * What can be said of an attempt in one line.
 */
export type Snapshot = { 
/**
 * Where it stands.
 */
state: AttemptState, 
/**
 * The ending that the device reported, also beside a `state` that stays `cancelled`,
 * `not_sent` or `refused`.
 */
outcome?: StatusName, 
/**
 * How the device's reports compare with what was expected; there with `outcome`.
 */
verification?: Verification, 
/**
 * Absent until the device reports something.
 */
phase1?: Phase1, };

/**
 * What the device should run in the end; both may be given, or none.
 */
export type Expected = { 
/**
 * Compared after removing one leading `v` or `V`.
 */
version?: string, 
/**
 * 7 characters or more.
 */
commit?: string, };

/**
 * Which of the three an attempt waits for.
 */
export type DeadlineKind = "send" | "first-result" | "final-result";

/**
 * When an open attempt ends by itself.
 */
export type Deadline = { 
/**
 * What it waits for.
 */
kind: DeadlineKind, 
/**
 * Unix milliseconds; from this moment on it is due.
 */
at: number, };

/**
 * What tied a result to its attempt.
 */
export type MatchedBy = "reply" | "mid" | "trace-id" | "subject" | "operator";

/**
 * What became of a delivery.
 */
export type Disposition = "advanced" | "recorded" | "duplicate" | "retained" | "suspect" | "ambiguous" | "unsolicited" | "wrong-subject" | "invalid" | "echo" | "foreign-command";

/**
 * Why a command was refused.
 */
export type RefusalReason = { "kind": "reason-code", 
/**
 * As in MQTT 5.
 */
code: number, } | { "kind": "connection-lost" } | { "kind": "no-echo" } | { "kind": "other", 
/**
 * In the words of whoever refused.
 */
text: string, };

/**
 * Why an alert is raised. This is the one list of them.
 */
export type AlertCode = "outcome-worsened" | "outcome-differs" | "prepared-then-failed" | "acted-after-cancel" | "acted-though-unsent" | "superseded" | "ambiguous" | "wrong-subject" | "suspect-time" | "early-result" | "invalid-result" | "target-differs" | "verification-mismatched" | "foreign-command" | "retained-command";

/**
 * An alert. Its words are put together when they are asked for.
 */
export type Alert = { 
/**
 * Why.
 */
code: AlertCode, 
/**
 * What happened and what to do.
 */
message: Text, };

/**
 * Kinds of timeline entries.
 */
export type TimelineKind = "opened" | "sent" | "acknowledged" | "echo" | "no-echo" | "refused" | "result" | "foreign-command" | "timed-out" | "not-sent" | "cancelled" | "superseded" | "assigned";

/**
 * One thing that happened to an attempt.
 */
export type TimelineEntry = { 
/**
 * Unix milliseconds.
 */
at: number, 
/**
 * What happened.
 */
kind: TimelineKind, 
/**
 * How the attempt stood before.
 */
before: Snapshot, 
/**
 * How it stood afterwards.
 */
after: Snapshot, 
/**
 * What became of a result.
 */
disposition?: Disposition, 
/**
 * What tied a result to the attempt.
 */
matchedBy?: MatchedBy, 
/**
 * The tracker's number of a result.
 */
resultId?: number, 
/**
 * What a result reports.
 */
status?: StatusName, 
/**
 * Of the result, of the other command, or of the attempt that took this one's place.
 */
mid?: string, 
/**
 * What an operator should look at.
 */
alerts: Array<Alert>, 
/**
 * The entry in words.
 */
text: Text, };

/**
 * An upgrade attempt as it stands (§7), in one line. All times are Unix milliseconds.
 */
export type AttemptRow = { 
/**
 * The `mid` of the command.
 */
id: string, 
/**
 * The topic without `/ota/upgrade/command`.
 */
address: string, 
/**
 * The device that the topic names.
 */
device: string, 
/**
 * The first-level device (一级设备).
 */
subDevice?: string, 
/**
 * The update target (更新目标).
 */
source: string, 
/**
 * What the device should run in the end.
 */
expected?: Expected, 
/**
 * When it was opened.
 */
openedAt: number, 
/**
 * When it was first known to be handed to a live connection.
 */
sentAt?: number, 
/**
 * When the first `prepared` came.
 */
preparedAt?: number, 
/**
 * When it came to the ending that it has.
 */
endedAt?: number, 
/**
 * When it ends by itself.
 */
deadline?: Deadline, 
/**
 * What the device reports to run now.
 */
final?: Expected, 
/**
 * Whether it still waits for something.
 */
open: boolean, 
/**
 * Whether another operator's command for the subject was seen, which turns rule 4 off.
 */
foreignCommandSeen: boolean, 
/**
 * How many entries its timeline has: more, when anything has happened.
 */
entries: number, 
/**
 * How many alerts there are on it.
 */
alerts: number, 
/**
 * Where it stands.
 */
state: AttemptState, 
/**
 * The ending that the device reported, also beside a `state` that stays `cancelled`,
 * `not_sent` or `refused`.
 */
outcome?: StatusName, 
/**
 * How the device's reports compare with what was expected; there with `outcome`.
 */
verification?: Verification, 
/**
 * Absent until the device reports something.
 */
phase1?: Phase1, };

/**
 * An upgrade attempt with all that is known of it.
 */
export type Attempt = AttemptRow & { 
/**
 * The command topic.
 */
topic: string, 
/**
 * The command as it is published: JSON text, which the npm package gives as an object.
 */
command: CommandMessage, 
/**
 * What happened, in order.
 */
timeline: Array<TimelineEntry>, };

/**
 * One line of an explanation.
 */
export type Explained = { 
/**
 * Unix milliseconds.
 */
at: number, 
/**
 * What happened.
 */
text: Text, };

/**
 * What a call did to an attempt.
 */
export type Change = { 
/**
 * Which one.
 */
attemptId: string, 
/**
 * How it stood before.
 */
before: Snapshot, 
/**
 * How it stands now.
 */
after: Snapshot, 
/**
 * What an operator should look at.
 */
alerts: Array<Alert>, };

/**
 * What became of a delivery.
 */
export type Ingested = { 
/**
 * In a word.
 */
disposition: Disposition, 
/**
 * The tracker's number of a result; the same result keeps it while it is remembered.
 */
resultId?: number, 
/**
 * What tied a result to the attempt.
 */
matchedBy?: MatchedBy, 
/**
 * The attempt that it belongs to or, for `wrong-subject`, names.
 */
attemptId?: string, 
/**
 * How that attempt stood before.
 */
before?: Snapshot, 
/**
 * How it stands now.
 */
after?: Snapshot, 
/**
 * What an operator should look at.
 */
alerts: Array<Alert>, 
/**
 * What reading the payload found.
 */
diagnostics: Array<Diagnostic>, 
/**
 * Every attempt that it was recorded on.
 */
attemptIds: Array<string>, };

/**
 * Which log.
 */
export type LogKind = "unsolicited" | "suspect" | "invalid";

/**
 * A delivery in a log.
 */
export type LogEntry = { 
/**
 * The tracker's number of it.
 */
resultId: number, 
/**
 * Unix milliseconds.
 */
at: number, 
/**
 * Where it came.
 */
topic: string, 
/**
 * Its first 4,096 bytes.
 */
payload: Uint8Array, 
/**
 * What became of it.
 */
disposition: Disposition, 
/**
 * What an operator should look at.
 */
alerts: Array<Alert>, };

/**
 * One of the tracker's logs.
 */
export type Log = { 
/**
 * How many entries were dropped to keep it bounded.
 */
dropped: number, 
/**
 * Oldest first.
 */
entries: Array<LogEntry>, };

/**
 * Which attempts to list.
 */
export type PageOptions = { 
/**
 * The `next` of the page before.
 */
after?: string, 
/**
 * Most attempts on the page.
 */
limit: number, 
/**
 * Only those in this state.
 */
state?: AttemptState, 
/**
 * Only those whose device begins so.
 */
device?: string, };

/**
 * Some attempts, newest first.
 */
export type Page = { 
/**
 * Newest first.
 */
attempts: Array<AttemptRow>, 
/**
 * Where the next page begins, if there is one.
 */
next?: string, };

/**
 * How a gateway behaves. This is the one list of them.
 */
export type Behaviour = "ok" | "forbidden" | "download-fails" | "md5-mismatch" | "rolls-back" | "rollback-fails" | "wrong-version" | "lies" | "silent" | "silent-after-prepared" | "replies-later" | "duplicates" | "out-of-order" | "trailing-comma" | "no-source" | "retained" | "skewed-clock";

/**
 * How a result says which command it answers (§7, rules 1–3): not at all, or by one of three fields.
 */
export type Correlation = "none" | "reply" | "mid" | "trace-id";
