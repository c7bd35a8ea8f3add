import type { Text } from "../index.js";
import { failed } from "./failure.js";
import type { Output } from "./output.js";
import { addSecret } from "./secrets.js";
import { TEXT } from "./text.js";

/** Whether somebody can be asked. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Asks a yes-or-no question; anything but yes, the end of input included, is no. */
export async function confirm(output: Output, question: Text): Promise<boolean> {
  const { createInterface } = await import("node:readline");
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      lines.once("close", () => resolve(""));
      lines.once("SIGINT", () => reject(failed("interrupted", TEXT.interrupted)));
      lines.question(`${output.say(question)} [y/N] `, resolve);
    });
    return /^(y|yes|是|好)$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";

/** Asks for a password without showing it. */
export async function askPassword(output: Output, question: Text): Promise<string> {
  const { stdin, stderr } = process;
  const before = stdin.isRaw;
  // Before the question: what is typed too early must not be echoed either.
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  stdin.resume();
  stderr.write(output.say(question));
  try {
    const password = await new Promise<string>((resolve, reject) => {
      let typed: string[] = [];
      stdin.on("data", (chunk: string) => {
        for (const character of chunk) {
          if (character === "\r" || character === "\n" || character === CTRL_D) return resolve(typed.join(""));
          if (character === CTRL_C) return reject(failed("interrupted", TEXT.interrupted));
          if (character === "\b" || character === "\u007f") typed = typed.slice(0, -1);
          else typed.push(character);
        }
      });
      stdin.once("end", () => resolve(typed.join("")));
    });
    addSecret(password);
    return password;
  } finally {
    stdin.removeAllListeners("data");
    stdin.setRawMode(before);
    stdin.pause();
    stderr.write("\n");
  }
}
