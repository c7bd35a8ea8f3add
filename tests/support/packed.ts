/** The package as users get it: packed, and installed in projects that are thrown away. */

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const fixture = fileURLToPath(new URL("../package/fixture", import.meta.url));

export interface Packed {
  /** The tarball. */
  file: string;
  /** What is in it, by path, with its size. */
  contents: Map<string, number>;
  remove(): Promise<void>;
}

/** Runs `npm pack`. */
export async function pack(): Promise<Packed> {
  const folder = await mkdtemp(join(tmpdir(), "wudun-ota-packed-"));
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: join(root, "pkg") });
  const [packed]: { filename: string; files: { path: string; size: number }[] }[] = JSON.parse(stdout);
  if (packed === undefined) throw new Error("npm has packed nothing");
  return {
    file: join(folder, packed.filename),
    contents: new Map(packed.files.map(({ path, size }) => [path, size])),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export interface Project {
  folder: string;
  /** Runs a program in it to its end and gives its standard output. Throws, with all that it wrote, when it fails. */
  run(program: string, args: string[], env?: Record<string, string>): Promise<string>;
  /** Runs a program that one of its packages brought. */
  bin(name: string, args: string[], env?: Record<string, string>): Promise<string>;
  /** Starts a program that goes on; `line` is the first that it writes, or the first with `pattern` in it. */
  start(program: string, args: string[], pattern?: RegExp): { line: Promise<string>; stop(): Promise<void> };
  remove(): Promise<void>;
}

export interface ProjectFiles {
  /** Packages beside ours, name@version. */
  packages?: string[];
  /** Files, by path. The files of the fixture are there already. */
  files?: Record<string, string>;
}

/** A project with the tarball installed in it. */
export async function project(packed: Packed, { packages = [], files = {} }: ProjectFiles = {}): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), "wudun-ota-project-"));
  await cp(fixture, folder, { recursive: true });
  const manifest = { name: "portal", version: "1.0.0", private: true, browserslist: ["chrome >= 120"] };
  for (const [path, text] of Object.entries({ "package.json": JSON.stringify(manifest), ...files })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const self: Project = {
    folder,
    async run(program, args, env = {}) {
      try {
        const { stdout } = await run(program, args, {
          cwd: folder,
          env: { ...environment(), ...env },
          maxBuffer: 1 << 26,
        });
        return stdout;
      } catch (error) {
        const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
        throw new Error(`${program} ${args.join(" ")} failed in ${folder}:\n${stdout}\n${stderr}`);
      }
    },
    bin: (name, args, env) => self.run(join(folder, "node_modules", ".bin", name), args, env),
    start(program, args, pattern = /(?:)/) {
      const child = spawn(program, args, { cwd: folder, env: environment(), stdio: ["ignore", "pipe", "inherit"] });
      const ended = once(child, "exit");
      const first = new Promise<string>((resolve) => {
        createInterface({ input: child.stdout }).on("line", (line) => pattern.test(line) && resolve(line));
      });
      return {
        line: Promise.race([first, ended.then(() => Promise.reject(new Error(`${program} has ended`)))]),
        async stop() {
          child.kill();
          await ended;
        },
      };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
  const quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
  await self.run("npm", ["install", ...quiet, packed.file, ...packages]);
  return self;
}

/** Without what the test runner and npm have put there. */
function environment(): NodeJS.ProcessEnv {
  const foreign = /^(NODE_ENV|NODE_OPTIONS|VITE|VITEST|npm_|INIT_CWD|TEST$|JEST)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}
