import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startGateway } from "wudun-ota/simulator";
import { startAedes } from "./aedes.js";

/** What the examples of the documentation talk to: a broker, a gateway, and a host of one image. */
export interface Documented {
  /** An example with the addresses of this run in place of those that it names. */
  here(code: string): string;
  close(): Promise<void>;
}

export async function stageDocumented(image: string | Buffer): Promise<Documented> {
  const broker = await startAedes();
  const host = createServer((_, response) => response.end(image)).listen(0, "127.0.0.1");
  await once(host, "listening");
  const gateway = await startGateway({
    url: broker.url,
    namespace: { kind: "wudun", productKey: "pk01" },
    device: "gw-0001",
    newVersion: "2.4.0",
  });
  const { port } = host.address() as AddressInfo;
  return {
    here: (code) =>
      code
        .replaceAll("ws://127.0.0.1:9001", broker.url)
        .replaceAll("http://127.0.0.1:8080", `http://127.0.0.1:${port}`),
    async close() {
      await gateway.close();
      await broker.close();
      host.close();
    },
  };
}
