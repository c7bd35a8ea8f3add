// The demonstration's firmware host: takes images by PUT, from the console's origin or from no page at all, and serves them.
import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

/** The greatest image taken, in bytes. */
export const LARGEST_IMAGE = 1024 ** 3;

/**
 * @param {{ node: Pick<typeof import("wudun-ota/node"), "listen" | "isLoopbackHost">,
 *   allows: (origin: string | undefined) => boolean, port?: number }} options
 */
export async function startFirmwareHost({ node, allows, port = 0 }) {
  const folder = await mkdtemp(join(tmpdir(), "wudun-ota-firmware-"));
  /** @type {Map<string, { file: string, size: number, md5: string, sha256: string }>} */
  const images = new Map();
  let origin = "";

  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else say(response, 500, "the image could not be kept");
    });
  });

  async function answer(request, response) {
    const from = request.headers.origin;
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Vary", "Origin");
    if (!node.isLoopbackHost(request.headers.host))
      return say(response, 403, "this server answers to loopback names only");
    if (from !== undefined && !allows(from)) return say(response, 403, "this origin is not the console's");
    if (from !== undefined) response.setHeader("Access-Control-Allow-Origin", from);
    const name = nameOf(request.url);
    if (name === undefined) return say(response, 404, "images are at /firmware/NAME");
    switch (request.method) {
      case "OPTIONS":
        response.setHeader("Access-Control-Allow-Methods", "GET, HEAD, PUT");
        response.setHeader("Access-Control-Allow-Headers", "Content-Type");
        response.setHeader("Access-Control-Max-Age", "600");
        // Chrome asks for this where a page reaches into the local network
        response.setHeader("Access-Control-Allow-Private-Network", "true");
        response.writeHead(204).end();
        return;
      case "PUT":
        return take(request, response, name);
      case "GET":
      case "HEAD":
        return give(request, response, name);
      default:
        response.setHeader("Allow", "GET, HEAD, PUT, OPTIONS");
        return say(response, 405, "only GET, HEAD and PUT");
    }
  }

  async function take(request, response, name) {
    const tooLarge = () => say(response, 413, `an image may have at most ${LARGEST_IMAGE} bytes`);
    if (Number(request.headers["content-length"]) > LARGEST_IMAGE) return tooLarge();
    const file = join(folder, randomUUID());
    const md5 = createHash("md5");
    const sha256 = createHash("sha256");
    let size = 0;
    try {
      await pipeline(
        request,
        async function* (chunks) {
          for await (const chunk of chunks) {
            size += chunk.length;
            if (size > LARGEST_IMAGE) throw new Error("too large");
            md5.update(chunk);
            sha256.update(chunk);
            yield chunk;
          }
        },
        createWriteStream(file, { flags: "wx", mode: 0o600 }),
      );
    } catch (error) {
      await rm(file, { force: true });
      if (size > LARGEST_IMAGE) return tooLarge();
      throw error;
    }
    const before = images.get(name);
    const image = { file, size, md5: md5.digest("hex"), sha256: sha256.digest("hex") };
    images.set(name, image);
    if (before !== undefined) await rm(before.file, { force: true });
    const body = { url: `${origin}/firmware/${encodeURIComponent(name)}`, size, md5: image.md5, sha256: image.sha256 };
    response.writeHead(201, { "Content-Type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
  }

  async function give(request, response, name) {
    const image = images.get(name);
    if (image === undefined) return say(response, 404, "there is no such image");
    response.writeHead(200, { "Content-Type": "application/octet-stream", "Content-Length": image.size });
    if (request.method === "HEAD") return response.end();
    // a gateway that hangs up in the middle is one of the things to be shown
    await pipeline(createReadStream(image.file), response).catch(() => {});
  }

  origin = `http://127.0.0.1:${await node.listen(server, port, "127.0.0.1")}`;
  return {
    origin,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function say(response, status, message) {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", Connection: "close" }).end(`${message}\n`);
}

/** The decoded NAME: one level, printable, not too long. */
function nameOf(url = "") {
  try {
    const name = decodeURIComponent(/^\/firmware\/([^/?#]+)$/.exec(url)?.[1] ?? "");
    return /^[^\p{Cc}/\\]{1,200}$/u.test(name) ? name : undefined;
  } catch {
    return undefined;
  }
}
