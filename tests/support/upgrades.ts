import { onTestFinished } from "vitest";
import type { Attempt, Namespace } from "wudun-ota";
import { type Client, type ClientEvent, type ConnectOptions, connect, type UpgradeRequest } from "wudun-ota/client";
import { type GatewayOptions, startGateway } from "wudun-ota/simulator";
import type { FirmwareHost } from "./firmware.js";

export const namespace: Namespace = { kind: "wudun", productKey: "test" };
export const device = "gateway";
export const commandTopic = `v1/wudun/test/${device}/ota/upgrade/command`;

/** Connects, and closes when the test is over. */
export async function open(options: Omit<ConnectOptions, "namespace"> & Partial<ConnectOptions>): Promise<Client> {
  const client = await connect({ namespace, ...options });
  onTestFinished(() => client.close());
  return client;
}

/** Starts a gateway, and closes it when the test is over. */
export async function gateway(options: Omit<GatewayOptions, "namespace" | "device"> & { device?: string }) {
  const started = await startGateway({ namespace, device, ...options });
  onTestFinished(() => started.close());
  return started;
}

export function request(host: Pick<FirmwareHost, "url" | "md5">, more: Partial<UpgradeRequest> = {}): UpgradeRequest {
  const { url: downloadUrl, md5 } = host;
  return { device, source: "ems_II", downloadUrl, md5, expected: { version: "1.1.0" }, ...more };
}

/** Reads a client's events in order, from its connection on. */
export interface Events {
  /** The next event of this type that fits. */
  next<T extends ClientEvent["type"]>(
    type: T,
    fits?: (event: Extract<ClientEvent, { type: T }>) => boolean,
  ): Promise<Extract<ClientEvent, { type: T }>>;
}

export function eventsOf(client: Client): Events {
  const iterator = client.events()[Symbol.asyncIterator]();
  return {
    async next(type, fits = () => true) {
      const is = (event: ClientEvent): event is Extract<ClientEvent, { type: typeof type }> => event.type === type;
      for (;;) {
        const { done, value } = await iterator.next();
        if (done) throw new Error(`the client closed without the event "${type}"`);
        if (is(value) && fits(value)) return value;
      }
    },
  };
}

/** The attempt once it has changed so far that it fits. */
export async function until(client: Client, id: string, fits: (attempt: Attempt) => boolean): Promise<Attempt> {
  const events = eventsOf(client);
  const now = client.attempts.attempt(id);
  if (now !== undefined && fits(now)) return now;
  const { attempt } = await events.next("attempt", ({ attempt }) => attempt.id === id && fits(attempt));
  return attempt;
}
