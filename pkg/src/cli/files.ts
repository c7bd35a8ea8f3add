import { createReadStream, statSync } from "node:fs";
import { moduleSoon } from "../core/source.js";
import { type FirmwareHash, type HashProgress, hashFirmware, type Text } from "../index.js";
import { hashFile as hashPath } from "../node/hash-file.js";
import { failed } from "./failure.js";
import type { Output } from "./output.js";
import { startProgress } from "./progress.js";
import { printable } from "./terminal.js";
import { fileProblem, TEXT } from "./text.js";

/** Hashes a file, or standard input for `-`, with a progress bar where there is a terminal. */
export async function hashFile(output: Output, file: string, sha256: boolean): Promise<FirmwareHash> {
  const name = file === "-" ? output.say(TEXT.stdinName) : printable(file);
  return named(file, async () => {
    const total = file === "-" ? undefined : sizeOf(file);
    const progress = startProgress(output, TEXT.hashing(name), total);
    const options = { sha256, onProgress: ({ bytes }: HashProgress) => progress.at(bytes) };
    try {
      if (file !== "-") return await hashPath(file, options);
      await moduleSoon();
      return await hashFirmware(chunks(process.stdin), options);
    } finally {
      progress.end();
    }
  });
}

/** Reads a whole file, or standard input for `-`, but no more than `limit` bytes and one. */
export async function readAtMost(file: string, limit: number): Promise<Uint8Array> {
  return named(file, async () => {
    const stream = file === "-" ? process.stdin : createReadStream(file, { end: limit });
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of chunks(stream)) {
      parts.push(part);
      size += part.length;
      if (size > limit) break;
    }
    return Buffer.concat(parts).subarray(0, limit + 1);
  });
}

/** Runs `work`; what the system has against the file is told with the file's name. */
export async function named<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const problem: Text | undefined = fileProblem(error);
    if (problem === undefined) throw error;
    throw failed("file", TEXT.fileProblem(printable(file), problem));
  }
}

/** The size of a regular file; other files (pipes, devices) do not tell theirs. */
function sizeOf(file: string): number | undefined {
  const found = statSync(file);
  return found.isFile() ? found.size : undefined;
}

async function* chunks(stream: NodeJS.ReadableStream): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
}
