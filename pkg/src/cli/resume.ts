import type { Client, Upgrade } from "../client/index.js";
import { failed } from "./failure.js";
import type { Output } from "./output.js";
import { UPGRADE } from "./upgrade-text.js";

/** How long results that the broker kept for us may take to come in after connecting. */
const LATE_MS = 2_000;

/** The attempts that the journal knows as open; when there is none, the last one, to tell how it ended. */
export async function resume(output: Output, client: Client, device: string): Promise<Upgrade[]> {
  const known = client.attempts.page({ limit: 1000, device }).attempts.filter((attempt) => attempt.device === device);
  const open = known.filter((attempt) => attempt.open);
  const chosen = open.length > 0 ? open : known.slice(0, 1);
  if (chosen.length === 0) throw failed("nothing-to-resume", UPGRADE.emptyJournal);
  await Promise.all(chosen.map(({ id }) => awaitLate(output, client, id)));
  return chosen.map(({ id }) => client.follow(id));
}

/** A deadline that passed while nobody followed says little: the device's ending may lie with the broker. */
async function awaitLate(output: Output, client: Client, id: string): Promise<void> {
  const timedOut = () => client.attempts.attempt(id)?.state === "timed_out";
  if (!timedOut()) return;
  output.note(UPGRADE.lookingBack);
  const events = client.events()[Symbol.asyncIterator]();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const enough = new Promise<"enough">((resolve) => {
    timer = setTimeout(resolve, LATE_MS, "enough");
  });
  while (timedOut()) {
    const next = await Promise.race([events.next(), enough]);
    if (next === "enough" || next.done === true) break;
  }
  clearTimeout(timer);
}
