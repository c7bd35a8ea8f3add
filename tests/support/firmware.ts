import { createHash } from "node:crypto";
import { createServer } from "node:http";

export interface FirmwareHost {
  readonly url: string;
  readonly md5: string;
  readonly size: number;
  /** How often the image was asked for. */
  requests(): number;
  close(): Promise<void>;
}

/** Serves one image of `size` bytes on loopback. */
export async function hostFirmware(size = 100_000): Promise<FirmwareHost> {
  const image = Buffer.from(Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8)) & 0xff));
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.writeHead(200, { "Content-Length": image.length }).end(image);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/image.bin`,
    md5: createHash("md5").update(image).digest("hex"),
    size,
    requests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
