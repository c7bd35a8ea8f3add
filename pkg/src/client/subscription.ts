/** One subscription, and the ways in which brokers refuse it. */

import type { OtaError } from "../index.js";
import type { Connection } from "./dial.js";
import { failure, reason, text } from "./errors.js";

export interface Subscription {
  filter: string;
  /** Whether there is no point in a connection without it. */
  required: boolean;
}

/** The SUBACK's code for the filter, or nothing when the connection ended instead. */
export function subscribe(connection: Connection, filter: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    connection.mqtt.subscribe({ [filter]: { qos: 1, nl: false, rap: false, rh: 0 } }, (_error, _granted, suback) => {
      const code = suback?.granted[0];
      resolve(typeof code === "number" ? code : undefined);
    });
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
      text(`the broker hung up when asked for ${filter}`, `请求订阅 ${filter} 时，服务器断开了连接`),
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
