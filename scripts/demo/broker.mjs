// The demonstration's broker: aedes over WebSocket, on loopback only. It has no passwords, so pages of other origins are kept out.
import { createServer } from "node:http";
import { Aedes } from "aedes";
import { createWebSocketStream, WebSocketServer } from "ws";

/**
 * @param {{ listen: typeof import("wudun-ota/node").listen, allows: (origin: string | undefined) => boolean,
 *   topics: RegExp, port?: number }} options `topics` are those that may be published to
 */
export async function startBroker({ listen, allows, topics, port = 0 }) {
  const aedes = await Aedes.createBroker({
    authorizePublish: (_client, packet, done) =>
      done(topics.test(packet.topic) ? null : new Error("topic not allowed")),
  });
  const server = createServer((_request, response) => response.writeHead(426).end("this is an MQTT broker\n"));
  const sockets = new WebSocketServer({
    server,
    maxPayload: 1024 * 1024,
    handleProtocols: (offered) => (offered.has("mqtt") ? "mqtt" : false),
    verifyClient: ({ origin }) => allows(origin),
  });
  sockets.on("connection", (socket, request) => {
    const stream = createWebSocketStream(socket);
    stream.on("error", () => stream.destroy()); // a client that went away
    aedes.handle(stream, request);
  });
  aedes.on("clientError", () => {});
  aedes.on("connectionError", () => {});
  const actual = await listen(server, port, "127.0.0.1");
  return {
    url: `ws://127.0.0.1:${actual}`,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      await new Promise((resolve) => aedes.close(resolve));
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
