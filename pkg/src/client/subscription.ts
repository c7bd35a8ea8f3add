/** One subscription, and the ways in which brokers refuse it. */

import type { OtaError } from "../index.js";
import type { Connection } from "./dial.js";
import { failure, reason, text } from "./errors.js";

export interface Subscription {
  filter: string;
  /** Whether there is no point in a connection without it. */
  required: boolean;
}

/**
 * The SUBACK's code for the filter, or nothing when the connection ended instead:
 * it is ended here where the broker does not answer in time, or the signal fires.
 */
export function subscribe(
  connection: Connection,
  filter: string,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<number | undefined> {
  const { mqtt } = connection;
  return new Promise((resolve) => {
    const end = () => mqtt.stream.destroy();
    const timer = setTimeout(end, timeoutMs);
    signal.addEventListener("abort", end, { once: true });
    mqtt.subscribe({ [filter]: { qos: 1, nl: false, rap: false, rh: 0 } }, (_error, _granted, suback) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      const code = suback?.granted[0];
      resolve(typeof code === "number" ? code : undefined);
    });
    if (signal.aborted || !mqtt.connected) end();
  });
}

/** The connection ended while this subscription was being made, which is how some 3.1.1 brokers refuse one. */
export class HungUpOn extends Error {
  readonly subscription: Subscription;
  constructor(subscription: Subscription) {
    super("hung up");
    this.subscription = subscription;
  }

  failure(): OtaError {
    const { filter } = this.subscription;
    return failure(
      "connect-refused",
      text(
        `the broker hung up, or did not answer, when asked for ${filter}`,
        `请求订阅 ${filter} 时，服务器断开了连接或未应答`,
      ),
    );
  }
}

/** The broker answered with a failure. */
export function refused(filter: string, code: number): OtaError {
  const why = reason(code);
  return failure(
    "subscribe-refused",
    text(`the broker refused the subscription to ${filter}: ${why.en}`, `服务器拒绝订阅 ${filter}：${why.zh}`),
  );
}
