/** What a gateway does about a command, step by step. It is decided in the core; steps come as a few strings. */

import { current, guard } from "../core/instance.js";
import type { Behaviour, Correlation } from "../core/types.js";
import { type Gateway, ofGateway } from "../generated/glue.js";

/** What became of a delivery, and the `mid` of a command. */
export interface Taken {
  what: string;
  mid: string;
}

/** What to do now. */
export type Step = { kind: "wait"; ms: number } | DownloadStep | Publication;

export interface DownloadStep {
  kind: "download";
  url: string;
  /** What the command says the MD5 is. */
  md5: string;
  /** Break off after the first bytes. */
  breakOff: boolean;
  /** Damage one byte, chosen by this number, on the way. */
  damage?: number;
}

/** A result, to be published until the broker has it. */
export interface Publication {
  kind: "publish";
  topic: string;
  payload: string;
  /** The code that it reports. */
  status: number;
  retain: boolean;
  times: number;
}

export interface LogicOptions {
  behaviour: Behaviour;
  correlation: Correlation;
  seed: number;
  version: string | undefined;
  stepDelayMs: number | undefined;
  laterMs: number | undefined;
}

/** The state machine of one gateway. The core takes its memory back when nothing refers to it any more. */
export class GatewayLogic {
  readonly #gateway: Gateway;

  /** `topic` is the command topic. */
  constructor(topic: string, options: LogicOptions) {
    const { behaviour, correlation, seed, version, stepDelayMs, laterMs } = options;
    const Made = ofGateway(current());
    this.#gateway = use(() => new Made(topic, behaviour, correlation, seed, version, stepDelayMs, laterMs));
  }

  makeMid(): string {
    return use(() => this.#gateway.makeMid());
  }

  take(topic: string, payload: Uint8Array, retained: boolean): Taken {
    const [what = "", mid = ""] = use(() => this.#gateway.take(topic, payload, retained));
    return { what, mid };
  }

  /** The next step, which says that the one before it is done; nothing when there is nothing to do. */
  next(now: number): Step | undefined {
    const [kind, ...parts] = use(() => this.#gateway.next(now));
    if (kind === "wait") return { kind, ms: Number(parts[0]) };
    if (kind === "publish") return publication(parts);
    if (kind !== "download") return undefined;
    const [url = "", md5 = "", breakOff, damage] = parts;
    return { kind, url, md5, breakOff: breakOff !== "", damage: damage ? Number(damage) : undefined };
  }

  /** How the download has ended: nothing for a failure or a wrong MD5. */
  downloaded(image?: { version: string; commit: string }): void {
    use(() =>
      image === undefined ? this.#gateway.notDownloaded() : this.#gateway.downloaded(image.version, image.commit),
    );
  }

  /** What an earlier run has left on the broker, if it is one of those. */
  leftBehind(now: number): Publication | undefined {
    const [kind, ...parts] = use(() => this.#gateway.leftBehind(now));
    return kind === undefined ? undefined : publication(parts);
  }
}

function publication([topic = "", payload = "", status, retain, times]: string[]): Publication {
  return { kind: "publish", topic, payload, status: Number(status), retain: retain !== "", times: Number(times) };
}

/** A trap ends this gateway; the others may go on in their own time. */
function use<T>(run: () => T): T {
  return guard(run, () => {});
}
