// Running programs: quiet while they work, their output shown when they fail.
import { spawn } from "node:child_process";
import { root } from "./paths.mjs";

/** A program that ended with something else than 0, with what it wrote. */
export class ProgramFailed extends Error {
  constructor(command, code, output) {
    super(`${command} failed (exit ${code})`);
    this.name = "ProgramFailed";
    this.output = output;
  }
}

/**
 * Runs a program in the repository's root and resolves with its output.
 * `onLine` sees each line as it comes.
 */
export function run(program, args, { env, cwd = root, onLine } = {}) {
  const name = [program, ...args].join(" ");
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32" && !program.includes("\\"),
    });
    let output = "";
    let pending = "";
    const take = (chunk) => {
      output += chunk;
      if (!onLine) return;
      const lines = (pending + chunk).split("\n");
      pending = lines.pop();
      for (const line of lines) onLine(line);
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    child.on("error", (error) => reject(new ProgramFailed(name, error.code ?? "unknown", `${output}${error.message}`)));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new ProgramFailed(name, code ?? signal, output));
    });
  });
}

/** Like `run`, and answers `undefined` where the program is missing or fails. */
export async function ask(program, args) {
  try {
    return (await run(program, args)).trim();
  } catch (error) {
    if (error instanceof ProgramFailed) return undefined;
    throw error;
  }
}
