import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished } from "vitest";
import { test } from "../support/browser.js";
import { CLI, type Ended, startProgram } from "../support/cli.js";
import { type Documented, stageDocumented } from "../support/documented.js";

// Every example of both READMEs runs as it stands; only addresses are those of this run.
const root = fileURLToPath(new URL("../..", import.meta.url));
const image = Buffer.from("a firmware image");
const md5 = createHash("md5").update(image).digest("hex");

const readmes = ["README.md", "README.zh-CN.md"];
const read = (name: string) => readFile(join(root, name), "utf8");
const blocks = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))].map(([, code = ""]) => code);

test("both READMEs have the same examples", async () => {
  const [english, chinese] = await Promise.all(readmes.map(read));
  // a block in another language would run nowhere
  for (const text of [english, chinese]) {
    const fences = [...(text ?? "").matchAll(/^```(.*)$/gm)].map(([, language]) => language);
    expect(fences.filter((_, i) => i % 2 === 0).filter((language) => language !== "js" && language !== "sh")).toEqual(
      [],
    );
  }
  for (const language of ["js", "sh"]) {
    expect(blocks(chinese ?? "", language)).toEqual(blocks(english ?? "", language));
  }
  expect(blocks(english ?? "", "js")).toHaveLength(3);
  expect(blocks(english ?? "", "sh").map((code) => code.split("\n")[0])).toEqual([
    "npm start",
    "npm test",
    "npm install wudun-ota",
    "wudun-ota md5 ems_II-2.4.0.bin",
  ]);
});

test("the portal's example runs in a page", async ({ openBrowser }) => {
  const [portal = ""] = blocks(await read("README.md"), "js");
  const types: Record<string, string> = { ".js": "text/javascript", ".html": "text/html" };
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const body =
      path === "/"
        ? '<script type="importmap">{"imports":{"wudun-ota":"/index.js"}}</script><link rel="icon" href="data:,">'
        : path === "/portal.js"
          ? portal
          : await readFile(join(root, "pkg/dist", path)).catch(() => undefined);
    const type = path === "/" ? "text/html" : types[extname(path)];
    response.writeHead(body === undefined ? 404 : 200, { "content-type": type ?? "text/plain" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());

  const page = await (await openBrowser()).context.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const published = await page.evaluate(async (text) => {
    const shown: (number | undefined)[][] = [];
    const sent = await new Promise<string[]>((publish, reject) => {
      Object.assign(window, {
        file: new File([text], "ems_II-2.4.0.bin"),
        show: (...progress: (number | undefined)[]) => shown.push(progress),
        publish: (...message: string[]) => publish(message),
      });
      const script = Object.assign(document.createElement("script"), { type: "module", src: "/portal.js" });
      script.onerror = reject;
      document.head.append(script);
    });
    return { shown, sent };
  }, image.toString());
  expect(published.shown.at(-1)).toEqual([image.length, image.length]);
  expect(published.sent[0]).toBe("v1/wudun/pk01/gw-0001/ota/upgrade/command");
  expect(JSON.parse(published.sent[1] ?? "")).toMatchObject({ device_uid: "gw-0001", data: { md5_code: md5 } });
});

describe("with a broker, a gateway and a firmware host", () => {
  let folder: string;
  let site: Documented;
  const ends: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "wudun-ota-readme-"));
    await writeFile(join(folder, "ems_II-2.4.0.bin"), image);
    // Installed as npm would: the package, and its command on the path.
    await mkdir(join(folder, "node_modules", ".bin"), { recursive: true });
    await symlink(join(root, "pkg"), join(folder, "node_modules", "wudun-ota"));
    await symlink(CLI, join(folder, "node_modules", ".bin", "wudun-ota"));
    site = await stageDocumented(image);
    ends.push(site.close, () => rm(folder, { recursive: true }));
  });
  afterAll(async () => {
    for (const end of ends) await end();
  });

  /** Runs code of the README with the addresses of this run. */
  function run(program: string, code: string, ...args: string[]): Promise<Ended> {
    const path = [join(folder, "node_modules", ".bin"), process.env.PATH].join(delimiter);
    const env = { PATH: path, XDG_STATE_HOME: folder };
    const running = startProgram(program, [...args, site.here(code)], { cwd: folder, env });
    running.child.stdin.end();
    return running.ended;
  }

  test("Node's example follows an upgrade to verified success", async () => {
    const [, node = ""] = blocks(await read("README.md"), "js");
    const told = `${node}\nconsole.log(state, verification);\n`;
    const { code, out, err } = await run(process.execPath, told, "--input-type=module", "--eval");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("Handed to a live connection");
    expect(out.trimEnd().split("\n").at(-1)).toBe("succeeded verified");
  });

  test("the example of documents and schemas runs", async () => {
    const [, , documents = ""] = blocks(await read("README.md"), "js");
    const told = `${documents}\nconsole.log(schema.title, document.asyncapi, issues.length > 0);\n`;
    const { code, out, err } = await run(process.execPath, told, "--input-type=module", "--eval");
    expect({ code, out, err }).toEqual({ code: 0, out: "OTA upgrade result 3.0.0 true\n", err: "" });
  });

  test("the command line's example ends with 0", async () => {
    const shell = blocks(await read("README.md"), "sh").at(-1) ?? "";
    const { code, out, err } = await run("bash", shell, "-ec");
    expect(code, err).toBe(0);
    expect(out.split("\n")[0]).toBe(`${md5}  ems_II-2.4.0.bin`);
  });
});
