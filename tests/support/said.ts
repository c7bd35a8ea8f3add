/** What a page says in a browser that Playwright does not know: it tells the server that it came from. */

import { spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import type { Project } from "./packed.js";

export interface Said {
  /** What `use` of fixture/portal.mjs came to, or the code and message of its error. */
  said: unknown;
  userAgent: string;
}

const INDEX = `<!doctype html><link rel="icon" href="data:,"><script type="module">
  const tell = (said) => fetch("/said", { method: "POST", body: JSON.stringify(said) });
  import("./portal.mjs").then(({ use }) => use()).then(tell, ({ code, message }) => tell({ code, message }));
</script>`;
const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript" };

/** Puts the page beside the package of a project: no bundler, and no import map, which older ones do not know. */
export async function addPage(site: Project): Promise<void> {
  const page = join(site.folder, "page");
  await cp(join(site.folder, "node_modules/wudun-ota/dist"), page, { recursive: true });
  const portal = await readFile(join(site.folder, "portal.mjs"), "utf8");
  await writeFile(join(page, "portal.mjs"), portal.replace('"wudun-ota"', '"./index.js"'));
  await writeFile(join(page, "index.html"), INDEX);
}

/** Shows the page of a project in a browser: `command` answers what starts it, with a folder for its own files. */
export async function saidIn(
  site: Project,
  command: (address: string, folder: string) => Promise<string[]> | string[],
): Promise<Said> {
  const folder = await mkdtemp(join(tmpdir(), "wudun-ota-browser-"));
  const { promise, resolve, reject } = deferred();
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (path === "/said") {
      let body = "";
      for await (const chunk of request) body += chunk;
      response.end();
      resolve({ said: JSON.parse(body), userAgent: request.headers["user-agent"] ?? "" });
      return;
    }
    const name = path === "/" ? "index.html" : path;
    const file = await readFile(join(site.folder, "page", name)).catch(() => undefined);
    response.writeHead(file ? 200 : 404, { "content-type": TYPES[extname(name)] ?? "text/plain" }).end(file);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const [program = "", ...options] = await command(address, folder);
  // in a group of its own, with the processes that it starts
  const child = spawn(program, options, { stdio: "ignore", detached: true, env: { ...process.env, HOME: folder } });
  const ended = new Promise<void>((done) => child.once("exit", () => done()).once("error", () => done()));
  ended.then(() => reject(new Error(`${program} has ended`)));
  try {
    return await promise;
  } finally {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    await ended;
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function deferred() {
  let resolve: (value: Said) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<Said>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
