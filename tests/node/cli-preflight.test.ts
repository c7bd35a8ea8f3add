import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jsonLines, runCli } from "../support/cli.js";

const IMAGE = new Uint8Array(700_000).map((_, index) => index * 7);
const MD5 = createHash("md5").update(IMAGE).digest("hex");
const SHA256 = createHash("sha256").update(IMAGE).digest("hex");

let server: Server;
let elsewhere: Server;
let host: string;
let otherHost: string;
/** The Authorization header of each request, by path. */
const seen = new Map<string, string | undefined>();

beforeAll(async () => {
  elsewhere = await listening((request, response) => {
    seen.set("elsewhere", request.headers.authorization);
    response.end(IMAGE);
  });
  server = await listening(answer);
  host = hostOf(server);
  otherHost = hostOf(elsewhere);
});
afterAll(() => {
  for (const each of [server, elsewhere]) {
    each.close();
    each.closeAllConnections();
  }
});

function listening(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const made = createServer(handler);
  return new Promise((resolve) => made.listen(0, "127.0.0.1", () => resolve(made)));
}

function hostOf(which: Server): string {
  return `127.0.0.1:${(which.address() as AddressInfo).port}`;
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? "";
  seen.set(path, request.headers.authorization);
  const redirects: Record<string, string> = {
    "/moved": "/hop",
    "/hop": "/image",
    "/loop": "/loop",
    "/away": `http://${otherHost}/`,
    "/strange": "ftp://files.example/image",
  };
  if (redirects[path] !== undefined) {
    response.writeHead(302, { location: redirects[path] }).end();
  } else if (path === "/image") {
    response.writeHead(200, { "content-type": "application/octet-stream" }).end(IMAGE);
  } else if (path === "/encoded") {
    response.writeHead(200, { "content-encoding": "gzip" }).end(IMAGE);
  } else if (path === "/empty") {
    response.writeHead(200).end();
  } else if (path === "/cut") {
    response.writeHead(200, { "content-length": IMAGE.length });
    response.write(IMAGE.subarray(0, 1000), () => response.destroy());
  } else {
    response.writeHead(404).end();
  }
}

describe.concurrent("preflight", () => {
  test("reports size, digests and type", async () => {
    const { code, out, err } = await runCli(["preflight", `http://${host}/image`]);
    expect(code).toBe(0);
    expect(out).toMatch(/^size +700000 bytes$/m);
    expect(out).toMatch(new RegExp(`^MD5 +${MD5}$`, "m"));
    expect(out).toMatch(new RegExp(`^SHA-256 +${SHA256}$`, "m"));
    expect(out).toMatch(/^content type +application\/octet-stream$/m);
    // http, and a loopback address: the core warns about both.
    expect(err.match(/^warning\[/gm)).toHaveLength(2);
  });

  test("is one object as JSON, with every redirect", async () => {
    const { code, out, err } = await runCli(["preflight", `http://${host}/moved`, "--json"]);
    expect(code).toBe(0);
    expect(jsonLines(out)).toEqual([
      {
        requested: `http://${host}/moved`,
        url: `http://${host}/image`,
        redirects: [
          { status: 302, url: `http://${host}/hop` },
          { status: 302, url: `http://${host}/image` },
        ],
        size: IMAGE.length,
        md5: MD5,
        sha256: SHA256,
        contentType: "application/octet-stream",
        durationMs: expect.any(Number),
        diagnostics: [expect.anything(), expect.anything()],
        warnings: [expect.objectContaining({ en: expect.stringContaining("redirects") })],
      },
    ]);
    expect(err).toContain("not every device follows redirects");
  });

  test("compares with the MD5 that was expected", async () => {
    const same = await runCli(["preflight", `http://${host}/image`, "--md5", MD5.toUpperCase(), "--json"]);
    expect(same.code).toBe(0);
    expect(jsonLines(same.out)).toMatchObject([{ expected: MD5, matches: true }]);
    const other = await runCli(["preflight", `http://${host}/image`, "--md5", "0".repeat(32), "--json"]);
    expect(other.code).toBe(1);
    expect(jsonLines(other.out)).toMatchObject([{ matches: false }]);
    expect(other.err).toContain("differs from the expected");
  });

  test.each([
    ["/gone", "http-status", "answered 404"],
    ["/loop", "redirects", "more than 10 redirects"],
    ["/strange", "redirect", "no http or https"],
    ["/cut", "cut", "before the whole file"],
  ])("%s: the answer is no", async (path, errorCode, words) => {
    const { code, out, err } = await runCli(["preflight", `http://${host}${path}`, "--json"]);
    expect(code).toBe(1);
    expect(jsonLines(out)).toEqual([{ error: { code: errorCode, message: expect.anything() } }]);
    expect(err).toContain(words);
    expect(err).not.toMatch(/\n {4}at /);
  });

  test("says what a device may trip over", async () => {
    expect((await runCli(["preflight", `http://${host}/encoded`])).err).toContain("encoded as gzip");
    expect((await runCli(["preflight", `http://${host}/empty`])).err).toContain("the file is empty");
    expect((await runCli(["preflight", "http://127.0.0.1:1/"])).err).toContain("refuses the connection");
  });

  test.each(["ftp://h/x", "file:///etc/passwd", "h/x", "http://", "http://h/a b"])("%s is wrong usage", async (url) => {
    expect(await runCli(["preflight", url])).toMatchObject({ code: 2, out: "" });
  });

  test("credentials of the URL are used, never shown, and never sent to another host", async () => {
    const { code, out, err } = await runCli(["preflight", `http://op:s3cr3tword@${host}/image`, "--json"]);
    expect(code).toBe(0);
    expect(seen.get("/image")).toBe(`Basic ${Buffer.from("op:s3cr3tword").toString("base64")}`);
    expect(out + err).not.toContain("s3cr3tword");
    const away = await runCli(["preflight", `http://op:s3cr3tword@${host}/away`]);
    expect(away.code).toBe(0);
    expect(seen.get("/away")).toBeDefined();
    expect(seen.get("elsewhere")).toBeUndefined();
    for (const url of [
      `http://op:s3cr3tword@127.0.0.1:1/`,
      "ftp://op:s3cr3tword@h/",
      `http://op:s3cr3tword@${host}/gone`,
    ]) {
      for (const json of [[], ["--json"]]) {
        const failed = await runCli(["preflight", url, ...json]);
        expect(failed.out + failed.err).not.toContain("s3cr3tword");
      }
    }
  });
});
