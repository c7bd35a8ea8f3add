import { buildResult, type CommandMessage, decode, encode, parseTopic, type ResultInput } from "wudun-ota";
import { type WireMessage, watchWire } from "./wire.js";

/** A client of its own beside the one under test: it sees what crosses the broker, and can speak as a gateway. */
export interface Bystander {
  /** Everything seen so far, in order. */
  readonly seen: readonly WireMessage[];
  /** The `n`th command (from 0) on the wire, awaited. */
  command(n?: number): Promise<{ topic: string; message: CommandMessage }>;
  /** Every command that reached the broker before this call. */
  commands(): Promise<WireMessage[]>;
  /** Answers as the device that the command topic names. */
  answer(commandTopic: string, answer: Omit<ResultInput, "device">): Promise<void>;
  publish(topic: string, payload: string): Promise<void>;
  close(): Promise<void>;
}

export interface BystanderOptions {
  username?: string;
  password?: string;
  protocolVersion?: 5 | 4;
  /** A topic of its own, where the broker does not let it publish to any. */
  mark?: string;
}

export async function standBy(
  url: string,
  { mark: markTopic = "bystander/mark", ...options }: BystanderOptions = {},
): Promise<Bystander> {
  const wire = await watchWire(url, options);
  const isCommand = ({ topic }: WireMessage): boolean => topic.endsWith("/ota/upgrade/command");
  const publish = async (topic: string, payload: string): Promise<void> => {
    await wire.mqtt.publishAsync(topic, payload, { qos: 1 });
  };
  let marks = 0;
  return {
    seen: wire.messages,
    async command(n = 0) {
      const last = (await wire.saw(n + 1, isCommand)).at(-1);
      const decoded = decode(last?.payload ?? "", { topic: last?.topic ?? "" });
      if (decoded.kind !== "command") throw new Error(`not a command: ${last?.payload}`);
      return { topic: last?.topic ?? "", message: decoded.message };
    },
    async commands() {
      // A broker keeps the order of one subscriber's messages: once our own mark is back, all before it is here.
      marks += 1;
      const mark = `${wire.mqtt.options.clientId}/${marks}`;
      const back = wire.saw(1, ({ payload }) => payload === mark);
      await publish(markTopic, mark);
      await back;
      return wire.messages.filter(isCommand);
    },
    async answer(commandTopic, answer) {
      const { message } = buildResult({ device: parseTopic(commandTopic).device, ...answer });
      await publish(commandTopic.replace(/command$/, "result"), encode(message));
    },
    publish,
    close: wire.close,
  };
}
