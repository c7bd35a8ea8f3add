import type { Client, Upgrade } from "../client/index.js";
import { type Attempt, STATUSES, type Text, type TimelineEntry } from "../index.js";
import type { ExitCode } from "./failure.js";
import type { Output } from "./output.js";
import { redact, redactUrls } from "./secrets.js";
import { type Colour, printable } from "./terminal.js";
import { STATES, UPGRADE, WAITING } from "./upgrade-text.js";

/** Prints what happens to an upgrade as it happens, until it ends or the client is closed. */
export async function follow(output: Output, client: Client, upgrade: Upgrade): Promise<Attempt> {
  const clock =
    process.stderr.isTTY === true ? setInterval(() => showWait(output, client, upgrade.id), 1000) : undefined;
  try {
    for await (const { attempt, entry } of upgrade) {
      if (output.json) output.object(redactUrls({ type: "entry", id: attempt.id, device: attempt.device, entry }));
      else printEntry(output, entry);
    }
  } finally {
    clearInterval(clock);
    output.status(undefined);
  }
  return client.attempts.attempt(upgrade.id) ?? (await upgrade.outcome);
}

/** Prints how an upgrade ended. Only a verified success is 0, and an unverified one where that is accepted. */
export function verdict(output: Output, attempt: Attempt, acceptUnverified: boolean): ExitCode {
  const verified = attempt.state === "succeeded" && attempt.verification === "verified";
  const unverified = attempt.state === "succeeded" && attempt.verification === "unverified";
  const success = verified || (unverified && acceptUnverified);
  const outcome = inWords(attempt);
  if (output.json) {
    output.object(redactUrls({ type: "outcome", success, message: outcome, attempt }));
  } else {
    const colour: Colour = success ? "green" : attempt.open ? "yellow" : "red";
    output.line(output.paint(colour, redact(printable(output.say(outcome)))));
  }
  if (unverified && !acceptUnverified) output.note(UPGRADE.unverifiedHint);
  return success ? 0 : 1;
}

/** How an attempt ended, or stands. */
export function inWords(attempt: Attempt): Text {
  const { device, state, verification, outcome, final } = attempt;
  const runs = [final?.version, final?.commit].filter(Boolean).join(" ");
  const running = runs === "" ? none() : { en: ` (runs ${runs})`, zh: `（当前运行 ${runs}）` };
  if (state === "succeeded") return join(UPGRADE[verification ?? "unverified"](device), running);
  const ended = UPGRADE.ended(device, stateInWords(state));
  if (outcome === undefined || outcome === state) return join(ended, running);
  return join(join(ended, UPGRADE.reported(stateInWords(outcome))), running);
}

function stateInWords(state: Attempt["state"]): Text {
  const status = STATUSES.find(({ name }) => name === state);
  return STATES[state] ?? status?.label ?? { en: state, zh: state };
}

function join(first: Text, second: Text): Text {
  return { en: first.en + second.en, zh: first.zh + second.zh };
}

function none(): Text {
  return { en: "", zh: "" };
}

/** Prints one entry of a timeline. */
export function printEntry(output: Output, entry: TimelineEntry): void {
  const time = output.paint("dim", new Date(entry.at).toISOString());
  output.line(`${time}  ${redact(printable(output.say(entry.text)))}${moved(output, entry)}`);
  for (const { message } of entry.alerts) {
    output.line(`${" ".repeat(24)}  ${output.paint("yellow", `! ${redact(printable(output.say(message)))}`)}`);
  }
}

/** How the state changed, where it did. */
function moved(output: Output, { before, after }: TimelineEntry): string {
  if (before.state === after.state) return "";
  return output.paint("dim", `  [${before.state} → ${after.state}]`);
}

function showWait(output: Output, client: Client, id: string): void {
  const deadline = client.attempts.attempt(id)?.deadline;
  if (deadline === undefined) {
    output.status(undefined);
    return;
  }
  const seconds = Math.max(0, Math.round((deadline.at - Date.now()) / 1000));
  const left = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  output.status(`${output.say(WAITING[deadline.kind])} ${left}`);
}
