import mqtt, { type MqttClient } from "mqtt";

export interface WireMessage {
  topic: string;
  payload: string;
  qos: number;
  retain: boolean;
  /** MQTT 5, in seconds. */
  expiry: number | undefined;
}

/** A client of its own that sees what goes over the broker. */
export interface Wire {
  readonly messages: WireMessage[];
  readonly mqtt: MqttClient;
  /** The commands so far. */
  commands(): WireMessage[];
  /** Resolves when so many messages fit. */
  saw(count: number, fits: (message: WireMessage) => boolean): Promise<WireMessage[]>;
  close(): Promise<void>;
}

/** Watches `filter`; MQTT 5 with retain-as-published, so that the publisher's retain flag is seen. */
export async function watchWire(
  url: string,
  options: { filter?: string; username?: string; password?: string; protocolVersion?: 5 | 4 } = {},
): Promise<Wire> {
  const { filter = "#", username, password, protocolVersion = 5 } = options;
  const client = await mqtt.connectAsync(url, { protocolVersion, username, password, reconnectPeriod: 50 });
  const messages: WireMessage[] = [];
  const waiting = new Set<() => void>();
  client.on("message", (topic, payload, packet) => {
    const { qos, retain, properties } = packet;
    messages.push({ topic, payload: payload.toString(), qos, retain, expiry: properties?.messageExpiryInterval });
    for (const look of waiting) look();
  });
  await client.subscribeAsync(filter, { qos: 1, rap: true });
  return {
    messages,
    mqtt: client,
    commands: () => messages.filter(({ topic }) => topic.endsWith("/command")),
    saw: (count, fits) =>
      new Promise((resolve) => {
        const look = () => {
          const found = messages.filter(fits);
          if (found.length < count) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    close: () => client.endAsync(true),
  };
}
