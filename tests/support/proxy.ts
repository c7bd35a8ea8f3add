import { connect, createServer, type Socket } from "node:net";

/** An MQTT packet as it passed. */
export interface Passed {
  /** The packet type of MQTT: 3 is PUBLISH, 4 PUBACK, 14 DISCONNECT. */
  type: number;
  /** The low bits of the first byte; of a PUBLISH, 8 is the DUP flag. */
  flags: number;
  bytes: Buffer;
  /** Which connection, from 1. */
  connection: number;
}

export interface LossyProxy {
  readonly url: string;
  /** What clients have sent. */
  readonly sent: Passed[];
  /** Packets from the broker that fit are lost on the way. */
  lose(fits: (packet: Passed) => boolean): void;
  /** Resolves when so many packets of clients fit. */
  saw(count: number, fits: (packet: Passed) => boolean): Promise<Passed[]>;
  /** Cuts all connections. */
  cut(): void;
  close(): Promise<void>;
}

/** A TCP proxy in front of a broker that understands where MQTT packets begin and end. */
export async function startProxy(target: string): Promise<LossyProxy> {
  const { hostname, port } = new URL(target);
  const sent: Passed[] = [];
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  let lost: (packet: Passed) => boolean = () => false;
  let connections = 0;

  const server = createServer((client) => {
    connections += 1;
    const connection = connections;
    const broker = connect(Number(port), hostname);
    for (const [one, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    splitPackets(client, connection, (packet) => {
      sent.push(packet);
      broker.write(packet.bytes);
      for (const look of waiting) look();
    });
    splitPackets(broker, connection, (packet) => {
      if (!lost(packet)) client.write(packet.bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const own = typeof address === "object" && address ? address.port : 0;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `mqtt://127.0.0.1:${own}`,
    sent,
    lose: (fits) => {
      lost = fits;
    },
    saw: (count, fits) =>
      new Promise((resolve) => {
        const look = () => {
          const found = sent.filter(fits);
          if (found.length < count) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}

/** A fixed header is one byte, then the length in up to four bytes of seven bits each. */
function splitPackets(socket: Socket, connection: number, take: (packet: Passed) => void): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      let length = 0;
      let at = 1;
      let byte: number;
      do {
        if (at >= pending.length) return;
        byte = pending.readUInt8(at);
        length += (byte & 0x7f) << (7 * (at - 1));
        at += 1;
      } while (byte & 0x80);
      if (pending.length < at + length) return;
      const bytes = pending.subarray(0, at + length);
      pending = pending.subarray(at + length);
      const first = bytes.readUInt8(0);
      take({ type: first >> 4, flags: first & 15, bytes, connection });
    }
  });
}
