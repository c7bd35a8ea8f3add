import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Namespace } from "../index.js";

/** The journal of one device at one broker, in the folder where this user's programs keep their state. */
export async function defaultJournal(brokerShown: string, namespace: Namespace, device: string): Promise<string> {
  const key = await digest(JSON.stringify([brokerShown, namespace, device]), 16);
  const readable = device.replaceAll(/[^\w.-]+/g, "_").slice(0, 40);
  return join(stateFolder(), "wudun-ota", `${readable}-${key}.journal`);
}

/** Makes the folder of a journal, for this user only. */
export async function prepareJournal(file: string): Promise<void> {
  await mkdir(dirname(resolve(file)), { recursive: true, mode: 0o700 });
}

function stateFolder(): string {
  if (process.platform === "win32") return process.env.LOCALAPPDATA || join(homedir(), "AppData", "Local");
  return process.env.XDG_STATE_HOME || join(homedir(), ".local", "state");
}

async function digest(text: string, length: number): Promise<string> {
  const { createHash } = await import("node:crypto");
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}
