/** Listening on a port that may be taken. */

import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

const TRIES = 20;

/**
 * Listens on `port`, or on the next free one after it, or on any. Answers the port.
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { listen } from "wudun-ota/node";
 *
 * const server = createServer((_, response) => response.end("here"));
 * const port = await listen(server, 0, "127.0.0.1");
 * console.log(await (await fetch(`http://127.0.0.1:${port}/`)).text());
 * // here
 * server.close();
 * ```
 */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  const wanted = port === 0 ? [] : Array.from({ length: TRIES }, (_, index) => port + index);
  for (const candidate of [...wanted.filter((number) => number < 65_536), 0]) {
    const taken = await new Promise<boolean>((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException) => {
        if (candidate !== 0 && (error.code === "EADDRINUSE" || error.code === "EACCES")) resolve(false);
        else reject(error);
      };
      server.once("error", failed);
      server.listen(candidate, host, () => {
        server.off("error", failed);
        resolve(true);
      });
    });
    if (taken) break;
  }
  return addressOf(server).port;
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen on a port");
  return address;
}
